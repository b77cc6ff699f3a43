// Aggregations and windows of the reference, on cases written by hand.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { WindowSpec } from '../../../core/plan/plan.ts'
import { nearestDouble, unitsOf } from '../../../core/reference/aggregations/exact/units.ts'
import { reference } from '../../../core/reference/reference.ts'
import { type FixedWindow, windowsAt } from '../../../core/reference/windows.ts'
import { type FieldOptions, GLOBAL, hopping, PlanBuilder, tumbling } from '../../support/jobs/graph-plan.ts'
import { deadOf, rowsOf } from '../../support/read-result.ts'
import { smallLog } from '../../support/small-log.ts'

type V = { t: number; v?: unknown; w?: unknown; key?: string }

const value = (v: V): unknown => v.v
const weight = (v: V): unknown => v.w
const boom = (): never => {
  throw new Error('boom')
}

/** Rows of one aggregation over the events of partition 0, and of partition 1 where given. */
function run(
  fields: Record<string, FieldOptions>,
  events: readonly V[],
  window: WindowSpec = GLOBAL,
  more: readonly V[] = [],
) {
  const plan = new PlanBuilder()
  const source = plan.source('t', { time: (v: V) => v.t, disorderMs: 1e6 })
  const keyed = plan.keyBy(source, (v: V) => v.key ?? 'k')
  plan.view('v', plan.aggregate(keyed, window, fields, 'a'))
  return reference(plan.program(), smallLog({ 't/0': events, 't/1': more }))
}

/** The result of one field over values. */
function check(field: FieldOptions, events: readonly V[], expected: unknown, more: readonly V[] = []): void {
  const result = run({ f: field }, events, GLOBAL, more)
  expect(deadOf(result)).toEqual([])
  expect(rowsOf(result, 'v')).toEqual([['k', { f: expected }]])
}

const values = (...list: readonly unknown[]): V[] => list.map((v, t) => ({ t, v }))

interface Case {
  readonly name: string
  readonly field: FieldOptions
  readonly events: readonly V[]
  readonly expected: unknown
}

// JSON has no bigint, NaN or infinity: the lambdas make them from strings.
const decoded = (v: V): unknown =>
  typeof v.v === 'string' ? (/^\d+n$/.test(v.v) ? BigInt(v.v.slice(0, -1)) : Number(v.v)) : v.v

