// Writers and readers of one log and one state in changing places, over and over: other host names, other pid
// namespaces, parents that reap nobody.
//
//   npm run places -- [--duration 5m] [--seed 1]
//
// Promises: the same test as test/logs/places.test.ts, longer; exits with 1 on the first difference. Containers need
// root and unshare(1); it says so where they are not to be had.

import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { secondsOf } from './seconds-of.mjs'

const { values } = parseArgs({
  options: { duration: { type: 'string', default: '5m' }, seed: { type: 'string', default: '1' } },
})
const seconds = secondsOf(values.duration)
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const env = { ...process.env, LYREBIRD_SECONDS: String(seconds), LYREBIRD_SEED: values.seed }
console.log(`seed ${values.seed}`)
const args = [vitest, 'run', 'test/logs/places.test.ts']
process.exit(spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit' }).status ?? 1)
