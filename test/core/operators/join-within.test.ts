// joinWithin with numbers worked out by hand: bounds met exactly, equal times, halves without a partner, a stream with
// itself.

import { describe, expect, it } from 'vitest'
import { JobExecutor } from '../../../core/executor/job-executor.ts'
import type { NodeParams } from '../../../core/plan/plan.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import { PlanBuilder } from '../../support/jobs/graph-plan.ts'
import { chunkOf } from '../../support/log-chunks.ts'
import { MemoryState, memoryEnvironment } from '../../support/memory-state.ts'
import { agreesAtEveryCut, type Event, LOG, type Program, written } from './support/every-cut.ts'

describe('joinWithin', () => {
  const time = (e: Event): number => e.t
  const program = (params: Partial<NodeParams['joinWithin']>, itself = false): Program => {
    const plan = new PlanBuilder()
    const keyed = (topic: string): string => plan.keyBy(plan.source(topic, { time }), (e: Event) => e.k)
    const left = keyed('a')
    const joined = plan.joinWithin(left, itself ? left : keyed('b'), {
      beforeMs: 500,
      afterMs: 500,
      type: 'inner',
      ...params,
    })
    const times = plan.map(joined, (v: { left: Event | null; right: Event | null }) => [
      v.left?.t ?? null,
      v.right?.t ?? null,
    ])
    plan.output('out', plan.to(times, 'out'))
    return plan.program()
  }
  const PAIRS = [
    [1000, [1000, 500]],
    [1500, [1000, 1500]],
    [1500, [1000, 1500]],
    [1500, [1500, 1500]],
    [1500, [1500, 1500]],
  ]
  const LEFT = [[3500, [3000, null]]]
  const EARLY = [[2999, [null, 2499]]]
  const LATE = [[4100, [null, 3600]]]

  it.each([
    ['inner', PAIRS],
    ['left', [...PAIRS, ...LEFT]],
    ['right', [...PAIRS, ...EARLY, ...LATE]],
    ['full', [...PAIRS, ...EARLY, ...LEFT, ...LATE]],
  ] as const)('%s', (type, expected) => {
    expect(written(program({ type }), LOG)).toEqual(expected)
    agreesAtEveryCut(program({ type }))
  })

  it('takes bounds one by one', () => {
    expect(written(program({ beforeMs: 0 }), LOG)).toEqual(PAIRS.slice(1))
    expect(written(program({ afterMs: 499 }), LOG)).toEqual([PAIRS[0], PAIRS[3], PAIRS[4]])
    for (const type of ['inner', 'full'] as const) agreesAtEveryCut(program({ beforeMs: 0, afterMs: 499, type }))
  })

  it('pairs equal times where both bounds are 0', () => {
    expect(written(program({ beforeMs: 0, afterMs: 0 }), LOG)).toEqual(PAIRS.slice(3))
    agreesAtEveryCut(program({ beforeMs: 0, afterMs: 0, type: 'full' }))
  })

  it('joins a stream with itself, each element with itself too', () => {
    const pairs = [
      [1000, [1000, 1000]],
      [1500, [1000, 1500]],
      [1500, [1500, 1000]],
      [1500, [1500, 1500]],
      [3000, [3000, 3000]],
    ]
    expect(written(program({ type: 'full' }, true), LOG)).toEqual(pairs)
    agreesAtEveryCut(program({ type: 'full' }, true))
  })

  it('keeps no half whose partner can no longer come', () => {
    const module = interpretedModule(program({ type: 'full' }))
    const state = new MemoryState()
    const executor = new JobExecutor(module, memoryEnvironment(state))
    for (const p of LOG) executor.feed(chunkOf(p, p.records))
    state.commit(executor)
    // The watermark is 3000: the left side keeps 3000, the right one 3600.
    const sizes = state.tables().flatMap(t => (/^(state|index)/.test(t) ? [state.range(t).length] : []))
    expect(sizes).toEqual([2, 2])
  })
})
