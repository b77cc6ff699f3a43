// Damages the files of an embedded log at random, over and over: a typed failure or no effect, never fewer records.
//
//   node scripts/campaigns/log-damage.mjs [--tries 20000] [--seed 1]
//
// Promises: the same test as test/logs/damage-campaign.test.ts, longer; exits with 1 on the first difference.

import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: { tries: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' } },
})
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const env = { ...process.env, LYREBIRD_TRIES: values.tries, LYREBIRD_SEED: values.seed }
console.log(`seed ${values.seed}`)
const args = [vitest, 'run', 'test/logs/damage-campaign.test.ts']
process.exit(spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit' }).status ?? 1)
