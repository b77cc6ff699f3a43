// Line feeds: where lines begin and end.

const LINE_FEED: i8 = 0x0a

/**
 * Writes where the lines of the bytes [from, end) begin and end, relative to `base`: those that a line feed closes, and
 * no more than `most`. Returns how many they are.
 */
export function splitLines(from: usize, end: usize, base: usize, starts: usize, ends: usize, most: u32): u32 {
  const feed = i8x16.splat(LINE_FEED)
  let count: u32 = 0
  let start = from
  for (let p = from; p < end; p += 16) {
    let mask = i8x16.bitmask(i8x16.eq(v128.load(p), feed))
    while (mask != 0) {
      const at = p + <usize>ctz(mask)
      if (at >= end || count == most) return count
      store<u32>(starts + (<usize>count << 2), <u32>(start - base))
      store<u32>(ends + (<usize>count << 2), <u32>(at - base))
      start = at + 1
      count++
      mask &= mask - 1
    }
  }
  return count
}
