// variance of the population, exact until it is rounded once; NaN where a number is not finite.

import { notFinite, numbersOf, spread } from './exact/numbers.ts'
import { nearestDouble, UNITS_IN_ONE } from './exact/units.ts'
import type { Aggregation } from './table/aggregation.ts'

export const variance: Aggregation<'variance'> = inputs => {
  const values = numbersOf(inputs)
  if (notFinite(values) !== null) return Number.NaN
  const n = BigInt(values.length)
  return nearestDouble(spread(values), n * n * UNITS_IN_ONE)
}
