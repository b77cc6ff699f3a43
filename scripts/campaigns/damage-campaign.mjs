// Flips bits of states, artefacts and caches, and cuts files: a typed failure or no effect, never a signal.
//
//   node scripts/campaigns/damage-campaign.mjs [--tries 20000] [--seed 1]
//
// Promises: the same tests as test/damage, longer; prints the seed and how often each outcome was met; exits with 1 on
// the first wrong one. A folder in memory (TMPDIR=/dev/shm) makes it several times faster.

import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: { tries: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' } },
})
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const env = { ...process.env, LYREBIRD_DAMAGE_TRIES: values.tries, LYREBIRD_SEED: values.seed }
const args = [vitest, 'run', 'test/damage', '--disableConsoleIntercept']
process.exit(spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit' }).status ?? 1)
