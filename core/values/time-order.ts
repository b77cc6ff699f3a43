// Sorting by times: a stable sort of numbers by a double each, by radix where they are many.
//
// Promises: the order of `<` among times (no NaN), -0 as 0; what is equal keeps its order; a pass costs per number, and
// one in which all agree is left out.

/** Up to so many are compared: a pass of the radix sort has a cost of its own. */
const FEW = 4096

/** Digits of 16 bits. */
const RADIX = 1 << 16
const DIGITS = 4

/** Whether the second of two 32-bit halves is the high one of a double. */
const HIGH = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0

/** Times, and their bits as two words each, the low one first: integers in the order of the times. */
interface TimeKeys {
  readonly times: Float64Array
  readonly words: Uint32Array
}

/** The numbers in `order`, each below the length of the times, sorted by their times. Reuses the array. */
export function sortByTime(order: Uint32Array, { times, words }: TimeKeys): Uint32Array {
  const count = order.length
  if (count <= FEW) return order.sort((a, b) => compare(times[a] as number, times[b] as number))
  let from = order
  let to: Uint32Array = new Uint32Array(count)
  const starts = new Uint32Array(RADIX)
  for (let digit = 0; digit < DIGITS; digit++) {
    const word = digit >> 1
    const shift = 16 * (digit & 1)
    starts.fill(0)
    for (let i = 0; i < count; i++) {
      const value = ((words[2 * (from[i] as number) + word] as number) >>> shift) & 0xffff
      starts[value] = (starts[value] as number) + 1
    }
    if (starts[((words[2 * (from[0] as number) + word] as number) >>> shift) & 0xffff] === count) continue
    let sum = 0
    for (let value = 0; value < RADIX; value++) {
      const here = starts[value] as number
      starts[value] = sum
      sum += here
    }
    for (let i = 0; i < count; i++) {
      const number = from[i] as number
      const value = ((words[2 * number + word] as number) >>> shift) & 0xffff
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

export function timeKeys(times: Float64Array): TimeKeys {
  const positive = new Float64Array(times.length)
  for (let i = 0; i < times.length; i++) positive[i] = (times[i] as number) + 0 // no -0
  const bits = new Uint32Array(positive.buffer)
  const words = new Uint32Array(bits.length)
  for (let at = 0; at < bits.length; at += 2) {
    const high = bits[at + HIGH] as number
    const low = bits[at + 1 - HIGH] as number
    const negative = high >= 0x80000000
    words[at] = negative ? ~low : low
    words[at + 1] = negative ? ~high : high | 0x80000000
  }
  return { times, words }
}

const compare = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0)
