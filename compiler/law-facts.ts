// The facts that static reading found of a call of `aggregation({...})`: from check to laws.

import type { SchemaDocument } from '../core/plan/schema.ts'
import type { Span } from './diagnostic.ts'

export interface AggregationFacts {
  readonly spans: Readonly<Record<'zero' | 'lift' | 'plus' | 'present', Span>>
  /** Of the values that `lift` takes. */
  readonly values: ValueFacts
  readonly shape: ShapeFacts
}

export type ValueFacts =
  /** `absent`: undefined is one of them. */
  | { readonly schema: SchemaDocument; readonly absent: boolean }
  /** No values can be made of the type; `problem` says why. */
  | { readonly schema: null; readonly problem: string }

/** Whether the shape of `plus` shows that it is commutative and associative. */
export type ShapeFacts =
  | { readonly kind: 'proved' | 'unknown' }
  | { readonly kind: 'refuted'; readonly span: Span; readonly label: string; readonly fix: string }

/** By call id. */
export type AggregationCalls = ReadonlyMap<number, AggregationFacts>
