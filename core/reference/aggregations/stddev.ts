// stddev: the root of the exact variance, rounded once; NaN where a number is not finite.

import { notFinite, numbersOf, spread } from './exact/numbers.ts'
import { nearestRoot } from './exact/units.ts'
import type { Aggregation } from './table/aggregation.ts'

export const stddev: Aggregation<'stddev'> = inputs => {
  const values = numbersOf(inputs)
  return notFinite(values) === null ? nearestRoot(spread(values), BigInt(values.length)) : Number.NaN
}
