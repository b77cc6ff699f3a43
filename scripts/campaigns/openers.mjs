// Opens and closes a state without end while its writers commit and are killed.
//
//   npm run openers [-- --duration 10m --seed 1]
//
// Promises: the same test as test/store/openers.test.ts, longer; exits with 1 on the first difference.

import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { secondsOf } from './seconds-of.mjs'

const { values } = parseArgs({
  options: { duration: { type: 'string', default: '10m' }, seed: { type: 'string', default: '1' } },
})
const seconds = String(secondsOf(values.duration))
const env = { ...process.env, LYREBIRD_SECONDS: seconds, LYREBIRD_SEED: values.seed }
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const args = [vitest, 'run', 'test/store/openers.test.ts', '--disableConsoleIntercept']
process.exit(spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit' }).status ?? 1)
