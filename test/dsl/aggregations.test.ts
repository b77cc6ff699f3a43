// Aggregations of spread, lists, histograms and authors' own ones: numbers worked out by hand, run by the reference.

import { describe, expect, test } from 'vitest'
import { isLyrebirdError } from '../../core/errors.ts'
import type { JobResult } from '../../core/result/result.ts'
import {
  type AggregationOver,
  aggregation,
  collectList,
  histogram,
  job,
  source,
  stddev,
  tumbling,
  variance,
} from '../../dsl/index.ts'
import { rowsOf } from '../support/read-result.ts'
import { programOf, runJob } from '../support/run-job.ts'
import { smallLog } from '../support/small-log.ts'

interface Reading {
  readonly t: number
  readonly n: number
}

const readings = source<Reading>('a', { time: e => e.t, disorder: '1m' })
const keyed = readings.keyBy(() => 'all')

/** Elements of two partitions that arrive out of order and tie. */
const log = smallLog({
  'a/0': [
    { t: 3000, n: 4 },
    { t: 1000, n: 2 },
    { t: 2000, n: 5 },
  ],
  'a/1': [
    { t: 2000, n: 4 },
    { t: 5000, n: 9 },
  ],
})

type Field = AggregationOver<Reading, unknown>

/** The values of a view's rows, or the texts of error rows. */
const valuesOf = (result: JobResult, view = 'v'): unknown[] => rowsOf(result, view).map(row => row.at(-1))

function shown(field: Field): unknown {
  const [value] = valuesOf(runJob(job('test', { v: keyed.aggregate({ x: field }) }), log))
  return (value as { x: unknown }).x
}

describe('a field', () => {
  test.each<[string, Field, unknown]>([
    // 2, 4, 4, 5, 9: mean 4.8, squares of distances 7.84 + 0.64 + 0.64 + 0.04 + 17.64 = 26.8, over 5.
    ['variance', variance((r: Reading) => r.n), 5.36],
    ['stddev', stddev((r: Reading) => r.n), 2.3151673805580453],
    ['variance of bigints', variance((r: Reading) => BigInt(r.n)), 5.36],
    ['collectList, by time and then identity', collectList((r: Reading) => r.n), [2, 5, 4, 4, 9]],
    [
      'collectList of whole values',
      collectList<Reading, unknown>(),
      [
        { n: 2, t: 1000 },
        { n: 5, t: 2000 },
        { n: 4, t: 2000 },
        { n: 4, t: 3000 },
        { n: 9, t: 5000 },
      ],
    ],
    [
      'histogram',
      histogram((r: Reading) => r.n),
      [
        { count: 1, value: 2 },
        { count: 2, value: 4 },
        { count: 1, value: 5 },
        { count: 1, value: 9 },
      ],
    ],
    [
      'histogram of values in canonical order',
      histogram((r: Reading) => (r.n > 4 ? 'big' : r.n === 4 ? null : [r.n])),
      [
        { count: 2, value: null },
        { count: 2, value: 'big' },
        { count: 1, value: [2] },
      ],
    ],
    [
      'histogram with bounds, half-open',
      histogram((r: Reading) => r.n, { bounds: [0, 4, 9] }),
      [
        { count: 0, from: null, to: 0 },
        { count: 1, from: 0, to: 4 },
        { count: 3, from: 4, to: 9 },
        { count: 1, from: 9, to: null },
      ],
    ],
    [
      'histogram of bigints and numbers in buckets',
      histogram((r: Reading) => (r.n === 4 ? 4n : r.n), { bounds: [4.5] }),
      [
        { count: 3, from: null, to: 4.5 },
        { count: 2, from: 4.5, to: null },
      ],
    ],
  ])('%s', (_name, field, expected) => {
    expect(shown(field)).toEqual(expected)
  })
})

test('NaN in no bucket, and what is no number, are dead letters', () => {
  const views = job('test', {
    v: keyed.aggregate({ x: histogram(r => (r.n === 9 ? Number.NaN : r.n), { bounds: [3] }) }),
    w: keyed.aggregate({ x: variance(r => (r.n === 2 ? ('two' as unknown as number) : r.n)) }),
  })
  const result = runJob(views, log)
  expect(result.dead.map(d => d.reason).sort()).toEqual([
    'x: expected a number in some bucket, got NaN',
    'x: expected number or bigint, got string',
  ])
  expect(valuesOf(result)).toMatchObject([{ x: [{ count: 1 }, { count: 3 }] }])
})

describe('a custom aggregation', () => {
  const parts = {
    zero: 0,
    lift: (n: number) => n,
    plus: (a: number, b: number) => a + b,
    present: (s: number): unknown => s,
  }
  const n = (r: Reading): number => r.n
  const once = (given: Partial<typeof parts>) =>
    job('test', {
      v: keyed.window(tumbling('1m')).aggregate({ x: aggregation<number, number, unknown>({ ...parts, ...given })(n) }),
    })

  test('gives what present makes of all states', () => {
    expect(valuesOf(runJob(once({ present: s => ({ total: s }) }), log))).toEqual([{ x: { total: 24 } }])
  })

  test('begins with zero', () => {
    expect(valuesOf(runJob(once({ zero: 100 }), log))).toEqual([{ x: 124 }])
  })

  test('takes the whole value without `of`', () => {
    const total = aggregation({ ...parts, lift: (r: Reading) => r.n })
    expect(shown(total<unknown>())).toBe(24)
  })

  test('makes a dead letter of an element that lift throws on, once for all of its fields', () => {
    const result = runJob(
      once({
        lift: x => {
          if (x === 9) throw new Error('nine')
          return x
        },
      }),
      log,
    )
    expect(result.dead.map(d => [d.kind, d.reason])).toEqual([['throw', 'x: the lambda threw']])
    expect(valuesOf(result)).toEqual([{ x: 15 }])
  })

  test('shows an error row where present throws', () => {
    const failing = (): never => {
      throw new Error('no')
    }
    const result = runJob(once({ present: failing }), log)
    expect(valuesOf(result)).toEqual([expect.stringMatching(/^ERROR aggregate-\w+: x: the lambda threw$/)])
    expect(valuesOf(runJob(once({ present: () => new Map() }), log))).toEqual([
      expect.stringMatching(/x: value: a Map$/),
    ])
  })

  test.each<[string, (a: number, b: number) => number]>([
    [
      'throws',
      () => {
        throw new Error('no')
      },
    ],
    ['gives a promise', () => Promise.resolve(1) as never],
    ['gives no plain data', () => (() => 1) as never],
  ])('ends the run where plus %s', (_name, plus) => {
    expect(() => runJob(once({ plus }), log)).toThrow(
      expect.toSatisfy(
        e => isLyrebirdError(e) && e.code === 'job-failed' && e.message.includes('plus') && e.where.field === 'x',
      ),
    )
  })

  test('is lambdas of the node and a zero in the plan', () => {
    const { plan, lambdas } = programOf(once({}))
    const node = plan.nodes.find(x => x.kind === 'aggregate')
    expect(node?.params).toMatchObject({ fields: [{ name: 'x', kind: 'custom', zero: expect.stringMatching(/^20/) }] })
    expect(Object.keys(lambdas[node?.id as string] ?? {}).sort()).toEqual(['x.lift', 'x.of', 'x.plus', 'x.present'])
  })
})
