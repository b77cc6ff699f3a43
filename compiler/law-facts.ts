// What static reading says of a call of `aggregation({...})`: the bridge between check and the laws.

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

/** What the shape of `plus` shows about its being commutative and associative. */
export type ShapeFacts =
  | { readonly kind: 'proved' | 'unknown' }
  | { readonly kind: 'refuted'; readonly span: Span; readonly label: string; readonly fix: string }

/** By call id. */
export type AggregationCalls = ReadonlyMap<number, AggregationFacts>
