// The summary of a run: which partition holds a watermark back.

import { expect, test } from 'vitest'
import { JobExecutor } from '../../core/executor/job-executor.ts'
import { summarise } from '../../run/summary.ts'
import { interpretedModule } from '../support/interpreted-module.ts'
import { PlanBuilder } from '../support/jobs/graph-plan.ts'
import { chunkOf } from '../support/log-chunks.ts'
import { MemoryState, memoryEnvironment } from '../support/memory-state.ts'
import { smallLog } from '../support/small-log.ts'

interface Event {
  readonly t: number
  readonly k: string
}

const time = (e: Event): number => e.t
const key = (e: Event): string => e.k

test('the summary of a run says which partition of an idle table holds a join back', () => {
  const plan = new PlanBuilder()
  const lefts = plan.keyBy(plan.source('a', { time }), key)
  const versions = plan.source('u', { time, upserts: true, key })
  plan.output('o', plan.to(plan.joinTable(lefts, versions), 'o'))
  const program = plan.program()
  const log = smallLog({ 'a/0': [{ t: 9000, k: 'x' }], 'u/0': [{ t: 5000, k: 'x' }], 'u/1': [{ t: 100, k: 'y' }] })
  const state = new MemoryState()
  const executor = new JobExecutor(interpretedModule(program), memoryEnvironment(state))
  for (const partition of log) executor.feed(chunkOf(partition, partition.records))
  state.commit(executor)
  const { progress } = executor
  const summary = summarise({
    plan: program.plan,
    progress,
    target: 'batch',
    records: 3,
    written: new Map(),
    warnings: [],
    context: { log: 'log', ticks: true, placeOf: at => at },
  })
  expect(summary.sources.map(s => [s.topic, s.watermark, s.heldBy])).toEqual([
    ['a', 9000, 'a/0'],
    ['u', 100, 'u/1'],
  ])
})
