// `histogram`: how often each value occurs, or how many numbers each bucket holds.

import type { Mistake, Numeric, PlainValue, Settled } from '../mistake.ts'
import { Call, wordFor } from '../node.ts'
import type { Aggregation } from './aggregations.ts'
import { make, partOf } from './aggregations.ts'

/** One value with the number of elements that have it. */
export interface ValueCount<V> {
  readonly value: V
  readonly count: number
}

/** A half-open bucket `[from, to)` with the number of elements in it; null where it is unbounded. */
export interface RangeCount {
  readonly from: number | null
  readonly to: number | null
  readonly count: number
}

/** Options of `histogram` with bounds. */
export interface HistogramOptions<B extends readonly number[]> {
  /** Where one bucket ends and the next begins: 1 to 1000 finite numbers, ascending. */
  readonly bounds: B & Ascending<B>
}

/**
 * How often each value occurs, in the order of values: `histogram(v => v.status)`. With bounds, how many numbers are in
 * each bucket: `histogram(v => v.ms, { bounds: [10, 100, 1000] })` has four (below 10, from 10, from 100, from 1000
 * on), and every row has them all. With bounds, NaN is a dead letter.
 */
export function histogram<T, R>(): Aggregation<T, R, readonly ValueCount<T>[]>
export function histogram<T, R, N, const B extends readonly number[]>(
  of: (value: T, record: R) => N & Countable<N>,
  options: HistogramOptions<B>,
): Aggregation<T, R, readonly RangeCount[]>
export function histogram<T, R, V>(
  of: (value: T, record: R) => V & PlainValue<V>,
): Aggregation<T, R, readonly ValueCount<Settled<V>>[]>
export function histogram(...given: unknown[]): unknown {
  const call: Call = new Call(given)
  const [of, options] = call.args
  const lambdas = partOf(call, 'histogram', of)
  if (options === undefined) return make({ kind: 'histogram' }, lambdas)
  const { bounds } = call.options(options, ['bounds'], 'histogram()')
  return make({ kind: 'histogram', bounds: checked(call, bounds) }, lambdas)
}

const MAX_BOUNDS = 1000

function checked(call: Call, bounds: unknown): readonly number[] {
  const list = Array.isArray(bounds) ? (bounds as readonly unknown[]) : []
  if (list.length < 1 || list.length > MAX_BOUNDS || !list.every(b => Number.isFinite(b))) {
    call.fail(
      'bad-argument',
      `the bounds of histogram() are 1 to ${MAX_BOUNDS} finite numbers, got ${wordFor(bounds)}.`,
    )
  }
  const numbers = list.map(b => (b as number) + 0)
  const at = numbers.findIndex((b, i) => i > 0 && b <= (numbers[i - 1] as number))
  if (at < 0) return numbers
  return call.fail(
    'bad-argument',
    `the bounds of histogram() ascend, but ${numbers[at]} comes after ${numbers[at - 1]}.`,
  )
}

/** Types: the input of a histogram with bounds. Where the bounds are the mistake, N is not inferred. */
type Countable<N> = unknown extends N ? unknown : Numeric<N, 'histogram() with bounds takes'>

/** Types: literal bounds must ascend; others are checked when the job is evaluated. */
type Ascending<B extends readonly number[]> = B extends readonly []
  ? Mistake<'histogram() needs one bound at least.'>
  : B extends readonly [infer X extends number, infer Y extends number, ...infer Rest extends readonly number[]]
    ? Below<`${X}`, `${Y}`> extends false
      ? Mistake<'The bounds of histogram() must ascend.'>
      : Ascending<readonly [Y, ...Rest]>
    : unknown

/**
 * False where the first number is known not to be less than the second. Fractions and exponents are compared when the
 * job is evaluated.
 */
type Below<X extends string, Y extends string> = X extends `${string}${'.' | 'e'}${string}`
  ? true
  : Y extends `${string}${'.' | 'e'}${string}`
    ? true
    : X extends `-${infer A}`
      ? Y extends `-${infer B}`
        ? Less<B, A>
        : true
      : Y extends `-${string}`
        ? false
        : Less<X, Y>

/** Whether one string of digits is less than another: the shorter one, or at equal length the first difference. */
type Less<X extends string, Y extends string> = Shorter<X, Y> extends 'equal' ? Before<X, Y> : Shorter<X, Y>

type Shorter<X extends string, Y extends string> = X extends `${string}${infer A}`
  ? Y extends `${string}${infer B}`
    ? Shorter<A, B>
    : false
  : Y extends ''
    ? 'equal'
    : true

type Before<X extends string, Y extends string> = X extends `${infer A}${infer MoreX}`
  ? Y extends `${infer B}${infer MoreY}`
    ? A extends B
      ? Before<MoreX, MoreY>
      : '0123456789' extends `${string}${A}${string}${B}${string}`
        ? true
        : false
    : false
  : false
