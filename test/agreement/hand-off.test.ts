// One state directory, both executors: each continues from what the other left, and no record counts twice.

import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compareResults } from '../../core/result/compare-results.ts'
import { defaultOut } from '../../run/state/folders.ts'
import { runBatch } from '../../runtime-batch/index.ts'
import { runStream } from '../../runtime-stream/index.ts'
import { readWholeResult, verifyJob } from '../../testing/equivalence/index.ts'
import { testFolder } from '../run/support/folder.ts'
import { largeLog, memoryLog } from '../run/support/logs.ts'
import { interpretedModule } from '../support/interpreted-module.ts'
import { JOBS } from '../support/jobs/jobs.ts'

const orders = [
  ['batch', 'stream', 'batch'],
  ['stream', 'batch', 'stream'],
  ['batch', 'batch', 'batch'],
] as const

describe.each(Object.keys(JOBS).map((name, i) => [name, i] as const))('job %s', (name, i) => {
  const { shape, build } = JOBS[name] as (typeof JOBS)[string]

  // One order for each job; over all jobs every order occurs several times.
  it.each([orders[i % orders.length] as (typeof orders)[number]])('%s, then %s, then %s', async (...targets) => {
    const folder = testFolder()
    const functions = interpretedModule(build())
    const input = largeLog(31, { ...shape, maxRecords: 40 })
    const log = memoryLog(input)
    const state = join(folder, 'state')
    for (const [i, target] of targets.entries()) {
      const until = new Map(
        input.map(({ topic, partition, records }) => {
          const at = Math.floor((records.length * (i + 1)) / targets.length)
          return [`${topic}/${partition}`, records[at]?.offset ?? records.at(-1)?.offset ?? 0n]
        }),
      )
      const options = { functions, log, state, until: i === 2 ? ('end' as const) : until }
      if (target === 'batch') await runBatch({ ...options, workers: 2 })
      else await runStream(options)
    }
    const whole = join(folder, 'whole')
    await runBatch({ functions, log, state: whole })
    const left = await readWholeResult(whole, defaultOut(whole), functions.plan)
    expect(compareResults(left, await readWholeResult(state, defaultOut(state), functions.plan))).toBeNull()
    const verdict = await verifyJob({ functions, log, state, interleavings: 1, seed: 7 })
    expect(verdict.difference).toBeNull()
    expect(verdict.sides.map(s => s.name)).toContain('state')
  })
})
