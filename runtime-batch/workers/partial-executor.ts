// An executor that collects partial results of some partitions for another one to merge.
//
// Promises: it knows positions and event times of the state that is gone on from, and no rows: what it hands over are additions.

import type { FunctionsModule } from '../../core/emitted/emitted-module.ts'
import { JobExecutor, PROGRESS } from '../../core/executor/job-executor.ts'
import { siteFinder } from '../../run/site-of.ts'
import { sorterFactory } from '../../run/sorters.ts'

interface PartialOptions {
  readonly functions: FunctionsModule
  readonly functionsUrl: string | undefined
  /** Encoded progress to go on from. */
  readonly progress: Uint8Array
  readonly scratch: string
  readonly groupLimit: number
}

export function partialExecutor({
  functions,
  functionsUrl,
  progress,
  scratch,
  groupLimit,
}: PartialOptions): JobExecutor {
  return new JobExecutor(functions, {
    state: { document: name => (name === PROGRESS ? progress : undefined), get: () => undefined, range: () => [] },
    newSorter: sorterFactory(scratch),
    siteOf: siteFinder(functionsUrl, functions.files),
    groupLimit,
  })
}
