// A stream that stops at each step of a commit and starts again gives what a stream that never stopped gives.
//
// The steps are those of a real commit; an error thrown at a step leaves on disk what a killed process would leave.

import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compareResults } from '../../core/result/compare-results.ts'
import { defaultOut } from '../../run/state/folders.ts'
import { runBatch } from '../../runtime-batch/index.ts'
import { runStream } from '../../runtime-stream/index.ts'
import { readWholeResult } from '../../testing/equivalence/index.ts'
import { emittedModule } from '../compiler/7-emit/recording-target.ts'
import { testFolder } from '../run/support/folder.ts'
import { memoryLog } from '../run/support/logs.ts'
import { boundaryJob, boundaryLog } from './boundaries.ts'

const COMMIT_STEPS = [
  'begin',
  'flushed',
  'outputs-prepared',
  'in-transaction',
  'state-committed',
  'outputs-published',
] as const

class Stopped extends Error {}

describe.each(COMMIT_STEPS)('stopped at %s', step => {
  it('continues from its own cut', async () => {
    const functions = emittedModule(boundaryJob())
    const log = memoryLog(boundaryLog())
    const folder = testFolder()
    const state = join(folder, 'stream')
    const half = new Map<string, bigint>()
    for (const { partition, end } of await log.partitions('a')) half.set(`a/${partition}`, end / 2n)
    await runStream({ functions, log, state, until: half })
    const stop = (at: string): void => {
      if (at === step) throw new Stopped()
    }
    await expect(runStream({ functions, log, state, until: 'end', steps: stop })).rejects.toThrow(Stopped)
    await runStream({ functions, log, state, until: 'end' })
    const batch = join(folder, 'batch')
    await runBatch({ functions, log, state: batch })
    const left = await readWholeResult(batch, defaultOut(batch), functions.plan)
    const right = await readWholeResult(state, defaultOut(state), functions.plan)
    expect(compareResults(left, right)).toBeNull()
  })
})
