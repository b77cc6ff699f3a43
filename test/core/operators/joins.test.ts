// Joins by hand-worked numbers: bounds met exactly, equal times, halves without a partner, a stream with itself, lookups; and the executor at
// every cut of such a log, made anew from the state after each record.

import { describe, expect, it } from 'vitest'
import { JobExecutor } from '../../../core/executor/job-executor.ts'
import type { Lambdas, NodeParams, Plan } from '../../../core/plan/plan.ts'
import { type InputPartition, reference } from '../../../core/reference/reference.ts'
import { differenceOf } from '../../support/feeding.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import { PlanBuilder, type TestLambda, tumbling } from '../../support/jobs/graph-plan.ts'
import { chunkOf } from '../../support/log-chunks.ts'
import { MemoryState, memoryEnvironment } from '../../support/memory-state.ts'

interface Event {
  readonly t: number
  readonly k: string
}

const utf8 = new TextEncoder()

function partition(topic: string, events: readonly Event[]): InputPartition {
  const records = events.map((event, i) => ({
    offset: BigInt(i),
    timestamp: event.t,
    key: null,
    value: utf8.encode(JSON.stringify(event)),
    headers: [],
  }))
  return { topic, partition: 0, records }
}

const of = (k: string, ...times: number[]): Event[] => times.map(t => ({ t, k }))
const LOG = [partition('a', of('x', 1000, 1500, 3000)), partition('b', of('x', 500, 1500, 1500, 2499, 3600))]
/** Topics in the order in which their next records are fed. */
const ORDER = ['a', 'b', 'a', 'b', 'b', 'a', 'b', 'b']

type Program = { plan: Plan; lambdas: Lambdas }

/** What a program writes to topic `out` once the history is complete. */
function written({ plan, lambdas }: Program, log: readonly InputPartition[]): unknown[] {
  const records = reference({ plan, lambdas }, log, { final: true }).outputs.get('out')?.[0] ?? []
  return records.map(r => [r.timestamp, JSON.parse(new TextDecoder().decode(r.value))])
}

/** Feeds one record at a time into an executor that is made from the committed state, and compares each cut with the reference. */
function agreesAtEveryCut(
  program: Program,
  log: readonly InputPartition[] = LOG,
  order: readonly string[] = ORDER,
): void {
  const module = interpretedModule(program)
  const state = new MemoryState()
  const read = new Map(log.map(p => [p.topic, 0]))
  for (const topic of [...order, null]) {
    const executor = new JobExecutor(module, memoryEnvironment(state))
    for (const p of log) if (!executor.progress.cut.has(`${p.topic}/0`)) executor.progress.cut.set(`${p.topic}/0`, 0n)
    const source = log.find(p => p.topic === topic)
    if (source !== undefined) {
      const at = read.get(source.topic) as number
      executor.feed(chunkOf(source, source.records.slice(at, at + 1)))
      read.set(source.topic, at + 1)
    }
    state.commit(executor, topic === null)
    const cut = log.map(p => ({ ...p, records: p.records.slice(0, read.get(p.topic)) }))
    expect(differenceOf(program.plan, state, reference(program, cut, { final: topic === null }))).toBeNull()
  }
}

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

  it('keeps nothing that no partner can come for', () => {
    const module = interpretedModule(program({ type: 'full' }))
    const state = new MemoryState()
    const executor = new JobExecutor(module, memoryEnvironment(state))
    for (const p of LOG) executor.feed(chunkOf(p, p.records))
    state.commit(executor)
    // The watermark is 3000: of the left side 3000 is kept, of the right one 3600.
    const sizes = state.tables().flatMap(t => (/^(state|index)/.test(t) ? [state.range(t).length] : []))
    expect(sizes).toEqual([2, 2])
  })
})

describe('joinTables', () => {
  it('makes one dead letter of a row that fails, though it closes in its own table first and in the joined one later', () => {
    const plan = new PlanBuilder()
    const window = tumbling(1000)
    const counts = (topic: string): string =>
      plan.bare(
        plan.keyBy(plan.source(topic, { time: (e: Event) => e.t }), (e: Event) => e.k),
        window,
        { kind: 'count' },
      )
    const failing = plan.mapTable(counts('a'), () => {
      throw new Error('no')
    })
    const joined = plan.joinTables(failing, counts('b'), { type: 'left', window })
    plan.output('a', plan.to(plan.closed(failing), 'a')).output('ab', plan.to(plan.closed(joined), 'ab'))
    const log = [partition('a', of('x', 100, 1500, 3000)), partition('b', of('x', 200, 4000))]
    agreesAtEveryCut(plan.program(), log, ['a', 'a', 'a', 'b', 'b'])
    expect(reference(plan.program(), log).dead).toHaveLength(2)
  })
})

describe('lookup', () => {
  const rows = [
    ['x', 1],
    [null, 2],
    [[1500], { found: 'list' }],
  ] as const
  const program = (type: 'inner' | 'left', key?: TestLambda): Program => {
    const plan = new PlanBuilder()
    const keyed = plan.keyBy(plan.source('a', { time: (e: Event) => e.t }), (e: Event) => e.k)
    const found = plan.lookup(keyed, rows, key === undefined ? { type } : { type, key })
    plan.output(
      'out',
      plan.to(
        plan.mapValues(found, (v: { right: unknown }) => v.right),
        'out',
      ),
    )
    return plan.program()
  }

  it('finds rows by the key of the stream, or by another one', () => {
    const all = (right: unknown): unknown[] => [1000, 1500, 3000].map(t => [t, right])
    expect(written(program('inner'), LOG)).toEqual(all(1))
    expect(
      written(
        program('left', () => 'y'),
        LOG,
      ),
    ).toEqual(all(null))
    expect(
      written(
        program('inner', () => 'y'),
        LOG,
      ),
    ).toEqual([])
    expect(
      written(
        program('left', () => undefined),
        LOG,
      ),
    ).toEqual(all(2))
    expect(
      written(
        program('inner', (e: Event) => [e.t]),
        LOG,
      ),
    ).toEqual([[1500, { found: 'list' }]])
    agreesAtEveryCut(program('left', (e: Event) => [e.t]))
  })
})
