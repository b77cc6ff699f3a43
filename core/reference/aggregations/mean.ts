// mean: the exact sum divided by the count, rounded once.

import { notFinite, numbersOf, total } from './exact/numbers.ts'
import { nearestDouble } from './exact/units.ts'
import type { Aggregation } from './table/aggregation.ts'

export const mean: Aggregation<'mean'> = inputs => {
  const values = numbersOf(inputs)
  return notFinite(values) ?? nearestDouble(total(values), BigInt(values.length))
}
