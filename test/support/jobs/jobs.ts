// A handful of jobs over random logs that together use every node kind: for properties of the reference and its
// agreement with the executors.

import type { Lambdas, Plan } from '../../../core/plan/plan.ts'
import { type FrequencySketch, frequencyOf } from '../../../core/sketches/frequency.ts'
import { type MembershipFilter, mightContain } from '../../../core/sketches/membership.ts'
import { EVENT_SCHEMA, type Event, type LogShape } from '../random-log.ts'
import { customAggregations } from './aggregation-jobs.ts'
import { formats } from './format-jobs.ts'
import { GLOBAL, hopping, PlanBuilder, tumbling } from './graph-plan.ts'
import { joinedTables, joins } from './join-jobs.ts'
import { ordered, upserts } from './ordered-jobs.ts'
import { calendars, sessions, stored } from './window-jobs.ts'

export interface TestJob {
  readonly shape: LogShape
  readonly build: () => { plan: Plan; lambdas: Lambdas }
}

const time = (e: Event): number => e.t
const key = (e: Event): string => e.k
const number = (e: Event): number => e.n
const throwOn =
  (k: string) =>
  (e: Event): Event => {
    if (e.k === k) throw new Error(`no ${k}`)
    return e
  }

function events(plan: PlanBuilder, topic: string, more: { disorderMs?: number; aheadMs?: number } = {}): string {
  return plan.source(topic, { time, schema: EVENT_SCHEMA, disorderMs: 5000, ...more })
}

/** Every step, a tumbling window, outputs behind steps and behind closed windows. */
function traffic(): ReturnType<TestJob['build']> {
  const plan = new PlanBuilder()
  const good = plan.filter(plan.map(events(plan, 'a'), throwOn('c')), (e: Event) => e.k !== 'b')
  const keyed = plan.keyBy(good, key)
  const table = plan.aggregate(keyed, tumbling(10_000, 3000), {
    bytes: { kind: 'sum', of: number },
    first: { kind: 'first', of: number },
    last: { kind: 'last' },
    mean: { kind: 'mean', of: number },
    users: { kind: 'countDistinct', of: (e: Event) => e.tags?.length },
    views: { kind: 'count' },
  })
  const closed = plan.closed(plan.mapTable(table, (v: { views: number }) => v.views))
  plan.view('traffic', table)
  plan.view(
    'recent',
    plan.keep(
      plan.filterTable(table, (v: { views: number }) => v.views > 1),
      20_000,
    ),
  )
  plan.output('closed', plan.to(closed, 'closed', { partitions: 2, keyed: true, maxBytes: 150 }))
  plan.output('events', plan.to(plan.mapValues(keyed, number), 'events', { partitions: 3, keyed: true }))
  return plan.program('traffic')
}

/** Two sources of two topics, a shared branch merged with itself, hopping windows, flatMap and flatMapKeys. */
function merged(): ReturnType<TestJob['build']> {
  const plan = new PlanBuilder()
  const a = events(plan, 'a', { disorderMs: 0 })
  const b = events(plan, 'b', { aheadMs: 10_000 })
  const tags = plan.flatMap(plan.merge([a, b, a]), (e: Event) => e.tags)
  const keyed = plan.filterKeys(
    plan.flatMapKeys(
      plan.keyBy(tags, (t: string) => [t, t.length]),
      (k: unknown) => [k, 'all'],
    ),
    (k: unknown) => k !== 'none',
  )
  const table = plan.aggregate(keyed, hopping(20_000, 5000), {
    count: { kind: 'count' },
    latest: { kind: 'last', of: (t: string, r: { time: number }) => [t, r.time] },
    set: { kind: 'collectSet' },
  })
  plan
    .view('tags', table)
    .output('all', plan.to(plan.closed(table), 'all'))
    .output('tags', plan.to(tags, 'tags', { partitions: 2 }))
  return plan.program('merged')
}

