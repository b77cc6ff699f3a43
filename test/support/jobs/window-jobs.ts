// Jobs over sessions and calendar windows, for the agreement of executors with the reference.

import type { Lambdas, Plan } from '../../../core/plan/plan.ts'
import { EVENT_SCHEMA, type Event } from '../random-log.ts'
import { calendar, GLOBAL, hopping, PlanBuilder, session, tumbling } from './graph-plan.ts'

type Program = { readonly plan: Plan; readonly lambdas: Lambdas }

const number = (e: Event): number => e.n
const size = (e: Event): number => e.k.length

/** Sessions of few keys with `keep`, filtered, closed and aggregated again by window and by session. */
export function sessions(): Program {
  const plan = new PlanBuilder()
  const events = plan.source('a', { time: (e: Event) => e.t, schema: EVENT_SCHEMA, disorderMs: 5000 })
  const table = plan.aggregate(plan.keyBy(events, size), session(5000), {
    first: { kind: 'first', of: number },
    last: { kind: 'last', of: (e: Event) => e.k },
    n: { kind: 'count' },
    sum: { kind: 'sum', of: number },
    tags: { kind: 'collectSet', of: (e: Event) => e.tags?.length },
  })
  const busy = plan.filterTable(table, (v: { n: number }, row: { window: { start: number; end: number } }) => {
    if (v.n === 4) throw new Error('four')
    return v.n > 1 && row.window.end - row.window.start < 12_000
  })
  const closed = plan.closed(busy)
  const rounds = plan.bare(
    plan.keyBy(closed, (v: { n: number }) => v.n),
    session(20_000),
    { kind: 'count' },
  )
  plan
    .view('all', table)
    .view('busy', plan.keep(busy, 0))
    .view('hours', plan.bare(closed, tumbling(60_000), { kind: 'count' }))
    .view('rounds', plan.keep(rounds, 10_000))
    .output('rounds', plan.to(plan.closed(rounds), 'rounds', { keyed: true }))
  return plan.program('sessions')
}

/** Views of every kind of window and nothing behind them, so that a batch writes rows as they are packed. */
export function stored(): Program {
  const plan = new PlanBuilder()
  const events = plan.source('a', { time: (e: Event) => e.t, schema: EVENT_SCHEMA, disorderMs: 5000 })
  const keyed = plan.keyBy(events, (e: Event) => e.k)
  const short = plan.keyBy(events, size)
  const fields = {
    n: { kind: 'count' },
    sum: { kind: 'sum', of: number },
    mean: { kind: 'mean', of: number },
    least: { kind: 'min', of: number },
    most: { kind: 'max', of: number },
  } as const
  const others = { first: { kind: 'first', of: number }, tags: { kind: 'collectSet', of: (e: Event) => e.k } } as const
  plan
    .view('keys', plan.aggregate(keyed, GLOBAL, fields))
    .view('sizes', plan.aggregate(short, GLOBAL, { ...fields, ...others }))
    .view('tens', plan.aggregate(keyed, tumbling(10_000), fields))
    .view('slow', plan.aggregate(short, hopping(20_000, 5000), fields))
    .view('visits', plan.aggregate(keyed, session(300), fields))
    .view('groups', plan.aggregate(short, session(500), others))
  return plan.program('stored')
}

/** Ms of event time for each ms of the log: a second of it is more than two hours. */
const STRETCH = 8640

/** Days that begin at one o'clock, weeks before 1970, months; with `keep`, closed and aggregated again. */
export function calendars(): Program {
  const plan = new PlanBuilder()
  const since = (date: string) => {
    const start = Date.parse(date)
    return (e: Event): number => (e.t - 1_000_000) * STRETCH + start
  }
  const options = { schema: EVENT_SCHEMA, disorderMs: 5000 * STRETCH }
  const late = plan.keyBy(plan.source('a', { time: since('2018-11-02T20:00Z'), ...options }), size)
  const early = plan.keyBy(plan.source('b', { time: since('1883-11-17T00:00Z'), ...options }), size)
  const days = plan.aggregate(late, calendar('day', 'America/Sao_Paulo'), {
    n: { kind: 'count' },
    top: { kind: 'topK', k: 2, by: number },
  })
  const weeks = plan.bare(early, calendar('week', 'America/New_York'), { kind: 'sum', of: number })
  const months = plan.bare(plan.closed(days), calendar('month', 'Europe/Berlin'), { kind: 'count' })
  plan
    .view('days', plan.keep(days, 86_400_000))
    .view('months', months)
    .view(
      'weeks',
      plan.mapTable(weeks, (v: number, row: { window: { end: number } }) => [v, row.window.end]),
    )
    .output('months', plan.to(plan.closed(months), 'months', { keyed: true }))
    .output('weeks', plan.to(plan.closed(weeks), 'weeks', { keyed: true }))
  return plan.program('calendars')
}
