// Bytes that several parts of the kernel write alike.

/** Tag of a canonical number. */
const NUMBER: u8 = 0x20

/** Sixteen bytes at a time: up to 15 more than asked for. */
@inline
export function copy(to: usize, from: usize, length: usize): void {
  for (let k: usize = 0; k < length; k += 16) v128.store(to + k, v128.load(from + k))
}

/** A canonical number, nine bytes: no -0, one NaN; the sign turned, and all of a negative number. */
@inline
export function putNumber(p: usize, value: f64): usize {
  let bits = value == 0 ? 0 : value != value ? 0x7ff8000000000000 : reinterpret<u64>(value)
  bits ^= <u64>(<i64>bits >> 63) | 0x8000000000000000
  store<u8>(p, NUMBER)
  store<u64>(p, bswap<u64>(bits), 1)
  return p + 9
}
