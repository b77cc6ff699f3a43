// The facts that static reading found in a job's source, by call id: from check to plan.
//
// Promises: plain data, the same for the same source however it is formatted, except for places (`at`). Filled by
// `2-check`, read by `5-plan`. Which node came from which call, and the values that a lambda captured when the call
// ran, come with the marks of calls (`core/plan/graph.ts`).

import type { GraphLambda } from '../core/plan/graph.ts'
import type { LambdaFacts } from '../core/plan/plan.ts'
import type { SchemaDocument } from '../core/plan/schema.ts'

/** Facts of one lambda, which was written as an argument (or as a property of an argument) of a call. */
export interface LambdaCallFacts extends LambdaFacts {
  /** `path:line:column` of the lambda. */
  readonly at: string
  /**
   * Hash of the lambda's normalised text (no formatting, no comments, no types) with that of all helpers and library
   * code that it reaches, and with the values of module constants that it reads. Null where the argument could not be
   * followed to a function; the plan then hashes the text of the closure itself, and `uses` must be `true`.
   */
  readonly hash: string | null
}

/** Facts of one call of the language. */
export interface CallFacts {
  /** `path:line:column` of the call, the path relative to the job's folder. */
  readonly at: string
  /** The reified `T` of `source<T>` or `V` of `table<V>`; null for every other call. */
  readonly schema: SchemaDocument | null
  /** By slot: the lambdas that the registries of words and of aggregations name for the call. */
  readonly lambdas: Readonly<Partial<Record<GraphLambda['slot'], LambdaCallFacts>>>
}

/** By call id. */
export type CallFactsById = ReadonlyMap<number, CallFacts>
