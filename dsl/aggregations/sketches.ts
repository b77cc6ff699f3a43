// Approximate aggregations (sketches): bounded states with stated errors.
//
// Promises: no seed and no randomness: the same elements give the same bytes in every run, order and grouping.
// Impossible options are type errors where they are literals, and `bad-argument` otherwise. The definitions and their
// papers are in `core/sketches`, the states in `core/aggregations/sketches`.

import type { UnnamedAggregation } from '../../core/plan/aggregation-spec.ts'
import { PRECISION } from '../../core/sketches/cardinality.ts'
import { type FrequencySketch, sketchShape } from '../../core/sketches/frequency.ts'
import { ACCURACY } from '../../core/sketches/log-buckets.ts'
import { filterShape, type MembershipFilter } from '../../core/sketches/membership.ts'
import type { Mistake, Numeric, PlainValue, Settled } from '../mistake.ts'
import { Call, wordFor } from '../node.ts'
import { type Aggregation, make, partOf } from './aggregations.ts'

/** Options of `approxCountDistinct`. */
export interface CountDistinctOptions<P extends number> {
  /**
   * 4 to 18, by default 14: the state has at most 0.75 * 2^precision bytes, the standard error is 1.04 /
   * sqrt(2^precision).
   */
  readonly precision?: P & Precision<P>
}

/**
 * About how many distinct values there are: `approxCountDistinct(v => v.user)`, or `approxCountDistinct()` for the
 * whole value. HyperLogLog: the standard error is 0.81 % by default, in at most 12 kB; up to some thousand values below
 * 0.1 %.
 */
export function approxCountDistinct(): Aggregation<unknown, unknown, number>
export function approxCountDistinct<T, R, V, const P extends number>(
  of: (value: T, record: R) => V & PlainValue<V>,
  options?: CountDistinctOptions<P>,
): Aggregation<T, R, number>
export function approxCountDistinct(...given: unknown[]): unknown {
  const call: Call = new Call(given)
  const [of, options] = call.args
  const { precision = PRECISION.usual } = call.options(options, ['precision'], 'approxCountDistinct()')
  if (!isWhole(precision, PRECISION.least, PRECISION.most)) {
    refuse(
      call,
      `the precision of approxCountDistinct() is a whole number from ${PRECISION.least} to ${PRECISION.most}`,
      precision,
    )
  }
  return made(call, of, { kind: 'approxCountDistinct', precision })
}

/** Options of `approxQuantiles`. */
export interface QuantilesOptions<Q extends readonly number[], A extends number> {
  /** Which elements, from 0 (the least) to 1 (the greatest): `[0.5, 0.99]`. Results are in the same order. */
  readonly quantiles: Q & Quantiles<Q>
  /** The greatest relative error of a result, from 0.0001 to 0.5, by default 0.01. */
  readonly accuracy?: A & Accuracy<A>
}

/**
 * The approximate numbers at some quantiles: `approxQuantiles(v => v.ms, { quantiles: [0.5, 0.99] })` gives
 * `[median, 99th percentile]`. DDSketch: a result is never further than `accuracy` times itself from the element at
 * `floor(q * (n - 1))` in order. NaN is a dead letter.
 */
export function approxQuantiles<T, R, N, const Q extends readonly number[], const A extends number>(
  of: (value: T, record: R) => N & Measurable<N>,
  options: QuantilesOptions<Q, A>,
): Aggregation<T, R, { readonly [I in keyof Q]: number }>
export function approxQuantiles(...given: unknown[]): unknown {
  const call: Call = new Call(given)
  const [of, options] = call.args
  const { quantiles, accuracy = ACCURACY.usual } = call.options(options, ['quantiles', 'accuracy'], 'approxQuantiles()')
  const list = Array.isArray(quantiles) ? (quantiles as readonly unknown[]) : []
  if (list.length < 1 || list.length > MAX_QUANTILES || !list.every(q => isBetween(q, 0, 1))) {
    refuse(call, `the quantiles of approxQuantiles() are 1 to ${MAX_QUANTILES} numbers from 0 to 1`, quantiles)
  }
  if (!isBetween(accuracy, ACCURACY.least, ACCURACY.most)) {
    refuse(call, `the accuracy of approxQuantiles() is a number from ${ACCURACY.least} to ${ACCURACY.most}`, accuracy)
  }
  return made(call, of, { kind: 'approxQuantiles', quantiles: list.map(q => (q as number) + 0), accuracy })
}

