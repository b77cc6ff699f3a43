// Exact sums and quotients of doubles, by integers of any size.
//
// Promises: correctly rounded results (IEEE 754-2019, roundTiesToEven) of the real sum, whatever the order of the numbers.

/** Every finite double is an integer times 2^-1074, the least subnormal. */
const SCALE_BITS = 1074n

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