const cases: Case[] = [
  { name: 'count', field: { kind: 'count' }, events: values(1, 1, 2), expected: 3 },
  { name: 'sum', field: { kind: 'sum', of: value }, events: values(1, 2.5), expected: 3.5 },
  { name: 'sum is exact', field: { kind: 'sum', of: value }, events: values(1e16, 1, -1e16), expected: 1 },
  {
    name: 'sum is rounded once',
    field: { kind: 'sum', of: value },
    events: values(...Array(10).fill(0.1)),
    expected: 1,
  },
  {
    name: 'sum beyond all doubles',
    field: { kind: 'sum', of: value },
    events: values(1e308, 1e308),
    expected: Number.POSITIVE_INFINITY,
  },
  {
    name: 'sum that comes back',
    field: { kind: 'sum', of: value },
    events: values(1e308, 1e308, -1e308),
    expected: 1e308,
  },
  { name: 'sum to zero', field: { kind: 'sum', of: value }, events: values(-0, -0), expected: 0 },
  {
    name: 'sum of infinities',
    field: { kind: 'sum', of: decoded },
    events: values('Infinity', '-Infinity'),
    expected: Number.NaN,
  },
  {
    name: 'sum with an infinity',
    field: { kind: 'sum', of: decoded },
    events: values('Infinity', -1e308),
    expected: Number.POSITIVE_INFINITY,
  },
  { name: 'sum with NaN', field: { kind: 'sum', of: decoded }, events: values('NaN', 1), expected: Number.NaN },
  {
    name: 'sum of bigints',
    field: { kind: 'sum', of: decoded },
    events: values('9007199254740993n', '9007199254740993n'),
    expected: 18014398509481986n,
  },
  { name: 'mean', field: { kind: 'mean', of: value }, events: values(1, 2), expected: 1.5 },
  {
    name: 'mean of three times 1e308',
    field: { kind: 'mean', of: value },
    events: values(1e308, 1e308, 1e308),
    expected: 1e308,
  },
  { name: 'mean of subnormals', field: { kind: 'mean', of: value }, events: values(5e-324, 0, 0), expected: 0 },
  { name: 'min', field: { kind: 'min', of: value }, events: values(2, 1, 3), expected: 1 },
  { name: 'min over kinds', field: { kind: 'min', of: value }, events: values('a', null, 1), expected: null },
  { name: 'max', field: { kind: 'max', of: value }, events: values(2, 1, 3), expected: 3 },
  { name: 'max with NaN', field: { kind: 'max', of: decoded }, events: values(2, 'NaN', 3), expected: Number.NaN },
  { name: 'min with NaN', field: { kind: 'min', of: decoded }, events: values(2, 'NaN', 3), expected: 2 },
  {
    name: 'first',
    field: { kind: 'first', of: value },
    events: [
      { t: 2, v: 'b' },
      { t: 1, v: 'a' },
      { t: 1, v: 'c' },
    ],
    expected: 'a',
  },
  {
    name: 'last',
    field: { kind: 'last', of: value },
    events: [
      { t: 2, v: 'b' },
      { t: 2, v: 'c' },
      { t: 1, v: 'a' },
    ],
    expected: 'c',
  },
  { name: 'first of whole values', field: { kind: 'first' }, events: values('a', 'b'), expected: { t: 0, v: 'a' } },
  {
    name: 'minBy, the earliest of equals',
    field: { kind: 'minBy', of: value, by: weight },
    events: [
      { t: 3, v: 'a', w: 1 },
      { t: 2, v: 'b', w: 1 },
      { t: 1, v: 'c', w: 2 },
    ],
    expected: 'b',
  },
  {
    name: 'maxBy, the earliest of equals',
    field: { kind: 'maxBy', of: value, by: weight },
    events: [
      { t: 3, v: 'a', w: 1 },
      { t: 2, v: 'b', w: 1 },
      { t: 1, v: 'c', w: 0 },
    ],
    expected: 'b',
  },
  {
    name: 'topK',
    field: { kind: 'topK', k: 2, of: value, by: weight },
    events: [
      { t: 0, v: 'a', w: 1 },
      { t: 1, v: 'b', w: 3 },
      { t: 2, v: 'c', w: 1 },
    ],
    expected: ['b', 'a'],
  },
  { name: 'topK of fewer', field: { kind: 'topK', k: 5, of: value }, events: values(1, 3, 2), expected: [3, 2, 1] },
  {
    name: 'collectSet',
    field: { kind: 'collectSet', of: value },
    events: values('b', 'a', 'b', null, 2, -0, 0),
    expected: [null, 0, 2, 'a', 'b'],
  },
  {
    name: 'countDistinct',
    field: { kind: 'countDistinct', of: value },
    events: values(1, '1', 1, -0, 0, [1], [1]),
    expected: 4,
  },
]

describe('aggregations', () => {
  for (const c of cases) it(c.name, () => check(c.field, c.events, c.expected))

  it('ties between partitions go by position', () => {
    check({ kind: 'first', of: value }, [{ t: 1, v: 'p0' }], 'p0', [{ t: 1, v: 'p1' }])
    check({ kind: 'last', of: value }, [{ t: 1, v: 'p0' }], 'p1', [{ t: 1, v: 'p1' }])
  })

  it('a short form has the field itself as value', () => {
    const plan = new PlanBuilder()
    const keyed = plan.keyBy(plan.source('t'), () => 'k')
    plan.view('v', plan.bare(keyed, GLOBAL, { kind: 'sum', of: value }))
    expect(rowsOf(reference(plan.program(), smallLog({ 't/0': values(1, 2) })), 'v')).toEqual([['k', 3]])
  })
})

