// Kills, stops and starves a job and the three brokers that it reads from and writes to, every 10 to 15 s; then
// compares every output with an independent recomputation.
//
//   npm run torture [-- --minutes 60 --seed 1]
//
// Promises: runs test/torture/torture.test.ts; the same harms in the same order for the same seed;
// exits with 1 on any violation. Needs Java (docs/kafka.md), a build (npm run build), and for takeovers and a disk of
// its own root.

import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string', default: '1' } },
})
if (!(Number(values.minutes) > 0)) {
  console.error(`--minutes takes a number, not ${values.minutes}`)
  process.exit(2)
}
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const env = { ...process.env, LYREBIRD_TORTURE_MINUTES: values.minutes, LYREBIRD_SEED: values.seed }
const args = [vitest, 'run', 'test/torture/torture.test.ts', '--disableConsoleIntercept']
process.exit(spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit' }).status ?? 1)
