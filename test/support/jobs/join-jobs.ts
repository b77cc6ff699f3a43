// Jobs of `test/support/jobs/jobs.ts` with joins.

import { EVENT_SCHEMA, type Event } from '../random-log.ts'
import { GLOBAL, hopping, PlanBuilder, tumbling } from './graph-plan.ts'
import type { TestJob } from './jobs.ts'

const time = (e: Event): number => e.t
const number = (e: Event): number => e.n
/** Few keys of several kinds, so that most elements have partners. */
const fewKeys = (e: Event): unknown => (e.k < 'b' ? 'a' : e.k < 'z' ? [1, { k: e.k.length }] : null)

/**
 * Lookups by the key and by another one; pairs of two topics, of a stream with itself, of pairs with closed windows.
 */
export function joins(): ReturnType<TestJob['build']> {
  const plan = new PlanBuilder()
  const source = (topic: string, disorderMs: number): string =>
    plan.source(topic, { time, schema: EVENT_SCHEMA, disorderMs })
  const a = plan.keyBy(source('a', 5000), fewKeys)
  const b = plan.keyBy(source('b', 2000), fewKeys)
  const found = plan.lookup(a, [
    ['a', 7],
    [[1, { k: 1 }], { deep: [1] }],
    [null, null],
  ])
  const named = plan.lookup(
    plan.mapValues(b, number),
    [
      [0, 'zero'],
      [2, 'two'],
    ],
    {
      type: 'left',
      key: (n: number) => {
        if (n === 3) throw new Error('three')
        return n === 1 ? () => 0 : n
      },
    },
  )
  const both = plan.joinWithin(found, named, { beforeMs: 3000, afterMs: 1000, type: 'full' })
  const itself = plan.joinWithin(a, a, { beforeMs: 0, afterMs: 0, type: 'inner' })
  const dirty = plan.mapValues(b, (e: Event) => (e.n === 2 ? Symbol('two') : e.n))
  const left = plan.joinWithin(dirty, a, { beforeMs: 0, afterMs: 20_000, type: 'left' })
  const counts = plan.bare(
    plan.keyBy(both, (_: unknown, r: { key: unknown }) => r.key),
    tumbling(10_000),
    {
      kind: 'count',
    },
  )
  const again = plan.joinWithin(plan.closed(counts), left, { beforeMs: 30_000, afterMs: 0, type: 'right' })
  plan
    .output('both', plan.to(both, 'both', { partitions: 2, keyed: true }))
    .output(
      'itself',
      plan.to(
        plan.mapValues(itself, (v: { left: Event }) => v.left.n),
        'itself',
      ),
    )
    .output('again', plan.to(again, 'again'))
    .view('counts', counts)
  return plan.program('joins')
}

/** Joined tables with and without windows, with error rows, words behind them, closed rows, and changelogs. */
export function joinedTables(): ReturnType<TestJob['build']> {
  const plan = new PlanBuilder()
  const keyed = (topic: string): string =>
    plan.keyBy(plan.source(topic, { time, schema: EVENT_SCHEMA, disorderMs: 5000 }), (e: Event) => e.k)
  const [a, b] = [keyed('a'), keyed('b')]
  const window = hopping(10_000, 5000)
  const sums = plan.mapTable(plan.bare(a, window, { kind: 'max', of: number }), (n: number) => {
    if (n === 3) throw new Error('three')
    return n
  })
  const counts = plan.filterTable(plan.bare(b, window, { kind: 'count' }), (n: number) => n !== 2)
  const windowed = plan.joinTables(plan.keep(sums, 0), counts, { type: 'full', window })
  const again = plan.joinTables(windowed, counts, { type: 'inner', window })
  const minutes = plan.bare(
    plan.keyBy(plan.closed(again), (v: { left: { left: number } | null }) => v.left?.left ?? 'none'),
    tumbling(60_000),
    { kind: 'count' },
  )
  const total = plan.joinTables(plan.bare(a, GLOBAL, { kind: 'last' }), plan.bare(b, GLOBAL, { kind: 'count' }), {
    type: 'left',
    window: GLOBAL,
  })
  const known = plan.filterTable(total, (v: { left: Event; right: number | null }) => v.left.n !== v.right)
  const recent = plan.keep(windowed, 20_000)
  plan
    .view('recent', recent)
    .view('minutes', minutes)
    .view('total', total)
    .output('closed', plan.to(plan.closed(windowed), 'closed', { keyed: true }))
    .output('known', plan.changes(known, 'known', { partitions: 2 }))
    .output('news', plan.changes(recent, 'news'))
    .output('sums', plan.changes(plan.keep(sums, 1000), 'sums'))
  return plan.program('joined-tables')
}
