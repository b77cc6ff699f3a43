// The aggregations of the language: one registry, and what a plan says of each field of `aggregate({...})`.
//
// Promises: an aggregation is a line of `AggregationParams` and a line of `AGGREGATIONS`; every table by kind that
// lacks its part does not compile.
// Not here: what an aggregation computes (`core/aggregations` and, naively, `core/reference/aggregations`).

import type { CallLambdas, LambdaPlace, Slot } from './lambda-place.ts'

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
  /** `order`: that of records of a table's topic, the newer ones by offset; without it by (time, identity). */
  last: { readonly order?: 'offset' }
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
type AggregationSlot = Extract<Slot, 'of' | 'by' | 'lift' | 'plus' | 'present'>

/** Arguments of a column's `add` past the slot, in the order of these fields. */
export interface Takes {
  /**
   * `numeric`: a number or bigint; `bounded`: one that is not NaN; `value`: anything with canonical bytes, normalised;
   * `state`: what the author's `lift` gives for such a value, normalised again.
   */
  readonly of: 'nothing' | 'numeric' | 'bounded' | 'value' | 'state'
  /** What elements are ordered by, normalised; without a lambda the same as `of`. */
  readonly by: boolean
  /** Time and lineage. */
  readonly orderKey: boolean
}

/** Where a call takes a lambda, and whether it must. */
interface FieldLambda extends LambdaPlace {
  readonly required: boolean
}

interface AggregationTraits {
  /** By slot. Without `of` a field is about the value as a whole. */
  readonly lambdas: { readonly [S in AggregationSlot]?: FieldLambda }
  readonly takes: Takes
}

const NOTHING: Takes = { of: 'nothing', by: false, orderKey: false }
const NUMERIC: Takes = { of: 'numeric', by: false, orderKey: false }
const BOUNDED: Takes = { of: 'bounded', by: false, orderKey: false }
const VALUE: Takes = { of: 'value', by: false, orderKey: false }
const TIMED: Takes = { of: 'value', by: false, orderKey: true }
const RANKED: Takes = { of: 'value', by: true, orderKey: true }
const STATE: Takes = { of: 'state', by: false, orderKey: false }

/** `sum(v => v.bytes)`: a part of each element, kept as `keptAs`. */
const part = (keptAs: string) => ({ of: { argument: 0, keptAs, required: true } })
/** `first(v => v.page)`, or `first()` for the value as a whole. */
const partOrWhole = (keptAs: string, argument = 0) => ({ of: { argument, keptAs, required: false } })
/** `minBy(v => v.price, v => v.shop)`: ordered by the first, about the second or the whole. */
const ordered = (argument: number) => ({
  by: { argument, keptAs: 'what elements are ordered by', required: true },
  of: { argument: argument + 1, keptAs: 'a row', required: false },
})
const method = (property: string, keptAs: string): FieldLambda => ({ argument: 0, property, keptAs, required: true })

/** Every aggregation by its kind. */
export const AGGREGATIONS: Readonly<Record<AggregationKind, AggregationTraits>> = {
  count: { lambdas: {}, takes: NOTHING },
  sum: { lambdas: part('what is summed'), takes: NUMERIC },
  mean: { lambdas: part('what is averaged'), takes: NUMERIC },
  variance: { lambdas: part('what is measured'), takes: NUMERIC },
  stddev: { lambdas: part('what is measured'), takes: NUMERIC },
  min: { lambdas: part('a least value'), takes: VALUE },
  max: { lambdas: part('a greatest value'), takes: VALUE },
  first: { lambdas: partOrWhole('a first value'), takes: TIMED },
  last: { lambdas: partOrWhole('a last value'), takes: TIMED },
  minBy: { lambdas: ordered(0), takes: RANKED },
  maxBy: { lambdas: ordered(0), takes: RANKED },
  topK: { lambdas: ordered(1), takes: RANKED },
  collectList: { lambdas: partOrWhole('an element of a list'), takes: TIMED },
  collectSet: { lambdas: partOrWhole('an element of a set'), takes: VALUE },
  countDistinct: { lambdas: partOrWhole('what is counted'), takes: VALUE },
  histogram: { lambdas: partOrWhole('what is counted'), takes: VALUE },
  approxCountDistinct: { lambdas: partOrWhole('what is counted'), takes: VALUE },
  approxQuantiles: { lambdas: part('what is measured'), takes: BOUNDED },
  approxMembership: { lambdas: part('what is remembered'), takes: VALUE },
  approxFrequency: { lambdas: part('what is counted'), takes: VALUE },
  sample: { lambdas: partOrWhole('an element of a sample', 1), takes: TIMED },
  custom: {
    lambdas: {
      ...partOrWhole('what is aggregated'),
      lift: method('lift', 'a state'),
      plus: method('plus', 'a state'),
      present: method('present', 'a row'),
    },
    takes: STATE,
  },
}

/** The calls that make aggregations, with their lambdas; an author's own is made by one call and used by another. */
export function aggregationCalls(): Readonly<Record<string, CallLambdas>> {
  const { custom, ...builtIn } = AGGREGATIONS
  const { of, ...methods } = custom.lambdas
  const calls = Object.entries(builtIn).map(([kind, { lambdas }]) => [kind, lambdas as CallLambdas] as const)
  return { ...Object.fromEntries(calls), aggregation: methods, AggregationMaker: { of } as CallLambdas }
}

/** What a field takes of an element; a histogram with bounds counts numbers. */
export function takesOf(spec: UnnamedAggregation): Takes {
  return spec.kind === 'histogram' && spec.bounds !== undefined ? BOUNDED : AGGREGATIONS[spec.kind].takes
}
