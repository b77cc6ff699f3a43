// Jobs of exact variance, lists, histograms and an author's own aggregations whose lambdas sometimes fail.

import type { Lambdas, Plan } from '../../../core/plan/plan.ts'
import { EVENT_SCHEMA, type Event } from '../random-log.ts'
import { PlanBuilder, session, tumbling } from './graph-plan.ts'

const number = (e: Event): number => e.n

interface Range {
  readonly least: string
  readonly most: string
  readonly seen: Uint8Array
}

/** A lawful aggregation over strings with bytes in its state; `lift` fails for one key, `present` for two ranges. */
const range = {
  kind: 'custom',
  zero: null,
  lift(e: Event): Range {
    if (e.k === '__proto__') throw new Error('no such key')
    return { least: e.k, most: e.k, seen: Uint8Array.of(e.tags?.length ?? 0) }
  },
  plus(a: Range | null, b: Range | null): Range | null {
    if (a === null || b === null) return a ?? b
    return {
      least: [a.least, b.least].sort()[0] as string,
      most: [a.most, b.most].sort()[1] as string,
      seen: Uint8Array.of(Math.max(a.seen[0] as number, b.seen[0] as number)),
    }
  },
  present(s: Range): unknown {
    if (s.least === 'b') throw new Error('b')
    return s.least === 'c' ? new Date(0) : s
  },
} as const

/** In windows: rows that fail are error rows, and dead letters once they close. */
export function customAggregations(): { plan: Plan; lambdas: Lambdas } {
  const plan = new PlanBuilder()
  const time = (e: Event): number => e.t
  const keyed = plan.keyBy(plan.source('a', { time, schema: EVENT_SCHEMA, disorderMs: 5000 }), (e: Event) => e.n > 1)
  const spread = plan.aggregate(keyed, tumbling(10_000), {
    buckets: { kind: 'histogram', of: number, bounds: [-1, 0, 0.5, 3] },
    deviation: { kind: 'stddev', of: number },
    keys: { kind: 'histogram', of: (e: Event) => e.k },
    list: { kind: 'collectList', of: number },
    variance: { kind: 'variance', of: (e: Event) => (e.k === 'a' ? BigInt(Math.trunc(e.n)) : e.n) },
  })
  const own = plan.aggregate(keyed, tumbling(20_000), { n: { kind: 'count' }, range })
  const plain = plan.bare(keyed, tumbling(30_000), range)
  const sessions = plan.bare(keyed, session(4000), range)
  plan
    .view('spread', spread)
    .view('own', own)
    .view('plain', plain)
    .view('sessions', sessions)
    .view(
      'least',
      plan.mapTable(own, (v: { range: Range }) => v.range.least),
    )
    .output('lists', plan.to(plan.closed(spread), 'lists', { keyed: true }))
    .output('ranges', plan.to(plan.closed(own), 'ranges', { keyed: true }))
  return plan.program('customAggregations')
}
