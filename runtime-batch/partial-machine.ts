// A machine that collects partial results of some partitions for another one to merge.
//
// Promises: it knows positions and event times of the state that is gone on from, and no rows: what it hands over are additions.

import type { FunctionsModule } from '../core/execute/contract.ts'
import { Machine, PROGRESS } from '../core/execute/machine.ts'
import { siteFinder } from '../runtime-common/site-of.ts'
import { sorterFactory } from '../runtime-common/sorters.ts'

export interface PartialOptions {
  readonly functions: FunctionsModule
  readonly functionsUrl: string | undefined
  /** Encoded progress to go on from. */
  readonly progress: Uint8Array
  readonly scratch: string
  readonly groupLimit: number
}

export function partialMachine({ functions, functionsUrl, progress, scratch, groupLimit }: PartialOptions): Machine {
  return new Machine(functions, {
    state: { document: name => (name === PROGRESS ? progress : undefined), get: () => undefined, scan: () => [] },
    newSorter: sorterFactory(scratch),
    siteOf: siteFinder(functionsUrl, functions.files),
    groupLimit,
  })
}
