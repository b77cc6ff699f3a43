// Exact sums and quotients of doubles, by integers of any size.
//
// Promises: correctly rounded results (IEEE 754-2019, roundTiesToEven) of the real sum, whatever the order of the
// numbers.

/** Every finite double is an integer times 2^-1074, the least subnormal. */
const SCALE_BITS = 1074n

export const UNITS_IN_ONE = 1n << SCALE_BITS

/** An exact number: `units` times 2^-1074. */
export type Units = bigint

/** The exact value of a finite double. */
export function unitsOf(value: number): Units {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  const bits = view.getBigUint64(0)
  const exponent = (bits >> 52n) & 0x7ffn
  const fraction = bits & 0xfffffffffffffn
  const magnitude = exponent === 0n ? fraction : (fraction | (1n << 52n)) << (exponent - 1n)
  return bits >> 63n === 1n ? -magnitude : magnitude
}

export const unitsOfInteger = (value: bigint): Units => value << SCALE_BITS

/** The double nearest to `units / divisor`; the even one of two equally near. `divisor` is positive. */
export function nearestDouble(units: Units, divisor: bigint): number {
  if (units < 0n) return -nearestDouble(-units, divisor)
  // Cut to 53 significant bits of units / divisor, or to whole units where it is subnormal.
  const bits = BigInt(bitLength(units / divisor))
  const shift = bits > 53n ? bits - 53n : 0n
  const scaled = divisor << shift
  let mantissa = units / scaled
  const twice = 2n * (units - mantissa * scaled)
  if (twice > scaled || (twice === scaled && mantissa % 2n === 1n)) mantissa += 1n
  return scale(mantissa, shift - SCALE_BITS)
}

/** The double nearest to the root of `square`, in units squared, divided by a positive integer. */
export function nearestRoot(square: bigint, divisor: bigint): number {
  // Twice the root, with so many bits after the point that no double lies closer to it; odd where the root is inexact.
  const more = 2n ** 200n
  const scaled = (square * more * more) / (divisor * divisor)
  const root = wholeRoot(scaled)
  const goesOn = root * root !== scaled || scaled * divisor * divisor !== square * more * more
  return nearestDouble(2n * root + (goesOn ? 1n : 0n), 2n * more)
}

/** The greatest integer whose square is not greater, by Newton's method from above. */
function wholeRoot(value: bigint): bigint {
  if (value === 0n) return 0n
  let guess = 1n << BigInt(Math.ceil(bitLength(value) / 2))
  for (;;) {
    const next = (guess + value / guess) / 2n
    if (next >= guess) return guess
    guess = next
  }
}

const bitLength = (value: bigint): number => (value === 0n ? 0 : value.toString(2).length)

/** mantissa * 2^exponent, exact or Infinity, for a mantissa of at most 53 bits and a carry. */
function scale(mantissa: bigint, exponent: bigint): number {
  let value = Number(mantissa)
  let rest = Number(exponent)
  // In steps that keep every intermediate result exact: upwards any, downwards the whole way at once would lose nothing
  // either, since the mantissa of a subnormal result was cut to whole units before.
  for (; rest > 0; rest -= Math.min(rest, 1000)) value *= 2 ** Math.min(rest, 1000)
  for (; rest < 0; rest += Math.min(-rest, 1000)) value *= 2 ** -Math.min(-rest, 1000)
  return value
}
