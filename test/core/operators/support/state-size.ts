// How many rows of state an operator keeps, commit by commit, over a generated log.

import { JobExecutor } from '../../../../core/executor/job-executor.ts'
import type { ReferenceInput } from '../../../../core/reference/reference.ts'
import { interpretedModule } from '../../../support/interpreted-module.ts'
import type { PlanBuilder } from '../../../support/jobs/graph-plan.ts'
import { chunkOf } from '../../../support/log-chunks.ts'
import { MemoryState, memoryEnvironment } from '../../../support/memory-state.ts'
import { smallLog } from '../../../support/small-log.ts'

export function rows(state: MemoryState, table: string): number {
  return state.range(table).length
}

/** Feeds records one by one, commits after every tenth, and returns what `measure` gave at each commit. */
export function feed(plan: PlanBuilder, log: ReferenceInput, measure: (state: MemoryState) => number): number[] {
  const state = new MemoryState()
  const executor = new JobExecutor(interpretedModule(plan.program()), memoryEnvironment(state))
  const sizes: number[] = []
  const [partition] = log
  for (let i = 0; partition !== undefined && i < partition.records.length; i += 10) {
    executor.feed(chunkOf(partition, partition.records.slice(i, i + 10)))
    state.commit(executor)
    sizes.push(measure(state))
  }
  return sizes
}

export const events = (count: number, step: number): ReferenceInput =>
  smallLog({ 'a/0': Array.from({ length: count }, (_, i) => ({ t: i * step, k: `k${i}` })) })
