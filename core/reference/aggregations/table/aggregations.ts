// Every aggregation of the language by its kind: one exhaustive table.
//
// Promises: each is computed at once from all inputs of its group, without a running state; sums by integers of any
// size, order by sorting (semantics.md 5.1).
// Not here: the author's own, since they need lambdas (`custom/custom-aggregation.ts`).

import type { AggregationKind, AggregationSpec } from '../../../plan/aggregation-spec.ts'
import { collectList } from '../collect-list.ts'
import { collectSet } from '../collect-set.ts'
import { count } from '../count.ts'
import { countDistinct } from '../count-distinct.ts'
import { first } from '../first.ts'
import { histogram } from '../histogram.ts'
import { last } from '../last.ts'
import { max } from '../max.ts'
import { maxBy } from '../max-by.ts'
import { mean } from '../mean.ts'
import { min } from '../min.ts'
import { minBy } from '../min-by.ts'
import { approxCountDistinct } from '../sketches/approx-count-distinct.ts'
import { approxFrequency } from '../sketches/approx-frequency.ts'
import { approxMembership } from '../sketches/approx-membership.ts'
import { approxQuantiles } from '../sketches/approx-quantiles.ts'
import { sample } from '../sketches/sample.ts'
import { stddev } from '../stddev.ts'
import { sum } from '../sum.ts'
import { topK } from '../top-k.ts'
import { variance } from '../variance.ts'
import type { Aggregation, Input } from './aggregation.ts'

type BuiltIn = Exclude<AggregationKind, 'custom'>

const AGGREGATIONS: { readonly [K in BuiltIn]: Aggregation<K> } = {
  count,
  sum,
  mean,
  variance,
  stddev,
  min,
  max,
  first,
  last,
  minBy,
  maxBy,
  topK,
  collectList,
  collectSet,
  countDistinct,
  histogram,
  approxCountDistinct,
  approxQuantiles,
  approxMembership,
  approxFrequency,
  sample,
}

/** The result of one field over the inputs of a group, which is never empty. */
export function resultOf(
  spec: Exclude<AggregationSpec, { readonly kind: 'custom' }>,
  inputs: readonly Input[],
): unknown {
  const aggregation = AGGREGATIONS[spec.kind] as Aggregation<BuiltIn>
  return aggregation(inputs, spec)
}
