// The definition of `approxQuantiles`: buckets of numbers that differ by no more than a given share.
//
// DDSketch (Masson, Rim, Lee, "DDSketch: a fast and fully-mergeable quantile sketch with relative-error guarantees",
// 2019), without a limit on buckets. In place of a logarithm it uses one of their cheaper mappings, quadratic between
// powers of two: 8 % more buckets, and nothing but exactly rounded arithmetic, where a logarithm may differ by engine.
// Promises: each number x of a bucket has |value - x| <= accuracy * |x| (for |x| < 2^-1022 rounded to what a double can
// hold). Buckets are numbered in the order of numbers, negatives below 0, zero 0, infinities at the ends.

export interface LogBuckets {
  /** The bucket of a number that is not NaN. */
  bucketOf(x: number): number
  /** The value that represents all numbers of a bucket. */
  numberOf(bucket: number): number
}

/** Relative errors that buckets can be made for. */
export const ACCURACY = { least: 0.0001, most: 0.5, usual: 0.01 } as const

/** Added to the places of positive numbers, which may be negative: no place is beyond 2^22 for the least accuracy. */
const ORIGIN = 2 ** 23
const INFINITE = 2 ** 24
/** Greater than the number of any bucket, with either sign. */
export const BUCKET_LIMIT = 2 ** 25

export function logBuckets(accuracy: number): LogBuckets {
  const perOctave = bucketsPerOctave(accuracy)
  return Object.freeze({
    bucketOf(x: number): number {
      if (x === 0) return 0
      const size = Math.abs(x)
      const bucket = size === Number.POSITIVE_INFINITY ? INFINITE : ORIGIN + Math.floor(nearLog2(size) * perOctave)
      return x > 0 ? bucket : -bucket
    },
    numberOf(bucket: number): number {
      if (bucket === 0) return 0
      const at = Math.abs(bucket)
      const size = at === INFINITE ? Number.POSITIVE_INFINITY : middle(at - ORIGIN, perOctave)
      return bucket > 0 ? size : -size
    },
  })
}

/** The index, from 0, of the element at a quantile among `count` elements in order. */
export function rankOf(quantile: number, count: number): number {
  return Math.floor(quantile * (count - 1))
}

/**
 * A bucket must not be wider than ln(gamma), gamma = (1 + accuracy) / (1 - accuracy), and `nearLog2` grows at least 4/3
 * as fast as the logarithm: 3 / (4 ln gamma). ln gamma is the series 2 (a + a^3/3 + a^5/5 + ...). The last factor
 * outweighs all rounding.
 */
function bucketsPerOctave(accuracy: number): number {
  let sum = 0
  let power = accuracy
  for (let n = 1; sum + power / n !== sum; n += 2) {
    sum += power / n
    power *= accuracy * accuracy
  }
  return (3 / (8 * sum)) * (1 + 1e-9)
}

const bits = new DataView(new ArrayBuffer(8))

/** Exponent and, between powers of two, (4 s - s^2) / 3 for a mantissa of 1 + s: increasing, and log2 at the powers. */
function nearLog2(x: number): number {
  const small = x < 2 ** -1022
  bits.setFloat64(0, small ? x * 2 ** 54 : x)
  const high = bits.getUint32(0)
  bits.setUint32(0, (high & 0xfffff) | 0x3ff00000)
  const s = bits.getFloat64(0) - 1
  return (high >>> 20) - (small ? 1077 : 1023) + (s * (4 - s)) / 3
}

/** Twice the product of a bucket's ends divided by their sum: the same relative distance from both. */
function middle(place: number, perOctave: number): number {
  const low = place / perOctave
  const high = (place + 1) / perOctave
  const exponent = Math.floor(low)
  const from = mantissa(low)
  const to = scale(mantissa(high), Math.floor(high) - exponent)
  const value = scale((2 * from * to) / (from + to), exponent)
  return Math.min(Math.max(value, Number.MIN_VALUE), Number.MAX_VALUE)
}

/** The inverse of (4 s - s^2) / 3, plus 1. */
function mantissa(nearLog: number): number {
  return 3 - Math.sqrt(4 - 3 * (nearLog - Math.floor(nearLog)))
}

/** x * 2^exponent, rounded once. */
function scale(x: number, exponent: number): number {
  if (exponent < -1000) return x * power(exponent + 200) * 2 ** -200
  return exponent > 1000 ? x * power(exponent - 200) * 2 ** 200 : x * power(exponent)
}

function power(exponent: number): number {
  bits.setUint32(0, (exponent + 1023) << 20)
  bits.setUint32(4, 0)
  return bits.getFloat64(0)
}
