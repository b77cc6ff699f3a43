// The aggregations, naively: each gets all inputs of its group in (time, identity) order and computes its result at once.
//
// Promises: no running state; sums by integers of any size, order by sorting. Results are as semantics.md section 5 and
// decision 11 say: among equals the first in (time, identity) wins, except for `last`.

import { bytesToHex } from '../bytes.ts'
import { canonicalBytes, compareValues } from '../canonical.ts'
import type { AggregationKind, AggregationSpec } from '../plan.ts'
import { nearestDouble, type Units, unitsOf, unitsOfInteger } from './exact.ts'

/** What the lambdas of a field gave for one element. */
export interface Input {
  /** The value that the field is about: of `of`, or the element's value where there is no such lambda. */
  readonly of: unknown
  /** What `minBy`, `maxBy` and `topK` order by. */
  readonly by: unknown
}

type Aggregation = (inputs: readonly Input[], spec: AggregationSpec) => unknown

const AGGREGATIONS: Readonly<Record<AggregationKind, Aggregation>> = {
  count: inputs => inputs.length,
  sum: inputs => sum(inputs.map(i => i.of as number | bigint)),
  mean: inputs => mean(inputs.map(i => i.of as number | bigint)),
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
  collectSet: inputs => distinct(inputs.map(i => i.of)).sort(compareValues),
  countDistinct: inputs => distinct(inputs.map(i => i.of)).length,
}

/** The result of one field over the inputs of a group, which is never empty. */
export function aggregate(spec: AggregationSpec, inputs: readonly Input[]): unknown {
  return AGGREGATIONS[spec.kind](inputs, spec)
}

/** Stable, so that equals stay in (time, identity) order. */
function ordered(inputs: readonly Input[], by: (input: Input) => unknown, direction: 1 | -1): Input[] {
  return [...inputs].sort((a, b) => direction * compareValues(by(a), by(b)))
}

function distinct(values: readonly unknown[]): unknown[] {
  return [...new Map(values.map(v => [bytesToHex(canonicalBytes(v)), v])).values()]
}

function sum(values: readonly (number | bigint)[]): number | bigint {
  if (values.every(v => typeof v === 'bigint')) return values.reduce((a, b) => a + b, 0n)
  return special(values) ?? nearestDouble(total(values), 1n)
}

function mean(values: readonly (number | bigint)[]): number {
  return special(values) ?? nearestDouble(total(values), BigInt(values.length))
}

function total(values: readonly (number | bigint)[]): Units {
  return values.map(v => (typeof v === 'bigint' ? unitsOfInteger(v) : unitsOf(v))).reduce((a, b) => a + b, 0n)
}

/** The sum where a value is NaN or infinite, as IEEE 754 has it in any order; null where all are finite. */
function special(values: readonly (number | bigint)[]): number | null {
  const odd = values.filter(v => typeof v === 'number' && !Number.isFinite(v)) as number[]
  return odd.length === 0 ? null : odd.reduce((a, b) => a + b)
}
