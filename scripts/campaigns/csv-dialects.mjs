// CSV files of random dialects through `append`, batch, stream and reference: results and exit codes are those that the
// writer of the files knows.
//
//   npm run csv -- [--files 2000 | --duration 10m] [--seed 1]
//
// Promises: the same files for the same seed; a difference is printed with the seed and dialect of its file. Needs
// `npm run build`.

import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { secondsOf } from './seconds-of.mjs'

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '2000' },
    duration: { type: 'string', default: '0s' },
    seed: { type: 'string', default: '1' },
  },
})
const env = {
  ...process.env,
  LYREBIRD_CSV_FILES: values.files,
  LYREBIRD_CSV_SECONDS: String(secondsOf(values.duration)),
  LYREBIRD_CSV_SEED: values.seed,
}
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const args = [vitest, 'run', 'test/csv/dialects.test.ts', '--reporter=verbose', '--disableConsoleIntercept']
process.exit(spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit' }).status ?? 1)
