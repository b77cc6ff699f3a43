// Hashes: what defines a view changes its hash, anything else does not, and a change reaches exactly what depends on
// it.

import { describe, expect, test } from 'vitest'
import { planGraph } from '../../../compiler/5-plan/plan-graph.ts'
import { isJobError } from '../../../core/plan/job-error.ts'
import type { Plan } from '../../../core/plan/plan.ts'
import type { SchemaDocument } from '../../../core/plan/schema.ts'
import { count, hopping, job, max, type Stream, source, sum, tumbling } from '../../../dsl/index.ts'
import { graph, programOf } from '../../support/run-job.ts'
import { type Fact, factsOf, marked } from './facts.ts'

interface Event {
  readonly k: string
  readonly n: number
}

const hashes = (plan: Plan): Record<string, string> => Object.fromEntries(plan.results.map(r => [r.name, r.hash]))
const hashOf = (made: unknown): string => hashes(programOf(made).plan).t as string

/** Three views: `a` and `b` share a filter (site 2); `c` has a branch of its own (site 5). */
function threeViews(changed: Readonly<Record<number, Fact>> = {}, line = 1): Plan {
  const events = marked(source<Event>, 1, ['e'])
  const shared = marked(events.filter.bind(events), 2, [(e: Event) => e.n > 0]) as Stream<Event>
  const keyed = marked(shared.keyBy.bind(shared), 3, [(e: Event) => e.k])
  const own = marked(events.keyBy.bind(events), 5, [(e: Event) => e.k])
  const total = marked(sum<Event, unknown, number>, 4, [(e: Event) => e.n])
  const made = job('j', { a: keyed.aggregate({ total }), b: keyed.aggregate({ n: count() }), c: own.count() })
  const known = (slot: string, site: number): Fact => ({ lambdas: { [slot]: { hash: `code ${site}` } } })
  const facts = { 1: { schema: TEXTS }, 2: known('fn', 2), 3: known('fn', 3), 4: known('of', 4), 5: known('fn', 5) }
  return planGraph(graph(made), factsOf({ ...facts, ...changed }, line))
}

const TEXTS: SchemaDocument = {
  root: { kind: 'union', members: [{ kind: 'string' }, { kind: 'null' }], discriminant: null },
  defs: {},
}
const changedHash = (slot: string): Fact => ({ lambdas: { [slot]: { hash: 'changed' } } })
const different = (x: Plan, y: Plan): string[] =>
  Object.keys(hashes(x)).filter(name => hashes(x)[name] !== hashes(y)[name])

describe('a change reaches exactly the views that depend on it', () => {
  const before = threeViews()
  test.each([
    ['the filter that two share', 2, changedHash('fn'), ['a', 'b']],
    ['the key of both', 3, changedHash('fn'), ['a', 'b']],
    ['an extractor of one field', 4, changedHash('of'), ['a']],
    ['the branch of the third', 5, changedHash('fn'), ['c']],
    ['the type of the source', 1, { schema: { root: { kind: 'string' }, defs: {} } }, ['a', 'b', 'c']],
  ] as [string, number, Fact, string[]][])('%s', (_, site, fact, expected) => {
    expect(different(before, threeViews({ [site]: fact }))).toEqual(expected)
  })

  test('moved lines, other uses and the order of a union change nothing but places', () => {
    const union: SchemaDocument = {
      root: { kind: 'union', members: [{ kind: 'null' }, { kind: 'string' }], discriminant: null },
      defs: {},
    }
    const after = threeViews({ 1: { schema: union } }, 99)
    expect(different(before, after)).toEqual([])
    expect(after.nodes.map(n => n.id)).toEqual(before.nodes.map(n => n.id))
    expect(after.nodes[0]?.at).toBe('job.ts:99:1')
    const narrow = threeViews({ 2: { lambdas: { fn: { hash: 'code 2', uses: { n: {} } } } } })
    expect(different(before, narrow)).toEqual([])
  })

  test('ids of nodes upstream of the change stay', () => {
    const after = threeViews({ 4: changedHash('of') })
    const changed = before.nodes.filter((node, i) => node.id !== after.nodes[i]?.id)
    expect(changed.map(n => n.kind)).toEqual(['aggregate'])
  })
})