describe('exact arithmetic', () => {
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true })

  it('rounds sums of two as the hardware does', () => {
    fc.assert(
      fc.property(finite, finite, (a, b) => {
        expect(nearestDouble(unitsOf(a) + unitsOf(b), 1n)).toBe(a + b === 0 ? 0 : a + b)
      }),
      { numRuns: 2000 },
    )
  })

  it('rounds quotients by small integers as the hardware does', () => {
    fc.assert(
      fc.property(finite, fc.integer({ min: 1, max: 1e9 }), (a, n) => {
        expect(nearestDouble(unitsOf(a), BigInt(n)) + 0).toBe(a / n + 0)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('dead letters of an aggregation', () => {
  const both = (first: FieldOptions, second: FieldOptions) =>
    run(
      { zebra: second, apple: first },
      [
        { t: 0, v: 'x' },
        { t: 1, v: 2 },
      ],
      tumbling(10),
    )
  const failing: FieldOptions = { kind: 'sum', of: (v: V) => (v.v === 'x' ? boom() : v.v) }

  it('exclude the element from every field, and name the alphabetically first failing one', () => {
    const result = both(failing, { kind: 'sum', of: value })
    expect(deadOf(result)).toEqual(['a throw apple: the lambda threw'])
    expect(rowsOf(result, 'v')).toEqual([[0, 'k', { apple: 2, zebra: 2 }]])
  })

  it('name the field of a wrong input', () => {
    const result = both({ kind: 'count' }, { kind: 'sum', of: value })
    expect(deadOf(result)).toEqual(['a value zebra: expected number or bigint, got string'])
    expect(rowsOf(result, 'v')).toEqual([[0, 'k', { apple: 1, zebra: 2 }]])
  })

  it.each<[string, FieldOptions, RegExp]>([
    ['a promise', { kind: 'first', of: async () => 1 }, /^a value f: the lambda returned a promise$/],
    ['no canonical bytes', { kind: 'collectSet', of: () => () => 1 }, /^a value f: value: /],
    ['an order without canonical bytes', { kind: 'maxBy', by: () => Symbol('s') }, /^a value f: value: /],
    ['a throw while ordering', { kind: 'topK', k: 1, by: boom }, /^a throw f: the lambda threw$/],
  ])('%s', (_, field, expected) => {
    const result = run({ f: field }, values(1))
    expect(deadOf(result)).toEqual([expect.stringMatching(expected)])
    expect(rowsOf(result, 'v')).toEqual([])
  })

  it('are one for all windows of a hop', () => {
    expect(deadOf(run({ f: failing }, [{ t: 5, v: 'x' }], hopping(10, 1)))).toHaveLength(1)
  })
})

describe('windows', () => {
  it.each<[string, WindowSpec, number, number[]]>([
    ['tumbling start', tumbling(10), 20, [20]],
    ['tumbling end', tumbling(10), 19, [10]],
    ['tumbling offset', tumbling(10, 3), 2, [-7]],
    ['tumbling below zero', tumbling(10), -1, [-10]],
    ['hopping', hopping(10, 5), 12, [5, 10]],
    ['hopping on a start', hopping(10, 5), 10, [5, 10]],
    ['hopping unevenly', hopping(10, 4), 12, [4, 8, 12]],
    ['hopping offset below zero', hopping(10, 5, 1), -12, [-19, -14]],
    ['the last time of all', tumbling(3_600_000), 8.64e15, [8.64e15]],
  ])('%s', (_, spec, time, starts) => {
    expect(windowsAt(spec as FixedWindow, time).map(w => w?.start)).toEqual(starts)
  })

  it('hopping counts an element in each of its windows', () => {
    const result = run({ n: { kind: 'count' } }, [{ t: 4 }, { t: 5 }, { t: 9 }], hopping(10, 5))
    expect(rowsOf(result, 'v')).toEqual([
      [-5, 'k', { n: 1 }],
      [0, 'k', { n: 3 }],
      [5, 'k', { n: 2 }],
    ])
  })
})
