// The graph that a job builds: frozen, shared where the author shared, marked by site, in topological order.

import { expect, test } from 'vitest'
import { planGraph } from '../../compiler/plan-graph.ts'
import { CALL_MARK, type GraphNode, graphOf, lambdasOf, topologicalOrder } from '../../core/plan/graph.ts'
import { count, defineConfig, job, source, sum, tumbling } from '../../dsl/index.ts'
import { graph } from '../support/run-job.ts'

interface Event {
  readonly k: string
  readonly n: number
}
const events = source<Event>('a')
const byKey = events.keyBy(e => e.k)

test('everything is frozen, down to the parameters', () => {
  const made = job('j', { hourly: byKey.window(tumbling('1h')).aggregate({ n: count() }), out: events.to('out') })
  const frozen = (value: unknown): boolean =>
    typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen))
  expect([made, events, byKey, byKey.count(), events.to('x')].map(v => Object.isFrozen(v))).toEqual(Array(5).fill(true))
  expect(frozen(graph(made))).toBe(true)
})

test('a shared branch is one node, two calls are two', () => {
  const shared = events.map(e => e.n)
  const twice = [events.map(e => e.n), events.map(e => e.n)] as const
  const kinds = (made: unknown): string =>
    topologicalOrder(graph(made))
      .map(n => n.kind)
      .join(' ')
  expect(kinds(job('j', { a: shared.to('x'), b: shared.to('y') }))).toBe('source map output output')
  expect(kinds(job('j', { a: twice[0].to('x'), b: twice[1].to('y') }))).toBe('source map output map output')
})

test('inputs come first, results by name, and a long chain needs no stack', () => {
  let long = events
  for (let i = 0; i < 20_000; i++) long = long.filter(() => true)
  const order = topologicalOrder(graph(job('j', { z: events.to('z'), a: long.merge(events).to('x') })))
  const at = new Map<GraphNode, number>(order.map((node, index) => [node, index]))
  expect(order.every((node, index) => node.inputs.every(input => (at.get(input) as number) < index))).toBe(true)
  expect([order.length, order.at(-1)?.params]).toEqual([
    20_004,
    { topic: 'z', partitions: 1, keyed: false, format: { kind: 'json' } },
  ])
})

test('sites and captured values come from the marks that the compiler appends', () => {
  const captured = { fn: () => ({ limit: 3 }) }
  const loose = byKey as unknown as Record<string, (...args: unknown[]) => typeof byKey>
  const marked = loose.filter?.(() => true, { [CALL_MARK]: 4, captured }) as typeof byKey
  const total = (sum as unknown as (...args: unknown[]) => ReturnType<typeof count>)((e: Event) => e.n, {
    [CALL_MARK]: 5,
  })
  const [table, filter] = topologicalOrder(graph(job('j', { t: marked.aggregate({ total }) }))).toReversed()
  expect(filter?.callId).toBe(4)
  expect(filter?.lambdas.fn).toMatchObject({ callId: 4, slot: 'fn', captured: captured.fn })
  expect(table?.callId).toBe(null)
  expect(table?.lambdas['total.of']).toMatchObject({ callId: 5, slot: 'of', captured: null })
})

test('closures are found under the ids of their own plan, and under no others', () => {
  const fn = (e: Event): number => e.n
  const one = job('j', { t: byKey.sum(fn) })
  const plan = planGraph(graph(one))
  const aggregate = plan.nodes.find(n => n.kind === 'aggregate')
  expect(lambdasOf(plan, graph(one))[aggregate?.id as string]?.['sum.of']).toBe(fn)
  expect(() => lambdasOf(plan, graph(job('j', { t: byKey.sum(fn), u: byKey.count() })))).toThrow('not that of this job')
})

test('anything but a job has no graph', () => {
  expect([graphOf(null), graphOf(3), graphOf({}), graphOf(byKey)]).toEqual([null, null, null, null])
})

test('a configuration is a frozen copy', () => {
  const given = { log: 'log', workers: 2 }
  const config = defineConfig(given)
  expect(config).toEqual(given)
  expect([config === given, Object.isFrozen(config)]).toEqual([false, true])
})