describe('what defines a view', () => {
  const events = source<Event>('e')
  const keyed = events.keyBy(e => e.k)
  const base = hashOf(job('j', { t: keyed.window(tumbling('1h')).count() }))

  test.each([
    [
      'the topic',
      source<Event>('f')
        .keyBy(e => e.k)
        .window(tumbling('1h'))
        .count(),
    ],
    [
      'the disorder',
      source<Event>('e', { disorder: '1s' })
        .keyBy(e => e.k)
        .window(tumbling('1h'))
        .count(),
    ],
    [
      'ahead',
      source<Event>('e', { ahead: '1s' })
        .keyBy(e => e.k)
        .window(tumbling('1h'))
        .count(),
    ],
    [
      'the text of a lambda',
      events
        .keyBy(e => `${e.k}`)
        .window(tumbling('1h'))
        .count(),
    ],
    ['the size of a window', keyed.window(tumbling('2h')).count()],
    ['the offset of a window', keyed.window(tumbling('1h', { offset: '1m' })).count()],
    ['the kind of a window', keyed.window(hopping('1h', '30m')).count()],
    ['no window', keyed.count()],
    ['an aggregation', keyed.window(tumbling('1h')).max(() => 1)],
    ['a field', keyed.window(tumbling('1h')).aggregate({ count: count() })],
    [
      'a step more',
      keyed
        .mapValues(e => e)
        .window(tumbling('1h'))
        .count(),
    ],
    ['keep', keyed.window(tumbling('1h')).count().keep('1d')],
  ])('%s', (_, table) => expect(hashOf(job('j', { t: table }))).not.toBe(base))

  test('not the name of the job or the view, the other results, the spelling of a duration or the order of fields', () => {
    const table = keyed.window(tumbling('60m')).count()
    expect(hashes(programOf(job('other', { x: table, t: keyed.count() })).plan).x).toBe(base)
    const x = keyed.aggregate({ n: count(), top: max(e => e.n) })
    const y = keyed.aggregate({ top: max(e => e.n), n: count() })
    expect(hashOf(job('j', { t: x }))).toBe(hashOf(job('j', { t: y })))
  })
})

describe('captured values', () => {
  const withCaptured = (value: unknown, hash: string | null = 'code'): string => {
    const events = source<Event>('e')
    const filter = events.filter.bind(events)
    const filtered = marked(filter, 1, [() => true], { fn: () => ({ value }) }) as Stream<Event>
    const plan = planGraph(graph(job('j', { t: filtered.to('t') })), factsOf({ 1: { lambdas: { fn: { hash } } } }))
    return hashes(plan).t as string
  }
  const cyclic: unknown[] = []
  cyclic.push(cyclic)
  class Limit {
    readonly most = 3
  }
  const values = [
    ...[undefined, null, 0, -0, 1, 1n, '1', true, NaN, [1], [[1]], { a: 1 }, { a: 2 }, { a: undefined }, {}],
    ...[/a/, /a/i, new Map([[1, 2]]), new Map([[2, 1]]), new Set([1]), new Date(1), Symbol('s'), cyclic, new Limit()],
    ...[() => 1, () => 2, new Uint8Array([1]), Object.create(null)],
  ]

  test('differ where the values differ, and only there', () => {
    const all = values.map(v => withCaptured(v))
    expect(new Set(all).size).toBe(values.length)
    expect(values.map(v => withCaptured(v))).toEqual(all)
    expect(withCaptured({ a: [1, 'x'] })).toBe(withCaptured({ a: [1, 'x'] }))
  })

  test('count beside the code where the value has no hash', () => {
    expect(withCaptured(1, null)).not.toBe(withCaptured(2, null))
  })

  test('one too deep, and one that was never set, are refused at the site', () => {
    let deep: unknown = 1
    for (let i = 0; i < 60; i++) deep = [deep]
    const unset = (): never => {
      throw new ReferenceError('value is not defined')
    }
    const events = source<Event>('e')
    const filtered = marked(events.filter.bind(events), 8, [() => true], { fn: unset }) as Stream<Event>
    for (const run of [() => withCaptured(deep), () => planGraph(graph(job('j', { t: filtered.to('t') })))]) {
      let thrown: unknown
      try {
        run()
      } catch (error) {
        thrown = error
      }
      expect(isJobError(thrown) && [thrown.word, typeof thrown.callId]).toEqual(['bad-argument', 'number'])
    }
  })
})
