// JSON texts from the corners of the grammar in any number: both decoders must agree with JSON.parse on all of them.
//
//   node scripts/campaigns/json-conformance.mjs [--texts 200000] [--seed 1] [--files FOLDER]
//
// Promises: the same texts for the same seed and number; a difference is printed with its text. `--files` compares the
// files of a folder too, such as a conformance collection.

import { spawnSync } from 'node:child_process'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: {
    texts: { type: 'string', default: '200000' },
    seed: { type: 'string', default: '1' },
    files: { type: 'string' },
  },
})
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const files = values.files === undefined ? {} : { LYREBIRD_JSON_FILES: resolve(values.files) }
const env = { ...process.env, LYREBIRD_JSON_TEXTS: values.texts, LYREBIRD_JSON_SEED: values.seed, ...files }
const suite = 'test/compiler/7-emit/json-conformance.test.ts'
const args = [vitest, 'run', suite, '--reporter=verbose', '--disableConsoleIntercept']
process.exit(spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit' }).status ?? 1)
