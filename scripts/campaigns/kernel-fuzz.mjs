// The compiled kernel against its twin in JavaScript, on any number of inputs: records of random types in random
// spellings, damaged ones, and rows with random keys.
//
//   node scripts/campaigns/kernel-fuzz.mjs [--inputs 1000000] [--seed 1]
//
// Promises: the same inputs for the same seed and number; a difference is printed with its input. Needs a build.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
  },
})
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
if (!existsSync(join(root, 'build', 'kernel.wasm'))) {
  console.error('there is no compiled kernel to compare: npm run build')
  process.exit(1)
}
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const env = { ...process.env, LYREBIRD_KERNEL_INPUTS: values.inputs, LYREBIRD_KERNEL_SEED: values.seed }
const args = [vitest, 'run', 'test/core/kernel', '--reporter=verbose', '--disableConsoleIntercept']
process.exit(spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit' }).status ?? 1)
