// Jobs of the ordered operators: scan, distinct, dedupe, upserts and joins with their versions.

import type { Lambdas, Plan } from '../../../core/plan/plan.ts'
import { EVENT_SCHEMA, type Event } from '../random-log.ts'
import { GLOBAL, PlanBuilder, tumbling } from './graph-plan.ts'

type Program = { plan: Plan; lambdas: Lambdas }

const time = (e: Event): number => e.t
const length = (e: Event): number => e.k.length
const number = (e: Event): number => e.n

function events(plan: PlanBuilder, topic: string): string {
  return plan.source(topic, { time, schema: EVENT_SCHEMA, disorderMs: 5000 })
}

/**
 * Steps that throw, give values without canonical bytes, or change their arguments; `distinct`, `dedupe` at its bound.
 */
export function ordered(): Program {
  const plan = new PlanBuilder()
  const keyed = plan.keyBy(events(plan, 'a'), length)
  const scanned = plan.scan(
    keyed,
    { sum: 0, seen: [] },
    (state: { sum: number; seen: unknown[] }, e: Event, { time, key }: { time: number; key: unknown }) => {
      state.seen.push(e.n)
      if (e.n === 3) throw new Error('three')
      if (e.n === 2) return { sum: state.sum, seen: [Symbol('two')] }
      return { sum: state.sum + 1, seen: state.seen.slice(-3), at: [time, key] }
    },
  )
  const tags = plan.flatMap(keyed, (e: Event) => e.tags)
  const once = plan.distinct(
    plan.scan(tags, 0, (n: number, tag: string) => n + tag.length),
    { by: (n: number) => n % 3 },
  )
  const now = plan.distinct(
    plan.mapValues(keyed, (e: Event) => e.n + 0),
    { withinMs: 4000 },
  )
  plan
    .output('scanned', plan.to(scanned, 'scanned', { keyed: true, partitions: 2 }))
    .view('once', plan.bare(once, GLOBAL, { kind: 'count' }))
    .view('now', plan.bare(now, tumbling(10_000), { kind: 'last' }))
  return plan.program('ordered')
}

/**
 * Joins with the versions of a topic of upserts and with those of the stream itself; the newest versions as a table.
 */
export function upserts(): Program {
  const plan = new PlanBuilder()
  const lefts = plan.keyBy(plan.map(events(plan, 'a'), length), (n: number) => n)
  const table = plan.source('b', {
    time,
    schema: EVENT_SCHEMA,
    disorderMs: 5000,
    upserts: true,
    key: length,
    deletedKey: ({ partition }: { partition: number }) => partition + 1,
  })
  const joined = plan.joinTable(lefts, table, 'left')
  const own = plan.joinTable(
    lefts,
    plan.mapValues(lefts, (n: number) => (n === 2 ? null : n)),
  )
  plan
    .output('joined', plan.to(joined, 'joined', { keyed: true }))
    .output('own', plan.to(own, 'own', { keyed: true }))
    .view('newest', plan.existing(plan.bare(table, GLOBAL, { kind: 'last', order: 'offset' })))
    .view(
      'numbers',
      plan.filterTable(plan.existing(plan.bare(table, GLOBAL, { kind: 'last', order: 'offset' })), number),
    )
  return plan.program('upserts')
}
