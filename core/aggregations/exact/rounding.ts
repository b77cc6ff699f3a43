// Doubles as exact integers times powers of two, and back by one correct rounding.
//
// Promises: `roundQuotient` gives the double nearest to the exact quotient, the even one of two equally near (IEEE
// 754-2019, roundTiesToEven), gradual underflow and overflow included.

const word = new DataView(new ArrayBuffer(8))

/** Exponent of the least subnormal: every finite double is an integer times 2 ** LEAST_EXPONENT. */
export const LEAST_EXPONENT = -1074
const SIGNIFICANT_BITS = 53

/** A number `mantissa * 2 ** exponent`. */
export interface Exact {
  readonly mantissa: bigint
  readonly exponent: number
}

/** The exact value of a finite double. */
export function exactOf(value: number): Exact {
  word.setFloat64(0, value)
  const high = word.getUint32(0)
  const biased = (high >>> 20) & 0x7ff
  const fraction = (BigInt(high & 0xfffff) << 32n) | BigInt(word.getUint32(4))
  const magnitude = biased === 0 ? fraction : fraction | (1n << 52n)
  return { mantissa: high >>> 31 === 1 ? -magnitude : magnitude, exponent: Math.max(biased, 1) + LEAST_EXPONENT - 1 }
}

/** The exact sum of finite doubles. */
export function exactTotal(values: readonly number[]): Exact {
  return exactSum(values.filter(v => v !== 0).map(exactOf))
}

/** The sum of exact numbers. */
export function exactSum(parts: readonly Exact[]): Exact {
  const exponent = parts.reduce((least, p) => Math.min(least, p.exponent), 0)
  const mantissa = parts.reduce((sum, p) => sum + (p.mantissa << BigInt(p.exponent - exponent)), 0n)
  return { mantissa, exponent }
}

/** The double nearest to `mantissa * 2 ** exponent / divisor`, for a positive divisor; zero is +0. */
export function roundQuotient({ mantissa, exponent }: Exact, divisor: bigint): number {
  if (mantissa === 0n) return 0
  const magnitude = mantissa < 0n ? -mantissa : mantissa
  // At least two bits more than a double has: the last ones and the remainder decide how to round.
  const more = Math.max(0, SIGNIFICANT_BITS + 2 + bitLength(divisor) - bitLength(magnitude))
  const numerator = magnitude << BigInt(more)
  const quotient = numerator / divisor
  const rounded = roundBits(quotient, exponent - more, quotient * divisor !== numerator)
  return mantissa < 0n ? -rounded : rounded
}

/** The double nearest to the root of `mantissa * 2 ** exponent / divisor`, which is not negative. */
export function roundRoot({ mantissa, exponent }: Exact, divisor: bigint): number {
  if (mantissa === 0n) return 0
  // The quotient gets at least twice the bits that its root needs, and an even exponent.
  let more = Math.max(0, 2 * (SIGNIFICANT_BITS + 2) + bitLength(divisor) - bitLength(mantissa))
  if ((exponent - more) % 2 !== 0) more += 1
  const numerator = mantissa << BigInt(more)
  const root = wholeRoot(numerator / divisor)
  return roundBits(root, (exponent - more) / 2, root * root * divisor !== numerator)
}

/** The greatest integer whose square is not greater, by Newton's method from above. */
function wholeRoot(value: bigint): bigint {
  let root = 1n << BigInt((bitLength(value) + 1) >> 1)
  for (;;) {
    const next = (root + value / root) >> 1n
    if (next >= root) return root
    root = next
  }
}

/**
 * The double nearest to a little more than (`sticky`) or exactly `value * 2 ** exponent`, where value has more than 53
 * bits.
 */
function roundBits(value: bigint, exponent: number, sticky: boolean): number {
  const lowest = Math.max(bitLength(value) - SIGNIFICANT_BITS + exponent, LEAST_EXPONENT)
  const drop = BigInt(lowest - exponent)
  let kept = value >> drop
  const rest = value - (kept << drop)
  const half = 1n << (drop - 1n)
  if (rest > half || (rest === half && (sticky || (kept & 1n) === 1n))) kept += 1n
  // Both factors and the product are exact: `kept` has 53 bits, and the power of two is a double down to the least
  // subnormal.
  return lowest > 971 ? Number.POSITIVE_INFINITY : Number(kept) * 2 ** lowest
}

/** Bits of a positive integer without leading zeros. */
export function bitLength(value: bigint): number {
  const digits = value.toString(16)
  return 4 * digits.length - Math.clz32(Number.parseInt(digits[0] as string, 16)) + 28
}
