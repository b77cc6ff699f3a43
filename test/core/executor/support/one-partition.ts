// A program on one partition: the executor against the reference, at given cuts.

import { expect } from 'vitest'
import { JobExecutor } from '../../../../core/executor/job-executor.ts'
import { type Program, reference } from '../../../../core/reference/reference.ts'
import { compareResults } from '../../../../core/result/compare-results.ts'
import type { JobResult } from '../../../../core/result/result.ts'
import { interpretedModule } from '../../../support/interpreted-module.ts'
import type { PlanBuilder } from '../../../support/jobs/graph-plan.ts'
import { chunkOf } from '../../../support/log-chunks.ts'
import { MemoryState, memoryEnvironment } from '../../../support/memory-state.ts'
import { readResult } from '../../../support/read-state.ts'
import { smallLog } from '../../../support/small-log.ts'

export const time = (v: { t: number }): number => v.t
export const values = [{ t: 1 }, { t: 2 }, { t: 3 }, { t: 9 }]

export const byOne = (p: PlanBuilder): string => p.keyBy(p.source('a', { time }), () => 'one')

/** Runs a program on one partition in the executor, checks the result against the reference, and returns it. */
export function agreed(program: Program, events: readonly unknown[] = values, cuts: readonly number[] = []): JobResult {
  const log = smallLog({ 'a/0': events })
  const state = new MemoryState()
  const executor = new JobExecutor(interpretedModule(program), memoryEnvironment(state))
  const [partition] = log
  let from = 0
  for (const to of [...cuts, events.length]) {
    executor.feed(chunkOf({ topic: 'a', partition: 0 }, partition?.records.slice(from, to) ?? [], BigInt(to)))
    state.commit(executor)
    const prefix = [{ topic: 'a', partition: 0, records: partition?.records.slice(0, to) ?? [] }]
    const expected = reference(program, prefix)
    expect(compareResults({ ...readResult(state, program.plan), outputs: expected.outputs }, expected)).toBeNull()
    from = to
  }
  return readResult(state, program.plan)
}
