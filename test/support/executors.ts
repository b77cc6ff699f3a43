// One executor over emitted code, fed in memory as a stream and as batch, beside the reference: a quick check for many
// small jobs.
//
// Not here: the real executors, logs and states on disk (`testing/equivalence`).

import type { Lambdas, Plan } from '../../core/plan/plan.ts'
import type { ReferenceInput } from '../../core/reference/input.ts'
import type { Difference } from '../../core/result/compare-results.ts'
import type { JobResult } from '../../core/result/result.ts'
import { seededRandom } from '../../testing/equivalence/random.ts'
import { emittedModule } from '../compiler/7-emit/recording-target.ts'
import { batch, differenceOf, stream } from './feeding.ts'
import { MemoryState } from './memory-state.ts'

/** The first difference of a stream's or a batch's state from what the reference gave; null where there is none. */
export function firstDifference(
  program: { readonly plan: Plan; readonly lambdas: Lambdas },
  log: ReferenceInput,
  expected: JobResult,
  options: { readonly final?: boolean; readonly seed: number },
): Difference | null {
  const module = emittedModule(program)
  const pick = (bound: number): number => random.below(bound)
  const random = seededRandom(options.seed)
  for (const feed of [stream, batch]) {
    const state = new MemoryState()
    feed(module, log, state, pick, options.final ?? false)
    const difference = differenceOf(program.plan, state, expected)
    if (difference !== null) return difference
  }
  return null
}
