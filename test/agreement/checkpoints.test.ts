// At every commit, not only at the end, the state of a stream is what batch computes at that cut (semantics.md 1.1).

import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compareResults } from '../../core/result/compare-results.ts'
import { defaultOut } from '../../run/state/folders.ts'
import { runBatch } from '../../runtime-batch/index.ts'
import { readWholeResult, runInterleaving } from '../../testing/equivalence/index.ts'
import { testFolder } from '../run/support/folder.ts'
import { largeLog, memoryLog } from '../run/support/logs.ts'
import { interpretedModule } from '../support/interpreted-module.ts'
import { JOBS } from '../support/jobs/jobs.ts'

describe.each(Object.keys(JOBS))('job %s', name => {
  const { shape, build } = JOBS[name] as (typeof JOBS)[string]

  it.each([21])('every commit, seed %i', async seed => {
    const folder = testFolder()
    const functions = interpretedModule(build())
    const { plan } = functions
    const log = memoryLog(largeLog(seed, shape))
    const state = join(folder, 'stream')
    let checkpoints = 0
    await runInterleaving({ functions, log, state, until: 'end' }, seed, async stream => {
      const batch = join(folder, `batch-${checkpoints++}`)
      await runBatch({ functions, log, state: batch, until: stream.run.progress.cutNow, absent: true })
      const left = await readWholeResult(batch, defaultOut(batch), plan)
      const right = await readWholeResult(state, defaultOut(state), plan)
      expect(compareResults(left, right)).toBeNull()
    })
    expect(checkpoints).toBeGreaterThan(0)
  })
})
