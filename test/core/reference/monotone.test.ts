// The monotone property (semantics.md 2.10): what a node has emitted at a cut is contained, unchanged, in what it has
// emitted at any later cut. Tested on random logs, a handful of jobs and random pairs of cuts.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reference } from '../../../core/reference/reference.ts'
import { JOBS } from '../../support/jobs/jobs.ts'
import { lostOf } from '../../support/monotone.ts'
import { logWithCuts } from '../../support/random-log.ts'

describe.each(Object.entries(JOBS))('%s', (_, job) => {
  it('only ever adds to what it has emitted', () => {
    fc.assert(
      fc.property(logWithCuts(job.shape), fc.boolean(), ({ earlier, later }, final) => {
        const program = job.build()
        expect(lostOf(reference(program, earlier), reference(program, later, { final }))).toBeNull()
      }),
      { numRuns: 40 },
    )
  })

  it('does not depend on what ran before', () => {
    fc.assert(
      fc.property(logWithCuts(job.shape), ({ later }) => {
        expect(reference(job.build(), later)).toEqual(reference(job.build(), [...later].reverse()))
      }),
      { numRuns: 10 },
    )
  })
})
