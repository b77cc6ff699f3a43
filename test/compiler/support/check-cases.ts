// Many small job files read as one program: a program costs a second, a further file next to nothing.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { readJob } from '../../../compiler/1-read/read-job.ts'
import type { Reading } from '../../../compiler/1-read/reading.ts'
import { checkReading } from '../../../compiler/2-check/check-job.ts'
import type { JobAnalysis } from '../../../compiler/2-check/job-analysis.ts'
import type { Diagnostic } from '../../../compiler/diagnostic.ts'

/** Analyses a job made of these files (by name, such as `job.ts`) in a folder of its own. */
export function analyseFiles(files: Readonly<Record<string, string>>): JobAnalysis {
  const folder = mkdtempSync(join(tmpdir(), 'lyrebird-check-'))
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
    return checkReading(readJob(join(folder, 'job.ts')) as Reading)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export interface FileCase {
  readonly name: string
  readonly code: string
  readonly helper?: string
}

/** Analyses every case as a file `NAME.ts` (its helper `NAME-helper.ts`) that one job imports. */
export function analyseCases(
  prelude: string,
  cases: readonly FileCase[],
  others: Readonly<Record<string, string>> = {},
): JobAnalysis {
  const files: Record<string, string> = {
    ...others,
    'job.ts': cases.map(c => `import './${c.name}'`).join('\n'),
  }
  for (const c of cases) {
    files[`${c.name}.ts`] = `${prelude}${c.code}\n`
    if (c.helper !== undefined) files[`${c.name}-helper.ts`] = `${c.helper}\n`
  }
  return analyseFiles(files)
}

/** The diagnostics of one case, its helper's included. */
export function diagnosticsOf(all: readonly Diagnostic[], name: string): readonly Diagnostic[] {
  return all.filter(d => d.span?.file === `${name}.ts` || d.span?.file === `${name}-helper.ts`)
}
