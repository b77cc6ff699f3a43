// Exact sums of what `sum`, `mean`, `variance` and `stddev` are given, by integers of any size.

import type { Input } from '../table/aggregation.ts'
import { type Units, unitsOf, unitsOfInteger } from './units.ts'

export const numbersOf = (inputs: readonly Input[]): (number | bigint)[] => inputs.map(i => i.of as number | bigint)

/** n * sum(x^2) - sum(x)^2, in units squared. */
export function spread(values: readonly (number | bigint)[]): bigint {
  const units = values.map(unitsIn)
  const squares = units.reduce((a, b) => a + b * b, 0n)
  const sum = units.reduce((a, b) => a + b, 0n)
  return BigInt(values.length) * squares - sum * sum
}

/** The exact sum of finite values. */
export function total(values: readonly (number | bigint)[]): Units {
  return values.map(unitsIn).reduce((a, b) => a + b, 0n)
}

/** The sum where a value is NaN or infinite, as IEEE 754 has it in any order; null where all are finite. */
export function notFinite(values: readonly (number | bigint)[]): number | null {
  const odd = values.filter(v => typeof v === 'number' && !Number.isFinite(v)) as number[]
  return odd.length === 0 ? null : odd.reduce((a, b) => a + b)
}

const unitsIn = (value: number | bigint): Units => (typeof value === 'bigint' ? unitsOfInteger(value) : unitsOf(value))