/** Two stages and a global table; table lambdas that throw. */
function stages(): ReturnType<TestJob['build']> {
  const plan = new PlanBuilder()
  const keyed = plan.keyBy(events(plan, 'a'), key)
  const short = plan.mapTable(
    plan.aggregate(keyed, tumbling(10_000), {
      n: { kind: 'sum', of: number },
      top: { kind: 'topK', k: 2, of: key, by: number },
    }),
    (v: { n: number; top: string[] }) => {
      if (v.n === 3) throw new Error('three')
      return { ...v, size: v.top.length }
    },
  )
  const long = plan.aggregate(
    plan.keyBy(plan.closed(short), (v: { size: number }) => v.size),
    tumbling(60_000),
    {
      least: { kind: 'minBy', by: (v: { n: number }) => v.n, of: (_: unknown, r: { key: unknown; time: number }) => r },
      most: { kind: 'maxBy', by: (v: { n: number }) => v.n },
      range: { kind: 'max', of: (v: { n: number }) => v.n },
    },
  )
  plan
    .view('short', short)
    .view('long', long)
    .output('long', plan.to(plan.closed(long), 'long', { keyed: true }))
  plan.view('total', plan.bare(keyed, GLOBAL, { kind: 'min', of: number }))
  return plan.program('stages')
}

/**
 * Every sketch, few and many elements in a group, values that are no numbers (dead letters), filters used by a lambda.
 */
function sketches(): ReturnType<TestJob['build']> {
  const plan = new PlanBuilder()
  const keyed = plan.keyBy(events(plan, 'a'), key)
  const table = plan.aggregate(keyed, hopping(60_000, 20_000), {
    distinct: { kind: 'approxCountDistinct', precision: 4 },
    filter: { kind: 'approxMembership', of: number, bits: 64, hashes: 2 },
    often: { kind: 'approxFrequency', of: number, width: 3, depth: 2 },
    quantiles: { kind: 'approxQuantiles', of: (e: Event) => e.n / (e.n % 3), quantiles: [0.5, 1], accuracy: 0.01 },
    sample: { kind: 'sample', k: 2, of: number },
  })
  const asked = plan.mapTable(table, (v: { filter: MembershipFilter; often: FrequencySketch; sample: number[] }) =>
    v.sample.map(n => [mightContain(v.filter, n), frequencyOf(v.often, n)]),
  )
  plan.view('sketches', table).view('asked', asked)
  plan.view('sample', plan.bare(keyed, GLOBAL, { kind: 'sample', k: 3 }))
  plan.output('closed', plan.to(plan.closed(asked), 'closed', { keyed: true }))
  return plan.program('sketches')
}

export const JOBS: Readonly<Record<string, TestJob>> = {
  calendars: { shape: { topics: { a: 2, b: 1 }, maxRecords: 15 }, build: calendars },
  sessions: { shape: { topics: { a: 2 }, maxRecords: 25 }, build: sessions },
  stored: { shape: { topics: { a: 2 }, maxRecords: 25 }, build: stored },
  traffic: { shape: { topics: { a: 2 } }, build: traffic },
  formats: { shape: { topics: { a: 2 }, maxRecords: 20 }, build: formats },
  customAggregations: { shape: { topics: { a: 2 }, maxRecords: 15 }, build: customAggregations },
  joins: { shape: { topics: { a: 1, b: 2 }, maxRecords: 10 }, build: joins },
  joinedTables: { shape: { topics: { a: 1, b: 2 }, maxRecords: 12 }, build: joinedTables },
  merged: { shape: { topics: { a: 1, b: 2 }, maxRecords: 12 }, build: merged },
  sketches: { shape: { topics: { a: 2 }, maxRecords: 30 }, build: sketches },
  stages: { shape: { topics: { a: 2 }, maxRecords: 30 }, build: stages },
  upserts: { shape: { topics: { a: 1, b: 1 }, maxRecords: 20 }, build: upserts },
  ordered: { shape: { topics: { a: 2 }, maxRecords: 20 }, build: ordered },
}
