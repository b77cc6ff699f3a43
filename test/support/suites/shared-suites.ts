// Which suites share a process with others: what they import is loaded once. They start nothing that has to be ended
// (test/repository/suites.test.ts).

const FOLDERS = [
  'agreement',
  'compiler',
  'core',
  'dsl',
  'formats',
  'golden',
  'hostile',
  'nexmark',
  'run',
  'runtime-batch',
  'runtime-stream',
  'shapes',
  'testing',
]

/** Of these folders. Most start processes; `memory` measures its own. */
const ALONE = [
  'agreement/memory',
  'compiler/intl-state',
  'run/command-line/main',
  'run/listen/alerts',
  'run/listen/listen',
  'run/notices/log-format',
  'run/status/status',
  'runtime-batch/workers',
  'testing/state/outputs-in-kafka',
  'testing/state/processes',
]

const files = ALONE.map(suite => `test/${suite}.test.ts`)

/** For vitest. */
export const SUITES = {
  sharing: { include: FOLDERS.map(folder => `test/${folder}/**/*.test.ts`), exclude: files },
  alone: { include: [`test/!(${FOLDERS.join('|')})/**/*.test.ts`, 'examples/**/*.test.ts', ...files], exclude: [] },
} as const

export const isSharing = (suite: string): boolean =>
  FOLDERS.some(folder => suite.startsWith(`test/${folder}/`)) && !files.includes(suite)

/** Suites that are named one by one. */
export const named: readonly string[] = files
