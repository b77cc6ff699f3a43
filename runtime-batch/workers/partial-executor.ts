// An executor that collects partial rows of some partitions for another executor to merge.
//
// Promises: it knows positions and event times of the state that is continued, but no rows: its partial rows are
// additions to that state.

import type { FunctionsModule } from '../../core/emitted/emitted-module.ts'
import { JobExecutor } from '../../core/executor/job-executor.ts'
import { PROGRESS } from '../../core/executor/progress.ts'
import { isDebugged } from '../../host/debugger.ts'
import { makeKernel } from '../../host/kernel-module.ts'
import type { BufferLimits, GroupLimits } from '../../run/memory-limits.ts'
import { siteFinder } from '../../run/site-of.ts'
import { blockFiles, sorterFactory } from '../../run/sorters.ts'

interface PartialOptions {
  readonly functions: FunctionsModule
  readonly functionsUrl: string | undefined
  /** Encoded progress to continue. */
  readonly progress: Uint8Array
  readonly scratch: string
  readonly limits: GroupLimits
  readonly buffers: BufferLimits
}

export function partialExecutor({
  functions,
  functionsUrl,
  progress,
  scratch,
  limits,
  buffers,
}: PartialOptions): JobExecutor {
  return new JobExecutor(functions, {
    state: { document: name => (name === PROGRESS ? progress : undefined), get: () => undefined, range: () => [] },
    newKernel: makeKernel,
    callsLambdas: isDebugged(),
    newSorter: sorterFactory(scratch, buffers),
    blocks: blockFiles(scratch),
    siteOf: siteFinder(functionsUrl, functions.files),
    ...limits,
  })
}
