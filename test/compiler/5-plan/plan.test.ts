// The plan of a job: its shape, ids, places and schemas, with and without the compiler's facts.

import { expect, test } from 'vitest'
import { planGraph } from '../../../compiler/5-plan/plan-graph.ts'
import type { Plan, SourceNode } from '../../../core/plan/plan.ts'
import { ANY_JSON } from '../../../core/plan/schema.ts'
import { bytes, count, csv, job, lines, type Stream, source, sum, tumbling } from '../../../dsl/index.ts'
import { graph, programOf } from '../../support/run-job.ts'
import { factsOf, marked, objectSchema } from './facts.ts'

interface Event {
  readonly k: string
  readonly n: number
}
const SCHEMA = objectSchema({ k: 'number', m: 'number', n: 'number', unused: 'number' })
const plain = (): Plan => {
  const keyed = source<Event>('a', { disorder: '1s' }).keyBy(e => e.k)
  const hourly = keyed.window(tumbling('1h')).aggregate({ total: sum(e => e.n), n: count() })
  return programOf(job('j', { hourly, out: hourly.closed().to('out', { partitions: 2 }) })).plan
}

test('an uncompiled job has open schemas, everything used and no places', () => {
  const plan = plain()
  expect(plan.nodes.map(n => n.kind)).toEqual(['source', 'keyBy', 'aggregate', 'closed', 'output'])
  expect(plan.nodes[0]).toMatchObject({
    params: { topic: 'a', format: { kind: 'json' }, disorderMs: 1000, aheadMs: null },
    schema: ANY_JSON,
    uses: true,
    at: null,
  })
  expect(plan.nodes[2]).toMatchObject({
    params: {
      window: { kind: 'tumbling', sizeMs: 3_600_000, offsetMs: 0 },
      fields: [
        { name: 'n', kind: 'count' },
        { name: 'total', kind: 'sum' },
      ],
      bare: false,
    },
    lambdas: { 'total.of': { at: null, usesRecord: true, uses: true } },
  })
  expect(plan.results.map(r => [r.name, r.kind, r.node])).toEqual([
    ['hourly', 'view', plan.nodes[2]?.id],
    ['out', 'output', plan.nodes[4]?.id],
  ])
})

test('it is plain frozen data: equal after JSON, and nothing in it can be changed', () => {
  const plan = plain()
  expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
  const frozen = (v: unknown): boolean =>
    typeof v !== 'object' || v === null || (Object.isFrozen(v) && Object.values(v).every(frozen))
  expect(frozen(plan)).toBe(true)
  expect(plain()).toEqual(plan)
})

test('ids are kind and hash, with an ordinal among nodes that are defined alike', () => {
  const events = source<Event>('a')
  const same = (s: Stream<Event>): Stream<Event> => s.filter(e => e.n > 0)
  const { nodes } = programOf(job('j', { x: same(events).to('x'), y: same(events).to('y') })).plan
  const ids = nodes.filter(n => n.kind === 'filter').map(n => n.id)
  expect(ids[0]).toMatch(/^filter-[0-9a-f]{8}$/)
  expect(ids[1]).toBe(`${ids[0]}-2`)
  expect(new Set(nodes.map(n => n.id)).size).toBe(nodes.length)
})

test('facts give schemas, places and what lambdas use', () => {
  const time = (e: Event): number => e.n
  const events = marked(source<Event>, 1, ['a', { time }])
  const keyed = marked(events.keyBy.bind(events), 2, [(e: Event) => e.k])
  const made = job('j', { t: keyed.aggregate({ total: marked(sum<Event, unknown, number>, 3, [(e: Event) => e.n]) }) })
  const plan = planGraph(
    graph(made),
    factsOf({
      1: { schema: SCHEMA, lambdas: { time: { uses: { n: {} } } } },
      2: { lambdas: { fn: { uses: { k: {} }, usesRecord: true } } },
      3: { lambdas: { of: { uses: { m: {} } } } },
    }),
  )
  expect(plan.nodes[0]).toMatchObject({
    schema: SCHEMA,
    at: 'job.ts:1:1',
    uses: { n: {}, k: {}, m: {} },
    lambdas: { time: { at: 'job.ts:1:1', uses: { n: {} }, usesRecord: false } },
  })
  expect(plan.nodes[1]).toMatchObject({ at: 'job.ts:1:2', lambdas: { fn: { usesRecord: true } } })
  expect(plan.nodes[2]).toMatchObject({ at: null, lambdas: { 'total.of': { at: 'job.ts:1:3' } } })
})

test('formats without a type of their own: lines are strings, bytes and csv anything', () => {
  const of = (made: unknown): SourceNode => programOf(made).plan.nodes[0] as SourceNode
  const facts = factsOf({ 1: { schema: SCHEMA } })
  const text = job('j', {
    n: marked(source<string>, 1, ['a', { format: lines() }])
      .keyBy(l => l)
      .count(),
  })
  expect(of(text).schema.root).toEqual({ kind: 'string' })
  expect((planGraph(graph(text), facts).nodes[0] as SourceNode).schema.root).toEqual({ kind: 'string' })
  expect(
    of(
      job('j', {
        n: source('a', { format: bytes() })
          .keyBy(b => b.length)
          .count(),
      }),
    ).schema,
  ).toEqual(ANY_JSON)
  expect(
    of(job('j', { n: source('a', { format: csv<Event>({ columns: ['k', 'n'] }) }).to('t') })).params,
  ).toMatchObject({
    format: { kind: 'csv', columns: ['k', 'n'] },
  })
})
