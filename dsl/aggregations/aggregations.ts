// Aggregations: what `aggregate({...})` computes for each key and window.
//
// Promises: no result depends on the order of arrival. Sums and means of numbers are exact and rounded once; ties go by
// (time, identity) (semantics.md 5.1). Not here: how they are computed (`core/aggregations`).

import {
  AGGREGATIONS,
  type AggregationKind,
  type AggregationParams,
  type UnnamedAggregation,
} from '../../core/plan/aggregation-spec.ts'
import type { GraphLambda } from '../../core/plan/graph.ts'
import { freezeDeep } from '../../core/values/freeze-deep.ts'
import type { Mistake, Numeric, PlainValue, Settled } from '../mistake.ts'
import { Call, wordFor } from '../node.ts'

declare const TAKES: unique symbol
declare const GIVES: unique symbol

/** An aggregation of elements with values `T` and second arguments `R`. */
export interface AggregationOver<in T, in R> {
  readonly [TAKES]: (value: T, record: R) => void
}

/** An aggregation with its result. */
export interface Aggregation<in T, in R, out Out> extends AggregationOver<T, R> {
  readonly [GIVES]: Out
}

/** Types: the value of a row by the aggregations of its fields. */
export type Aggregated<Fields> = {
  readonly [F in keyof Fields]: Fields[F] extends { readonly [GIVES]: infer Out } ? Out : never
}

/** Types: the inputs of `sum`, `mean`, `variance` and `stddev`. */
export type Summable<N> = Numeric<N, 'sum(), mean(), variance() and stddev() take'>

/** Types: numbers sum to a number, bigints to a bigint. */
export type Sum<N> = N extends bigint ? bigint : number

/** Types: how many results `topK` gives. */
type Positive<N extends number> = `${N}` extends '0' | `-${string}` | `${string}.${string}`
  ? Mistake<'topK() gives the k greatest: k is a whole number from 1.'>
  : unknown

const AGGREGATION: unique symbol = Symbol.for('lyrebird.aggregation') as never

/** What an aggregation is made of, before a field gives it a name. */
interface AggregationParts {
  readonly spec: UnnamedAggregation
  /** By part: `of`, `by`, and those of the author's own aggregations. */
  readonly lambdas: Readonly<Record<string, GraphLambda>>
}

/** The number of elements: `aggregate({ views: count() })`. */
export function count(): Aggregation<unknown, unknown, number>
export function count(): unknown {
  return make({ kind: 'count' }, {})
}

/** The exact sum, rounded once: `sum(v => v.bytes)`. Of bigints it is a bigint. */
export function sum<T, R, N>(of: (value: T, record: R) => N & Summable<N>): Aggregation<T, R, Sum<N>>
export function sum(...given: unknown[]): unknown {
  return simple('sum', given)
}

/** The exact sum divided by the count, rounded once: `mean(v => v.celsius)`. */
export function mean<T, R, N>(of: (value: T, record: R) => N & Summable<N>): Aggregation<T, R, number>
export function mean(...given: unknown[]): unknown {
  return simple('mean', given)
}

/**
 * The variance of the population, exact and rounded once: `variance(v => v.celsius)`. NaN where any value is not
 * finite.
 */
export function variance<T, R, N>(of: (value: T, record: R) => N & Summable<N>): Aggregation<T, R, number>
export function variance(...given: unknown[]): unknown {
  return simple('variance', given)
}

/** The root of the exact variance, rounded once: `stddev(v => v.celsius)`. */
export function stddev<T, R, N>(of: (value: T, record: R) => N & Summable<N>): Aggregation<T, R, number>
export function stddev(...given: unknown[]): unknown {
  return simple('stddev', given)
}

/**
 * The least in the order of values (null, booleans, numbers, bigints, strings, ...; NaN after all numbers):
 * `min(v => v.price)`.
 */
export function min<T, R, V>(of: (value: T, record: R) => V & PlainValue<V>): Aggregation<T, R, Settled<V>>
export function min(...given: unknown[]): unknown {
  return simple('min', given)
}

/** The greatest in the order of values: `max(v => v.price)`. */
export function max<T, R, V>(of: (value: T, record: R) => V & PlainValue<V>): Aggregation<T, R, Settled<V>>
export function max(...given: unknown[]): unknown {
  return simple('max', given)
}

/**
 * The first in event time: `first(v => v.page)`, or `first()` for the whole value. Among equal times the least
 * identity.
 */
export function first<T, R>(): Aggregation<T, R, T>
export function first<T, R, V>(of: (value: T, record: R) => V & PlainValue<V>): Aggregation<T, R, Settled<V>>
export function first(...given: unknown[]): unknown {
  return simple('first', given)
}

/**
 * The last in event time: `last(v => v.state)`, or `last()` for the whole value. Among equal times the greatest
 * identity.
 */
export function last<T, R>(): Aggregation<T, R, T>
export function last<T, R, V>(of: (value: T, record: R) => V & PlainValue<V>): Aggregation<T, R, Settled<V>>
export function last(...given: unknown[]): unknown {
  return simple('last', given)
}

/**
 * The part of the element whose `by` is least: `minBy(v => v.price, v => v.shop)`. Without the second lambda the whole
 * value. Among equals the first in event time.
 */