/** Options of `approxMembership`. */
export interface MembershipOptions<N extends number, F extends number> {
  /** How many distinct values are expected. With more of them there are more false positives. */
  readonly items: N & Items<N>
  /** The share of other values that may be reported as seen, such as 0.01. */
  readonly falsePositives: F & Share<F, 'falsePositives of approxMembership() is a share between 0 and 1.'>
}

/**
 * A Bloom filter of the values, with about 10 bits for each item at 1 %:
 * `approxMembership(v => v.user, { items: 10_000, falsePositives: 0.01 })`. Query it with
 * `mightContain(filter, value)`.
 */
export function approxMembership<T, R, V, const N extends number, const F extends number>(
  of: (value: T, record: R) => V & PlainValue<V>,
  options: MembershipOptions<N, F>,
): Aggregation<T, R, MembershipFilter>
export function approxMembership(...given: unknown[]): unknown {
  const call: Call = new Call(given)
  const [of, options] = call.args
  const { items, falsePositives } = call.options(options, ['items', 'falsePositives'], 'approxMembership()')
  if (!isWhole(items, 1, Number.MAX_SAFE_INTEGER)) {
    refuse(call, 'items of approxMembership() is a whole number from 1', items)
  }
  if (!isShare(falsePositives)) {
    refuse(call, 'falsePositives of approxMembership() is a share between 0 and 1', falsePositives)
  }
  const shape = filterShape(items, falsePositives)
  if (shape === null) {
    call.fail(
      'bad-argument',
      'such a filter of approxMembership() would have more than 2^30 bits: take fewer items or more falsePositives.',
    )
  }
  return made(call, of, { kind: 'approxMembership', ...shape })
}

/** Options of `approxFrequency`. */
export interface FrequencyOptions<E extends number, C extends number> {
  /** How far above the truth an answer may be, as a share of all elements, such as 0.001. */
  readonly error: E & Share<E, 'error of approxFrequency() is a share between 0 and 1.'>
  /** The probability that an answer is within the error, such as 0.99. */
  readonly confidence: C & Share<C, 'confidence of approxFrequency() is a probability between 0 and 1.'>
}

/**
 * About how often each value occurs: `approxFrequency(v => v.page, { error: 0.001, confidence: 0.99 })`. Query it with
 * `frequencyOf(sketch, value)`. A count-min sketch of e / error * ln(1 / (1 - confidence)) cells.
 */
export function approxFrequency<T, R, V, const E extends number, const C extends number>(
  of: (value: T, record: R) => V & PlainValue<V>,
  options: FrequencyOptions<E, C>,
): Aggregation<T, R, FrequencySketch>
export function approxFrequency(...given: unknown[]): unknown {
  const call: Call = new Call(given)
  const [of, options] = call.args
  const { error, confidence } = call.options(options, ['error', 'confidence'], 'approxFrequency()')
  if (!isShare(error)) refuse(call, 'error of approxFrequency() is a share between 0 and 1', error)
  if (!isShare(confidence)) refuse(call, 'confidence of approxFrequency() is a probability between 0 and 1', confidence)
  const shape = sketchShape(error, confidence)
  if (shape === null) {
    call.fail(
      'bad-argument',
      'such a sketch of approxFrequency() would have more than 2^24 cells: take a greater error or less confidence.',
    )
  }
  return made(call, of, { kind: 'approxFrequency', ...shape })
}

