// What is said about the author's tsconfig: files that cannot be read, and options that a job does not follow.

import type { IgnoredOptions } from '../1-read/ignored-options.ts'
import type { Reading } from '../1-read/reading.ts'
import { type Diagnostic, diagnose } from '../diagnostic.ts'
import { ignoredOption, unreadableConfig } from '../messages/job.ts'

const INSTEAD: Readonly<Record<IgnoredOptions['instead'], { readonly text: string; readonly fix: string }>> = {
  strict: {
    text: 'every job is checked under `strict`, and under no further rules',
    fix: 'Set `"strict": true` for the folder of the job, and your editor shows what the compiler shows.',
  },
  names: {
    text: 'a job has the names of ECMAScript and no others',
    fix: 'Import what the job needs; a name of a browser or of a test runner is not there when it runs.',
  },
  resolution: {
    text: 'imports are resolved by their path, by `paths`, `baseUrl` and in node_modules',
    fix: 'Write the path of the file, or name it in `paths`.',
  },
  metadata: {
    text: 'decorators run, and find no types in metadata',
    fix: 'Name the type in the decorator, such as `@Type(() => Date)`, where it asks for `design:type`.',
  },
  jsx: {
    text: 'JSX is translated as under `react-jsx`',
    fix: 'Set `"jsx"` to `react-jsx` or `react`.',
  },
}

/** `codes` are those of TypeScript's complaints. */
export function optionDiagnostics(reading: Reading, codes: readonly number[]): readonly Diagnostic[] {
  const { name, complaints } = reading.author
  const file = name ?? ''
  return [
    ...complaints.map(text => diagnose(unreadableConfig({ path: file, text }), null)),
    ...reading
      .ignoredOptions(codes)
      .map(o => diagnose(ignoredOption({ name: `${o.names.join(', ')} in ${o.file}`, ...INSTEAD[o.instead] }), null)),
  ]
}
