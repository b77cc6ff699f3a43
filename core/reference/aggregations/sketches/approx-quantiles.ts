// approxQuantiles: DDSketch by its definition (core/sketches/log-buckets.ts), over all numbers sorted.

import { logBuckets, rankOf } from '../../../sketches/log-buckets.ts'
import type { Aggregation } from '../table/aggregation.ts'

/** The value of the bucket of the number at each quantile. */
export const approxQuantiles: Aggregation<'approxQuantiles'> = (inputs, { quantiles, accuracy }) => {
  const { bucketOf, numberOf } = logBuckets(accuracy)
  const sorted = Float64Array.from(inputs, i => Number(i.of)).sort()
  return quantiles.map(quantile => numberOf(bucketOf(sorted[rankOf(quantile, sorted.length)] as number)))
}
