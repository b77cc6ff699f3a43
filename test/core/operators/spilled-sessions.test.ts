// Parts of sessions that were put aside come back whole, whatever the ranges are.
//
// Method: events of a few keys, in an order that leaves many parts of the same sessions in different runs; few parts in
// a range, so that those of one key would not fit.

import { expect, it } from 'vitest'
import { JobExecutor } from '../../../core/executor/job-executor.ts'
import { reference } from '../../../core/reference/reference.ts'
import { seededRandom } from '../../../testing/equivalence/random.ts'
import { differenceOf } from '../../support/feeding.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import { PlanBuilder, session } from '../../support/jobs/graph-plan.ts'
import { chunkOf } from '../../support/log-chunks.ts'
import { MemoryState, memoryEnvironment } from '../../support/memory-state.ts'
import { smallLog } from '../../support/small-log.ts'

interface Event {
  readonly t: number
  readonly k: string
  readonly n: number
}

const KEYS = ['x', 'x\0', 'x\0y', '', 'z']
const EVENTS = 120

function program(): ReturnType<PlanBuilder['program']> {
  const plan = new PlanBuilder()
  const events = plan.source('a', { time: (e: Event) => e.t, disorderMs: 10_000 })
  const keyed = plan.keyBy(events, (e: Event) => e.k)
  return plan
    .view(
      'visits',
      plan.aggregate(keyed, session(10), { n: { kind: 'count' }, sum: { kind: 'sum', of: (e: Event) => e.n } }),
    )
    .view('values', plan.aggregate(keyed, session(30), { all: { kind: 'collectList', of: (e: Event) => e.n } }))
    .program('visits')
}

it.each(Array.from({ length: 30 }, (_, i) => i + 1))('seed %i', seed => {
  const random = seededRandom(seed)
  const { plan, lambdas } = program()
  const event = (n: number): Event => ({ t: random.below(1500), k: random.pick(KEYS), n })
  const log = smallLog({ 'a/0': Array.from({ length: EVENTS }, (_, n) => event(n)) })
  const limits = { groupLimit: random.pick([1, 4, 10]), state: null, flushesOnce: true }
  const state = new MemoryState()
  const executor = new JobExecutor(interpretedModule({ plan, lambdas }), { ...memoryEnvironment(state), ...limits })
  for (const partition of log) {
    for (let from = 0; from < EVENTS; from += 7) {
      executor.feed(chunkOf(partition, partition.records.slice(from, from + 7)))
      executor.spill()
    }
  }
  const final = random.below(2) === 0
  state.commit(executor, final)
  expect(differenceOf(plan, state, reference({ plan, lambdas }, log, { final }))).toBeNull()
})
