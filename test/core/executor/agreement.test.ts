// The executor against the reference: same log, same cut, same bytes, however it was fed.
//
// Method: random logs of all jobs of `test/support/jobs/jobs.ts`; an executor gets them in random interleavings of
// random chunks, with random commits; at random commits it is dropped and made again from the committed state.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PROGRESS } from '../../../core/executor/progress.ts'
import { type ReferenceInput, reference } from '../../../core/reference/reference.ts'
import { batch, choices, differenceOf, naturals, stream } from '../../support/feeding.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import { JOBS } from '../../support/jobs/jobs.ts'
import { MemoryState } from '../../support/memory-state.ts'
import { logArbitrary, logWithCuts } from '../../support/random-log.ts'

describe.each(Object.entries(JOBS))('%s', (_name, { shape, build }) => {
  const program = build()
  const module = interpretedModule(program)
  const expectEqual = (state: MemoryState, log: ReferenceInput, final: boolean): void =>
    expect(differenceOf(program.plan, state, reference(program, log, { final }))).toBeNull()

  it('as a stream gives the result of the reference, whatever the interleaving, commits and restarts', () => {
    fc.assert(
      fc.property(logArbitrary(shape), naturals, fc.boolean(), (log, numbers, final) => {
        const state = new MemoryState()
        stream(module, log, state, choices(numbers), final)
        expectEqual(state, log, final)
      }),
      { numRuns: 20 },
    )
  })

  it('continues from an earlier cut to a later one', () => {
    fc.assert(
      fc.property(logWithCuts(shape), naturals, ({ earlier, later }, numbers) => {
        const state = new MemoryState({ byWindow: (numbers[0] as number) % 3 === 0 })
        stream(module, earlier, state, choices(numbers), false)
        expectEqual(state, earlier, false)
        stream(module, later, state, choices(numbers.slice(7)), false)
        expectEqual(state, later, false)
      }),
      { numRuns: 15 },
    )
  })

  it('merges the partial rows of several executors to the result of the reference', () => {
    fc.assert(
      fc.property(logWithCuts(shape), naturals, fc.boolean(), ({ earlier, later }, numbers, final) => {
        const pick = choices(numbers)
        const state = new MemoryState({ byWindow: pick(3) === 0 })
        if (pick(2) === 0) stream(module, earlier, state, pick, false)
        batch(module, later, state, pick, final)
        expectEqual(state, later, final)
      }),
      { numRuns: 20 },
    )
  })

  it('leaves the same rows in every table, whether made by batch or by stream', () => {
    fc.assert(
      fc.property(logArbitrary(shape), naturals, (log, numbers) => {
        const [streamed, batched] = [new MemoryState(), new MemoryState()]
        stream(module, log, streamed, choices(numbers), false)
        batch(module, log, batched, choices(numbers), false)
        expect(streamed.tables()).toEqual(batched.tables())
        for (const table of batched.tables()) expect(streamed.range(table)).toEqual(batched.range(table))
        expect(streamed.document(PROGRESS)).toEqual(batched.document(PROGRESS))
      }),
      { numRuns: 20 },
    )
  })
})
