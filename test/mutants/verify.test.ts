// Verify over emitted code: the check that users run, on small jobs and seeded logs. Most mutants must turn this red.

import { describe, expect, it } from 'vitest'
import { verdictLines, verifyJob } from '../../testing/equivalence/index.ts'
import { emittedModule } from '../compiler/7-emit/recording-target.ts'
import { memoryLog } from '../run/support/logs.ts'
import { JOBS } from '../support/jobs/jobs.ts'
import { seededLog } from '../support/random-log.ts'
import { boundaryJob, boundaryLog } from './boundaries.ts'

it.each([1, 2, 3])('verifies every boundary, seed %i', async seed => {
  const log = memoryLog(boundaryLog())
  const verdict = await verifyJob({ functions: emittedModule(boundaryJob()), log, interleavings: 4, seed })
  expect(verdict.difference, verdictLines(verdict).join('\n')).toBeNull()
})

describe.each(Object.keys(JOBS))('job %s', name => {
  const { shape, build } = JOBS[name] as (typeof JOBS)[string]

  it.each([1, 2])('verifies, seed %i', async seed => {
    const verdict = await verifyJob({
      functions: emittedModule(build()),
      log: memoryLog(seededLog(seed, { ...shape, maxRecords: 40 })),
      final: seed % 2 === 0,
      interleavings: 3,
      seed: seed * 1000,
    })
    expect(verdict.difference, verdictLines(verdict).join('\n')).toBeNull()
  })
})
