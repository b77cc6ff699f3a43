// Jobs of the language over logs written by hand: the reference, and emitted code both as a stream with restarts and as
// batch.
//
// Promises: all of them give the same result.

import { expect } from 'vitest'
import { type ReferenceInput, reference } from '../../../../core/reference/reference.ts'
import type { JobResult } from '../../../../core/result/result.ts'
import { type Job, source } from '../../../../dsl/index.ts'
import { emittedModule } from '../../../compiler/7-emit/recording-target.ts'
import { batch, choices, differenceOf, stream } from '../../../support/feeding.ts'
import { MemoryState } from '../../../support/memory-state.ts'
import { writtenOf } from '../../../support/read-result.ts'
import { programOf } from '../../../support/run-job.ts'

export interface Event {
  readonly t: number
  readonly k: string
  readonly n: number
}
const events = source<Event>('a', { time: e => e.t, disorder: '1s' })
export const byKey = events.keyBy(e => e.k)
export const numbers = byKey.mapValues(e => e.n)

/** The result of the reference; emitted code must give it too, as a stream with commits and restarts and as batch. */
export function run(made: Job, log: ReferenceInput, final = false): JobResult {
  const program = programOf(made)
  const expected = reference(program, log, { final })
  for (const feed of [stream, stream, stream, batch]) {
    const state = new MemoryState()
    feed(emittedModule(program), log, state, choices(NUMBERS[feeds++ % NUMBERS.length] as number[]), final)
    expect(differenceOf(program.plan, state, expected)).toBeNull()
  }
  return expected
}

/** What `stream` and `batch` draw from: chunks of one record with a commit each, chunks of several, restarts. */
const NUMBERS = [
  [0, 0, 3, 1, 0, 5],
  [0, 4, 0, 1, 2, 5, 3],
  [0, 1, 0, 4, 5],
]
let feeds = 0

export const written = (made: Job, log: ReferenceInput, final = false): string[] =>
  writtenOf(run(made, log, final), 'out').flat()

export const e = (t: number, k: string, n: number): Event => ({ t, k, n })
