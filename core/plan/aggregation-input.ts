// What each kind of aggregation takes of an element: one exhaustive table for emitted code, its double in the tests, and the reference.

import type { AggregationKind, AggregationSpec } from './plan.ts'

/** Arguments of a column's `add` past the slot, in the order of these fields. */
export interface Takes {
  /**
   * `numeric`: a number or bigint; `bounded`: one that is not NaN; `value`: anything with canonical bytes, normalised; `state`: such a
   * value, after the author's `lift`, normalised again.
   */
  readonly of: 'nothing' | 'numeric' | 'bounded' | 'value' | 'state'
  /** What elements are ordered by, normalised; without a lambda the same as `of`. */
  readonly by: boolean
  /** Time and lineage. */
  readonly orderKey: boolean
}

const VALUE: Takes = { of: 'value', by: false, orderKey: false }
const NUMERIC: Takes = { of: 'numeric', by: false, orderKey: false }
const BOUNDED: Takes = { of: 'bounded', by: false, orderKey: false }
const TIMED: Takes = { of: 'value', by: false, orderKey: true }
const RANKED: Takes = { of: 'value', by: true, orderKey: true }

const TAKES: Readonly<Record<AggregationKind, Takes>> = {
  count: { of: 'nothing', by: false, orderKey: false },
  sum: NUMERIC,
  mean: NUMERIC,
  variance: NUMERIC,
  stddev: NUMERIC,
  min: VALUE,
  max: VALUE,
  first: TIMED,
  last: TIMED,
  minBy: RANKED,
  maxBy: RANKED,
  topK: RANKED,
  collectList: TIMED,
  collectSet: VALUE,
  countDistinct: VALUE,
  histogram: VALUE,
  approxCountDistinct: VALUE,
  approxQuantiles: BOUNDED,
  approxMembership: VALUE,
  approxFrequency: VALUE,
  sample: TIMED,
  custom: { of: 'state', by: false, orderKey: false },
}

export function takesOf(spec: Pick<AggregationSpec, 'kind' | 'bounds'>): Takes {
  return spec.kind === 'histogram' && spec.bounds !== undefined ? BOUNDED : TAKES[spec.kind]
}
