// sum: the exact sum, rounded once; of bigints alone a bigint.

import { notFinite, numbersOf, total } from './exact/numbers.ts'
import { nearestDouble } from './exact/units.ts'
import type { Aggregation } from './table/aggregation.ts'

export const sum: Aggregation<'sum'> = inputs => {
  const values = numbersOf(inputs)
  if (values.every(v => typeof v === 'bigint')) return values.reduce((a, b) => a + b, 0n)
  return notFinite(values) ?? nearestDouble(total(values), 1n)
}
