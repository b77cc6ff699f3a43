// Bytes that several parts of the kernel write alike.

/** Tag of a canonical number. */
export const NUMBER: u8 = 0x20

/** Sixteen bytes at a time: up to 15 more than asked for. */
@inline
export function copy(to: usize, from: usize, length: usize): void {
  for (let k: usize = 0; k < length; k += 16) v128.store(to + k, v128.load(from + k))
}

/** The word by which numbers are ordered: no -0, one NaN; the sign turned, and all of a negative number. */
@inline
export function orderOf(value: f64): u64 {
  const bits: u64 = value == 0 ? 0 : value != value ? 0x7ff8000000000000 : reinterpret<u64>(value)
  return bits ^ (<u64>(<i64>bits >> 63) | 0x8000000000000000)
}

/** A canonical number, nine bytes: its word behind the tag. */
@inline
export function putNumber(p: usize, value: f64): usize {
  store<u8>(p, NUMBER)
  store<u64>(p, bswap<u64>(orderOf(value)), 1)
  return p + 9
}

/** What high + low loses (D. Knuth, TAOCP 4.2.2, theorem B). */
@inline
export function lost(high: f64, low: f64, sum: f64): f64 {
  const part = sum - high
  return high - (sum - part) + (low - part)
}