export function minBy<T, R, B>(by: (value: T, record: R) => B & PlainValue<B>): Aggregation<T, R, T>
export function minBy<T, R, B, V>(
  by: (value: T, record: R) => B & PlainValue<B>,
  of: (value: T, record: R) => V & PlainValue<V>,
): Aggregation<T, R, Settled<V>>
export function minBy(...given: unknown[]): unknown {
  const call: Call = new Call(given)
  return ordered(call, { kind: 'minBy' }, call.args[0], call.args[1])
}

/**
 * The part of the element whose `by` is greatest: `maxBy(v => v.celsius, v => v.sensor)`. Without the second lambda the
 * whole value. Among equals the first in event time.
 */
export function maxBy<T, R, B>(by: (value: T, record: R) => B & PlainValue<B>): Aggregation<T, R, T>
export function maxBy<T, R, B, V>(
  by: (value: T, record: R) => B & PlainValue<B>,
  of: (value: T, record: R) => V & PlainValue<V>,
): Aggregation<T, R, Settled<V>>
export function maxBy(...given: unknown[]): unknown {
  const call: Call = new Call(given)
  return ordered(call, { kind: 'maxBy' }, call.args[0], call.args[1])
}

/**
 * The `k` elements with the greatest `by`, greatest first: `topK(3, v => v.views, v => v.page)`. Without the last
 * lambda whole values. Among equals the first in event time.
 */
export function topK<T, R, B, const N extends number>(
  k: N & Positive<N>,
  by: (value: T, record: R) => B & PlainValue<B>,
): Aggregation<T, R, readonly T[]>
export function topK<T, R, B, V, const N extends number>(
  k: N & Positive<N>,
  by: (value: T, record: R) => B & PlainValue<B>,
  of: (value: T, record: R) => V & PlainValue<V>,
): Aggregation<T, R, readonly Settled<V>[]>
export function topK(...given: unknown[]): unknown {
  const call: Call = new Call(given)
  const [k, by, of] = call.args
  if (!Number.isInteger(k) || (k as number) < 1 || (k as number) > MAX_K) {
    call.fail('bad-argument', `topK() gives the k greatest: k is a whole number from 1 to ${MAX_K}, got ${wordFor(k)}.`)
  }
  return ordered(call, { kind: 'topK', k: k as number }, by, of)
}

const MAX_K = 100_000

/**
 * All values in the order of event time (ties by identity): `collectList(v => v.page)`, or `collectList()` for the
 * whole value.
 */
export function collectList<T, R>(): Aggregation<T, R, readonly T[]>
export function collectList<T, R, V>(
  of: (value: T, record: R) => V & PlainValue<V>,
): Aggregation<T, R, readonly Settled<V>[]>
export function collectList(...given: unknown[]): unknown {
  return simple('collectList', given)
}

/**
 * Each distinct value once, in the order of values: `collectSet(v => v.country)`, or `collectSet()` for the whole
 * value.
 */
export function collectSet<T, R>(): Aggregation<T, R, readonly T[]>
export function collectSet<T, R, V>(
  of: (value: T, record: R) => V & PlainValue<V>,
): Aggregation<T, R, readonly Settled<V>[]>
export function collectSet(...given: unknown[]): unknown {
  return simple('collectSet', given)
}

/** The exact number of distinct values: `countDistinct(v => v.user)`, or `countDistinct()` for the whole value. */
export function countDistinct(): Aggregation<unknown, unknown, number>
export function countDistinct<T, R, V>(of: (value: T, record: R) => V & PlainValue<V>): Aggregation<T, R, number>
export function countDistinct(...given: unknown[]): unknown {
  return simple('countDistinct', given)
}

/** The parts of an aggregation; null for anything else. */
export function aggregationParts(value: unknown): AggregationParts | null {
  if (typeof value !== 'object' || value === null || !(AGGREGATION in value)) return null
  return value[AGGREGATION] as AggregationParts
}

/** An aggregation as `aggregate({...})` takes it. */
export function make(spec: UnnamedAggregation, lambdas: Readonly<Record<string, GraphLambda>>): unknown {
  const parts: AggregationParts = Object.freeze({ spec: freezeDeep(spec), lambdas: Object.freeze(lambdas) })
  return Object.freeze({ [AGGREGATION]: parts })
}

/** The `of` lambda of an aggregation, where the author gave one. Throws `bad-argument` where the kind requires one. */
export function partOf(
  call: Call,
  kind: AggregationKind,
  of: unknown,
  what = `${kind}()`,
): Readonly<Record<string, GraphLambda>> {
  if (of !== undefined) return { of: call.lambda(of, 'of', what) }
  if (AGGREGATIONS[kind].lambdas.of?.required === true)
    call.fail('bad-argument', `${what} needs a function from an element to its part.`)
  return {}
}

/** An aggregation of a part of each element, without parameters. */
function simple(kind: Parameterless, given: readonly unknown[]): unknown {
  const call: Call = new Call(given)
  return make({ kind }, partOf(call, kind, call.args[0]))
}

type Parameterless = {
  [K in AggregationKind]: object extends AggregationParams[K] ? K : never
}[AggregationKind]

function ordered(call: Call, spec: UnnamedAggregation, by: unknown, of: unknown): unknown {
  return make(spec, { ...partOf(call, spec.kind, of), by: call.lambda(by, 'by', `${spec.kind}()`) })
}
