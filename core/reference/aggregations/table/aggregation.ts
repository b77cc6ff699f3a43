// What an aggregation is to the reference: a function of all inputs of a group.

import type { AggregationKind, AggregationSpecOf } from '../../../plan/aggregation-spec.ts'

/** What the lambdas of a field gave for one element. */
export interface Input {
  /** The value that the field is about: of `of`, or the element's value where there is no such lambda. */
  readonly of: unknown
  /** What `minBy`, `maxBy` and `topK` order by. */
  readonly by: unknown
  /** Of the element. */
  readonly identity: Uint8Array
  readonly time: number
  /** Where a record of a table's topic lies in it. */
  readonly version?: { readonly partition: number; readonly offset: bigint } | undefined
}

/** The result of a field. Inputs are in (time, identity) order, and there is at least one. */
export type Aggregation<K extends AggregationKind> = (inputs: readonly Input[], spec: AggregationSpecOf<K>) => unknown
