// Kills a compiled stream at random times, over and over, while another process appends; then compares it with batch.
//
//   node scripts/campaigns/kill-campaign.mjs [--kills 100] [--seed 1] [--keys 1000000] [--loop]
//
// Promises: the same test as test/crash/random-kills.test.ts, longer; exits with 1 on the first difference. `--keys`
// gives the state that many keys before the first kill, and compares every 50 kills; `--loop` kills at any time of a
// life, as under a supervisor.

import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    keys: { type: 'string', default: '0' },
    loop: { type: 'boolean', default: false },
  },
})
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const env = {
  ...process.env,
  LYREBIRD_KILLS: values.kills,
  LYREBIRD_SEED: values.seed,
  LYREBIRD_KEYS: values.keys,
  LYREBIRD_LOOP: values.loop ? '1' : '',
}
const args = [vitest, 'run', 'test/crash/random-kills.test.ts', '--disableConsoleIntercept']
process.exit(spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit' }).status ?? 1)
