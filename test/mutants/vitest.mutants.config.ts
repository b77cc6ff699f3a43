// The product with one deliberate defect, named by LYREBIRD_MUTANT and put in when its file is loaded. Used by
// run-mutant.ts alone.
//
// Promises: stops where the text to be replaced does not occur in the file exactly once, so that no mutant goes stale
// unnoticed.

import { mergeConfig } from 'vitest/config'
import { base } from '../../vitest.config.ts'
import { DEPLOYMENT_MUTANTS } from './deployment-mutants.ts'
import { MUTANTS } from './mutants.ts'
import { ROW_MUTANTS } from './row-mutants.ts'
import { SINK_MUTANTS } from './sink-mutants.ts'

const mutant = [...MUTANTS, ...DEPLOYMENT_MUTANTS, ...SINK_MUTANTS, ...ROW_MUTANTS].find(
  m => m.name === process.env.LYREBIRD_MUTANT,
)
if (mutant === undefined) throw new Error(`no mutant ${process.env.LYREBIRD_MUTANT}`)

export default mergeConfig(base, {
  plugins: [
    {
      name: 'lyrebird-mutant',
      enforce: 'pre' as const,
      transform(code: string, id: string) {
        if (!id.endsWith(`/${mutant.file}`)) return null
        if (code.split(mutant.find).length !== 2)
          throw new Error(`mutant ${mutant.name}: its text stands not once in ${mutant.file}`)
        return code.replace(mutant.find, () => mutant.put)
      },
    },
  ],
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/mutants/fixed-seeds.ts'],
    bail: 1,
    maxWorkers: 1,
    pool: 'threads',
    isolate: false,
    testTimeout: 30_000,
  },
})
