// The aggregations, naively: each gets all inputs of its group in (time, identity) order and computes its result at once.
//
// Promises: no running state; sums by integers of any size, order by sorting. Results are as semantics.md section 5 and
// decision 11 say: among equals the first in (time, identity) wins, except for `last`.

import type { AggregationKind, AggregationSpec } from '../plan/plan.ts'
import { bytesToHex } from '../values/bytes.ts'
import { canonicalBytes, compareValues } from '../values/canonical.ts'
import { nearestDouble, nearestRoot, UNITS_IN_ONE, type Units, unitsOf, unitsOfInteger } from './exact.ts'
import { approxCountDistinct, approxFrequency, approxMembership, approxQuantiles, sample } from './sketches.ts'

/** What the lambdas of a field gave for one element. */
export interface Input {
  /** The value that the field is about: of `of`, or the element's value where there is no such lambda. */
  readonly of: unknown
  /** What `minBy`, `maxBy` and `topK` order by. */
  readonly by: unknown
  /** Of the element. */
  readonly identity: Uint8Array
}

type Aggregation = (inputs: readonly Input[], spec: AggregationSpec) => unknown

/** All but the author's own, which `own-fold.ts` computes. */
const AGGREGATIONS: Readonly<Record<Exclude<AggregationKind, 'custom'>, Aggregation>> = {
  count: inputs => inputs.length,
  sum: inputs => sum(inputs.map(i => i.of as number | bigint)),
  mean: inputs => mean(inputs.map(i => i.of as number | bigint)),
  variance: inputs => variance(inputs.map(i => i.of as number | bigint)),
  stddev: inputs => deviation(inputs.map(i => i.of as number | bigint)),
  min: inputs => ordered(inputs, i => i.of, 1)[0]?.of,
  max: inputs => ordered(inputs, i => i.of, -1)[0]?.of,
  first: inputs => inputs[0]?.of,
  last: inputs => inputs.at(-1)?.of,
  minBy: inputs => ordered(inputs, i => i.by, 1)[0]?.of,
  maxBy: inputs => ordered(inputs, i => i.by, -1)[0]?.of,
  topK: (inputs, spec) =>
    ordered(inputs, i => i.by, -1)
      .slice(0, spec.k)
      .map(i => i.of),
  collectList: inputs => inputs.map(i => i.of),
  collectSet: inputs => distinct(inputs.map(i => i.of)).sort(compareValues),
  countDistinct: inputs => distinct(inputs.map(i => i.of)).length,
  histogram: (inputs, { bounds }) => {
    const values = inputs.map(i => i.of)
    return bounds === undefined ? counted(values) : bucketed(values as (number | bigint)[], bounds)
  },
  approxCountDistinct: (inputs, spec) =>
    approxCountDistinct(
      inputs.map(i => i.of),
      spec,
    ),
  approxQuantiles: (inputs, spec) =>
    approxQuantiles(
      inputs.map(i => Number(i.of)),
      spec,
    ),
  approxMembership: (inputs, spec) =>
    approxMembership(
      inputs.map(i => i.of),
      spec,
    ),
  approxFrequency: (inputs, spec) =>
    approxFrequency(
      inputs.map(i => i.of),
      spec,
    ),
  sample,
}

/** The result of one field over the inputs of a group, which is never empty. */
export function aggregate(spec: AggregationSpec, inputs: readonly Input[]): unknown {
  if (spec.kind === 'custom') throw new Error('lyrebird invariant broken: an own aggregation needs its functions')
  return AGGREGATIONS[spec.kind](inputs, spec)
}

/** Stable, so that equals stay in (time, identity) order. */
function ordered(inputs: readonly Input[], by: (input: Input) => unknown, direction: 1 | -1): Input[] {
  return [...inputs].sort((a, b) => direction * compareValues(by(a), by(b)))
}

function distinct(values: readonly unknown[]): unknown[] {
  return [...new Map(values.map(v => [bytesToHex(canonicalBytes(v)), v])).values()]
}

function counted(values: readonly unknown[]): unknown[] {
  return distinct(values)
    .sort(compareValues)
    .map(value => ({ value, count: values.filter(v => compareValues(v, value) === 0).length }))
}

/** Half-open buckets `[from, to)`, those at the ends without an end. */
function bucketed(values: readonly (number | bigint)[], bounds: readonly number[]): unknown[] {
  return [null, ...bounds].map((from, i) => {
    const to = bounds[i] ?? null
    const inside = values.filter(v => (from === null || v >= from) && (to === null || v < to))
    return { from, to, count: inside.length }
  })
}

function sum(values: readonly (number | bigint)[]): number | bigint {
  if (values.every(v => typeof v === 'bigint')) return values.reduce((a, b) => a + b, 0n)
  return special(values) ?? nearestDouble(total(values), 1n)
}

function mean(values: readonly (number | bigint)[]): number {
  return special(values) ?? nearestDouble(total(values), BigInt(values.length))
}

function variance(values: readonly (number | bigint)[]): number {
  if (special(values) !== null) return Number.NaN
  const n = BigInt(values.length)
  return nearestDouble(spread(values), n * n * UNITS_IN_ONE)
}

function deviation(values: readonly (number | bigint)[]): number {
  if (special(values) !== null) return Number.NaN
  return nearestRoot(spread(values), BigInt(values.length))
}

/** n * sum(x^2) - sum(x)^2, in units squared. */
function spread(values: readonly (number | bigint)[]): bigint {
  const units = values.map(v => (typeof v === 'bigint' ? unitsOfInteger(v) : unitsOf(v)))
  const squares = units.reduce((a, b) => a + b * b, 0n)
  const sum = units.reduce((a, b) => a + b, 0n)
  return BigInt(values.length) * squares - sum * sum
}

function total(values: readonly (number | bigint)[]): Units {
  return values.map(v => (typeof v === 'bigint' ? unitsOfInteger(v) : unitsOf(v))).reduce((a, b) => a + b, 0n)
}

/** The sum where a value is NaN or infinite, as IEEE 754 has it in any order; null where all are finite. */
function special(values: readonly (number | bigint)[]): number | null {
  const odd = values.filter(v => typeof v === 'number' && !Number.isFinite(v)) as number[]
  return odd.length === 0 ? null : odd.reduce((a, b) => a + b)
}
