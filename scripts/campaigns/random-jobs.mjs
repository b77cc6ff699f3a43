// Random jobs in any number: reference, stream and batch must agree on all of them (docs/semantics.md).
//
//   node scripts/campaigns/random-jobs.mjs [--jobs 5000] [--seed 1] [--from-text]
//
// Promises: the same jobs for the same seed and number; a summary with how often each pair of operators has met; a
// failure is shrunk and printed as a job file, a log and the command that replays it. `--from-text` compiles each job
// from its source text.

import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '5000' },
    seed: { type: 'string', default: '1' },
    'from-text': { type: 'boolean', default: false },
  },
})
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const text = values['from-text']
const env = {
  ...process.env,
  LYREBIRD_RANDOM_SEED: values.seed,
  [text ? 'LYREBIRD_RANDOM_TEXTS' : 'LYREBIRD_RANDOM_JOBS']: values.jobs,
}
const suite = `test/random/${text ? 'compiled' : 'random'}.test.ts`
const args = [vitest, 'run', suite, '--reporter=verbose', '--disableConsoleIntercept']
process.exit(spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit' }).status ?? 1)
