// Sorting by times: a stable radix sort of numbers by a double each.
//
// Promises: the order of `<` among numbers (no NaN), -0 as 0; what is equal keeps its order; a pass costs per number,
// and one in which all agree is left out.

/** Digits of 16 bits. */
const RADIX = 1 << 16
const DIGITS = 4

/** Whether the second of two 32-bit halves is the high one of a double. */
const HIGH = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0

/** The numbers in `order`, each below the length of `times`, sorted by their times. Reuses the array. */
export function sortByTime(order: Uint32Array, times: Float64Array): Uint32Array {
  const count = order.length
  const keys = orderedBits(times)
  let from = order
  let to: Uint32Array = new Uint32Array(count)
  const starts = new Uint32Array(RADIX)
  for (let digit = 0; digit < DIGITS; digit++) {
    const word = digit >> 1
    const shift = 16 * (digit & 1)
    starts.fill(0)
    for (let i = 0; i < count; i++) {
      const value = ((keys[2 * (from[i] as number) + word] as number) >>> shift) & 0xffff
      starts[value] = (starts[value] as number) + 1
    }
    if (count === 0 || starts[((keys[2 * (from[0] as number) + word] as number) >>> shift) & 0xffff] === count) continue
    let sum = 0
    for (let value = 0; value < RADIX; value++) {
      const here = starts[value] as number
      starts[value] = sum
      sum += here
    }
    for (let i = 0; i < count; i++) {
      const number = from[i] as number
      const value = ((keys[2 * number + word] as number) >>> shift) & 0xffff
      const at = starts[value] as number
      to[at] = number
      starts[value] = at + 1
    }
    const swapped = from
    from = to
    to = swapped
  }
  return from
}

/** Two words a time, the low one first: integers in the order of the times. */
function orderedBits(times: Float64Array): Uint32Array {
  const bits = new Uint32Array(Float64Array.from(times, time => time + 0).buffer)
  const keys = new Uint32Array(bits.length)
  for (let at = 0; at < bits.length; at += 2) {
    const high = bits[at + HIGH] as number
    const low = bits[at + 1 - HIGH] as number
    const negative = high >= 0x80000000
    keys[at] = negative ? ~low : low
    keys[at + 1] = negative ? ~high : high | 0x80000000
  }
  return keys
}
