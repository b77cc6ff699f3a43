// Batch, stream and reference agree: generated jobs over random logs, through the real executors and the disk.

import { describe, expect, it } from 'vitest'
import { verdictLines, verifyJob } from '../../testing/equivalence/index.ts'
import { testFolder } from '../run/support/folder.ts'
import { embeddedLog, largeLog, memoryLog } from '../run/support/logs.ts'
import { interpretedModule } from '../support/interpreted-module.ts'
import { JOBS } from '../support/jobs/jobs.ts'

describe.each(Object.keys(JOBS))('job %s', name => {
  const { shape, build } = JOBS[name] as (typeof JOBS)[string]

  it.each([1, 2])('over a log in memory, seed %i', async seed => {
    const verdict = await verifyJob({
      functions: interpretedModule(build()),
      log: memoryLog(largeLog(seed, shape)),
      final: seed % 2 === 0,
      interleavings: 3,
      seed: seed * 100,
    })
    expect(verdict.difference, verdictLines(verdict).join('\n')).toBeNull()
    expect(verdict.interleavings).toBe(3)
  })

  it('over embedded segments', async () => {
    const folder = testFolder()
    await embeddedLog(folder, largeLog(11, { ...shape, gaps: false, maxRecords: 60 }))
    const verdict = await verifyJob({ functions: interpretedModule(build()), log: folder, interleavings: 6, seed: 1 })
    expect(verdict.difference, verdictLines(verdict).join('\n')).toBeNull()
    expect(verdict.commits).toBeGreaterThan(6)
    expect(verdict.sides.map(s => s.name)).toEqual(['reference', 'batch, 1 worker', 'batch, 2 workers', 'stream'])
    for (const side of verdict.sides) expect(side.digests).toEqual(verdict.sides[0]?.digests)
  })
})