/**
 * A uniform sample of `k` elements: `sample(100, v => v.page)`, or `sample(100)` for whole values. It takes the
 * elements whose identities have the least hashes, so every run takes the same ones; the first j of them are a sample
 * of size j.
 */
export function sample<T, R, const N extends number>(k: N & SampleSize<N>): Aggregation<T, R, readonly T[]>
export function sample<T, R, V, const N extends number>(
  k: N & SampleSize<N>,
  of: (value: T, record: R) => V & PlainValue<V>,
): Aggregation<T, R, readonly Settled<V>[]>
export function sample(...given: unknown[]): unknown {
  const call: Call = new Call(given)
  const [k, of] = call.args
  if (!isWhole(k, 1, MAX_K)) refuse(call, `sample() keeps k elements: k is a whole number from 1 to ${MAX_K}`, k)
  return made(call, of, { kind: 'sample', k })
}

const MAX_QUANTILES = 100
const MAX_K = 100_000

function made(call: Call, of: unknown, spec: UnnamedAggregation): unknown {
  return make(spec, partOf(call, spec.kind, of))
}

function refuse(call: Call, rule: string, got: unknown): never {
  return call.fail('bad-argument', `${rule}, got ${wordFor(got)}.`)
}

function isWhole(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && isBetween(value, least, most)
}

function isBetween(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && value >= least && value <= most
}

function isShare(value: unknown): value is number {
  return isBetween(value, Number.MIN_VALUE, 1 - Number.EPSILON / 2)
}

/** Types: precisions of `approxCountDistinct`. */
type Precision<P extends number> = number extends P
  ? unknown
  : `${P}` extends '4' | '5' | '6' | '7' | '8' | '9' | `1${'0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8'}`
    ? unknown
    : Mistake<'The precision of approxCountDistinct() is a whole number from 4 to 18.'>

/**
 * Types: the input of `approxQuantiles`. Where the options are the mistake, N is not inferred and TypeScript reports
 * the options.
 */
type Measurable<N> = unknown extends N ? unknown : Numeric<N, 'approxQuantiles() takes'>

/** Types: literal quantiles. */
type Quantiles<Q extends readonly number[]> = Q extends readonly []
  ? Mistake<'approxQuantiles() needs one quantile at least.'>
  : { readonly [I in keyof Q]: Quantile<Q[I]> }

type Quantile<N> = N extends 0 | 1
  ? unknown
  : N extends number
    ? Share<N, 'A quantile is a number from 0 to 1.'>
    : never

/** Types: literal errors of `approxQuantiles`. The least error allowed is checked by the call. */
type Accuracy<A extends number> = number extends A
  ? unknown
  : `${A}` extends `0.5${string}` | `0.6${string}` | `0.7${string}` | `0.8${string}` | `0.9${string}`
    ? A extends 0.5
      ? unknown
      : Mistake<'The accuracy of approxQuantiles() is a number from 0.0001 to 0.5.'>
    : Share<A, 'The accuracy of approxQuantiles() is a number from 0.0001 to 0.5.'>

/** Types: a number between 0 and 1, both excluded. */
type Share<N extends number, Sentence extends string> = number extends N
  ? unknown
  : `${N}` extends `-${string}`
    ? Mistake<Sentence>
    : `${N}` extends `0.${string}` | `${string}e-${string}`
      ? unknown
      : Mistake<Sentence>

/** Types: a whole number from 1. */
type Whole<N extends number, Sentence extends string> = `${N}` extends
  | '0'
  | `-${string}`
  | `${string}.${string}`
  | `${string}e-${string}`
  ? Mistake<Sentence>
  : unknown

/** Types: how many distinct values a filter is made for. */
type Items<N extends number> = Whole<N, 'items of approxMembership() is a whole number from 1.'>

/** Types: how many elements a sample has. */
type SampleSize<N extends number> = Whole<N, 'sample() keeps k elements: k is a whole number from 1.'>
