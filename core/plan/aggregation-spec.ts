// The aggregations of the language: one registry, and what a plan says of each field of `aggregate({...})`.
//
// Promises: a new aggregation is a line of `AggregationParams` and a line of `AGGREGATIONS`; every table by kind then
// says what is missing. It does not say what an aggregation computes: that is `core/aggregations` and, naively,
// `core/reference/aggregations`.

/** Parameters in the plan of each kind of aggregation. */
export interface AggregationParams {
  count: object
  sum: object
  mean: object
  variance: object
  stddev: object
  min: object
  max: object
  first: object
  last: object
  minBy: object
  maxBy: object
  /** `k`: how many. */
  topK: { readonly k: number }
  collectList: object
  collectSet: object
  countDistinct: object
  /** `bounds`: where buckets begin and end, ascending; without it there is one bucket for each value. */
  histogram: { readonly bounds?: readonly number[] }
  /** `precision`: the base 2 logarithm of the number of registers. */
  approxCountDistinct: { readonly precision: number }
  /** `quantiles`: from 0 to 1, in the order of results. `accuracy`: the greatest relative error. */
  approxQuantiles: { readonly quantiles: readonly number[]; readonly accuracy: number }
  /** `bits`: of the filter. `hashes`: how many bits each value sets. */
  approxMembership: { readonly bits: number; readonly hashes: number }
  /** `width`: cells of a row. `depth`: how many rows. */
  approxFrequency: { readonly width: number; readonly depth: number }
  /** `k`: how many. */
  sample: { readonly k: number }
  /** An author's own. `zero`: the canonical bytes of the state of no element, as hexadecimal digits. */
  custom: { readonly zero: string }
}

export type AggregationKind = keyof AggregationParams

/** An aggregation before a field gives it a name. */
export type UnnamedAggregation = {
  [K in AggregationKind]: { readonly kind: K } & AggregationParams[K]
}[AggregationKind]

/**
 * One field of `aggregate({...})`. Its lambdas are in the node, under its name and their slot: `NAME.of`, `NAME.by`.
 */
export type AggregationSpec = { readonly name: string } & UnnamedAggregation
export type AggregationSpecOf<K extends AggregationKind> = Extract<AggregationSpec, { readonly kind: K }>

/** Lambdas of a field: its part of an element, what elements are ordered by, and the functions of an author's own. */
export type AggregationSlot = 'of' | 'by' | 'lift' | 'plus' | 'present'

/** Arguments of a column's `add` past the slot, in the order of these fields. */
export interface Takes {
  /**
   * `numeric`: a number or bigint; `bounded`: one that is not NaN; `value`: anything with canonical bytes, normalised;
   * `state`: such a value, after the author's `lift`, normalised again.
   */
  readonly of: 'nothing' | 'numeric' | 'bounded' | 'value' | 'state'
  /** What elements are ordered by, normalised; without a lambda the same as `of`. */
  readonly by: boolean
  /** Time and lineage. */
  readonly orderKey: boolean
}

interface AggregationTraits {
  /** By slot: whether a field must have the lambda. Without `of` it is about the value as a whole. */
  readonly lambdas: { readonly [S in AggregationSlot]?: 'required' | 'optional' }
  readonly takes: Takes
}

const NOTHING: Takes = { of: 'nothing', by: false, orderKey: false }
const NUMERIC: Takes = { of: 'numeric', by: false, orderKey: false }
const BOUNDED: Takes = { of: 'bounded', by: false, orderKey: false }
const VALUE: Takes = { of: 'value', by: false, orderKey: false }
const TIMED: Takes = { of: 'value', by: false, orderKey: true }
const RANKED: Takes = { of: 'value', by: true, orderKey: true }
const STATE: Takes = { of: 'state', by: false, orderKey: false }

const PART = { of: 'required' } as const
const PART_OR_WHOLE = { of: 'optional' } as const
const ORDERED = { by: 'required', of: 'optional' } as const
const OWN = { of: 'optional', lift: 'required', plus: 'required', present: 'required' } as const

/** Every aggregation by its kind. */
export const AGGREGATIONS: Readonly<Record<AggregationKind, AggregationTraits>> = {
  count: { lambdas: {}, takes: NOTHING },
  sum: { lambdas: PART, takes: NUMERIC },
  mean: { lambdas: PART, takes: NUMERIC },
  variance: { lambdas: PART, takes: NUMERIC },
  stddev: { lambdas: PART, takes: NUMERIC },
  min: { lambdas: PART, takes: VALUE },
  max: { lambdas: PART, takes: VALUE },
  first: { lambdas: PART_OR_WHOLE, takes: TIMED },
  last: { lambdas: PART_OR_WHOLE, takes: TIMED },
  minBy: { lambdas: ORDERED, takes: RANKED },
  maxBy: { lambdas: ORDERED, takes: RANKED },
  topK: { lambdas: ORDERED, takes: RANKED },
  collectList: { lambdas: PART_OR_WHOLE, takes: TIMED },
  collectSet: { lambdas: PART_OR_WHOLE, takes: VALUE },
  countDistinct: { lambdas: PART_OR_WHOLE, takes: VALUE },
  histogram: { lambdas: PART_OR_WHOLE, takes: VALUE },
  approxCountDistinct: { lambdas: PART_OR_WHOLE, takes: VALUE },
  approxQuantiles: { lambdas: PART, takes: BOUNDED },
  approxMembership: { lambdas: PART, takes: VALUE },
  approxFrequency: { lambdas: PART, takes: VALUE },
  sample: { lambdas: PART_OR_WHOLE, takes: TIMED },
  custom: { lambdas: OWN, takes: STATE },
}

/** What a field takes of an element; a histogram with bounds counts numbers. */
export function takesOf(spec: UnnamedAggregation): Takes {
  return spec.kind === 'histogram' && spec.bounds !== undefined ? BOUNDED : AGGREGATIONS[spec.kind].takes
}
