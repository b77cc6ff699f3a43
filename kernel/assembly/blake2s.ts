// BLAKE2s with 16 bytes of digest and no key (RFC 7693), of four rows at a time, one in each lane.
//
// Promises: the hashes of `core/values/blake2s.ts`. The scratch that the caller gives begins with the message word
// permutations of the ten rounds, as offsets of words of 16 bytes (`core/kernel/hash-scratch.ts`).

/** Of the scratch: behind the permutations, the words of the four messages, then their bytes. */
const MESSAGE: usize = 192
const BLOCKS: usize = 448

@inline
function rotate16(x: v128): v128 {
  return i8x16.shuffle(x, x, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13)
}

@inline
function rotate8(x: v128): v128 {
  return i8x16.shuffle(x, x, 1, 2, 3, 0, 5, 6, 7, 4, 9, 10, 11, 8, 13, 14, 15, 12)
}

@inline
function rotate12(x: v128): v128 {
  return v128.or(i32x4.shr_u(x, 12), i32x4.shl(x, 20))
}

@inline
function rotate7(x: v128): v128 {
  return v128.or(i32x4.shr_u(x, 7), i32x4.shl(x, 25))
}

/** The block of a row from `from` on, up to `end`, with zeros behind it. */
function loadBlock(to: usize, from: usize, end: usize): void {
  if (from >= end) return memory.fill(to, 0, 64)
  v128.store(to, v128.load(from))
  v128.store(to, v128.load(from, 16), 16)
  v128.store(to, v128.load(from, 32), 32)
  v128.store(to, v128.load(from, 48), 48)
  const left = end - from
  if (left < 64) memory.fill(to + left, 0, 64 - left)
}

/** Words of four blocks side by side: word w of each in the lanes of message word w. */
function transpose(blocks: usize, message: usize): void {
  for (let part: usize = 0; part < 64; part += 16) {
    const a = v128.load(blocks + part)
    const b = v128.load(blocks + part, 64)
    const c = v128.load(blocks + part, 128)
    const d = v128.load(blocks + part, 192)
    const low0 = i32x4.shuffle(a, b, 0, 4, 1, 5)
    const low1 = i32x4.shuffle(c, d, 0, 4, 1, 5)
    const high0 = i32x4.shuffle(a, b, 2, 6, 3, 7)
    const high1 = i32x4.shuffle(c, d, 2, 6, 3, 7)
    const to = message + (part << 2)
    v128.store(to, i64x2.shuffle(low0, low1, 0, 2))
    v128.store(to, i64x2.shuffle(low0, low1, 1, 3), 16)
    v128.store(to, i64x2.shuffle(high0, high1, 0, 2), 32)
    v128.store(to, i64x2.shuffle(high0, high1, 1, 3), 48)
  }
}

// The hashes so far, one row in each lane.
let h0: v128 = i32x4.splat(0)
let h1: v128 = i32x4.splat(0)
let h2: v128 = i32x4.splat(0)
let h3: v128 = i32x4.splat(0)
let h4: v128 = i32x4.splat(0)
let h5: v128 = i32x4.splat(0)
let h6: v128 = i32x4.splat(0)
let h7: v128 = i32x4.splat(0)

/** The compression function F of RFC 7693, section 3.2, on four messages; only lanes that are live change. */
function compress(scratch: usize, counters: v128, last: v128, live: v128): void {
  const message = scratch + MESSAGE
  let v0 = h0
  let v1 = h1
  let v2 = h2
  let v3 = h3
  let v4 = h4
  let v5 = h5
  let v6 = h6
  let v7 = h7
  let v8 = i32x4.splat(0x6a09e667)
  let v9 = i32x4.splat(0xbb67ae85)
  let v10 = i32x4.splat(0x3c6ef372)
  let v11 = i32x4.splat(0xa54ff53a)
  let v12 = v128.xor(i32x4.splat(0x510e527f), counters)
  let v13 = i32x4.splat(0x9b05688c)
  let v14 = v128.xor(i32x4.splat(0x1f83d9ab), last)
  let v15 = i32x4.splat(0x5be0cd19)
  for (let sigma = scratch; sigma < scratch + 160; sigma += 16) {
    v0 = i32x4.add(i32x4.add(v0, v4), v128.load(message + <usize>load<u8>(sigma, 0))); v12 = rotate16(v128.xor(v12, v0))
    v8 = i32x4.add(v8, v12); v4 = rotate12(v128.xor(v4, v8))
    v0 = i32x4.add(i32x4.add(v0, v4), v128.load(message + <usize>load<u8>(sigma, 1))); v12 = rotate8(v128.xor(v12, v0))
    v8 = i32x4.add(v8, v12); v4 = rotate7(v128.xor(v4, v8))
    v1 = i32x4.add(i32x4.add(v1, v5), v128.load(message + <usize>load<u8>(sigma, 2))); v13 = rotate16(v128.xor(v13, v1))
    v9 = i32x4.add(v9, v13); v5 = rotate12(v128.xor(v5, v9))
    v1 = i32x4.add(i32x4.add(v1, v5), v128.load(message + <usize>load<u8>(sigma, 3))); v13 = rotate8(v128.xor(v13, v1))
    v9 = i32x4.add(v9, v13); v5 = rotate7(v128.xor(v5, v9))
    v2 = i32x4.add(i32x4.add(v2, v6), v128.load(message + <usize>load<u8>(sigma, 4))); v14 = rotate16(v128.xor(v14, v2))
    v10 = i32x4.add(v10, v14); v6 = rotate12(v128.xor(v6, v10))
    v2 = i32x4.add(i32x4.add(v2, v6), v128.load(message + <usize>load<u8>(sigma, 5))); v14 = rotate8(v128.xor(v14, v2))
    v10 = i32x4.add(v10, v14); v6 = rotate7(v128.xor(v6, v10))
    v3 = i32x4.add(i32x4.add(v3, v7), v128.load(message + <usize>load<u8>(sigma, 6))); v15 = rotate16(v128.xor(v15, v3))
    v11 = i32x4.add(v11, v15); v7 = rotate12(v128.xor(v7, v11))
    v3 = i32x4.add(i32x4.add(v3, v7), v128.load(message + <usize>load<u8>(sigma, 7))); v15 = rotate8(v128.xor(v15, v3))
    v11 = i32x4.add(v11, v15); v7 = rotate7(v128.xor(v7, v11))
    v0 = i32x4.add(i32x4.add(v0, v5), v128.load(message + <usize>load<u8>(sigma, 8))); v15 = rotate16(v128.xor(v15, v0))
    v10 = i32x4.add(v10, v15); v5 = rotate12(v128.xor(v5, v10))
    v0 = i32x4.add(i32x4.add(v0, v5), v128.load(message + <usize>load<u8>(sigma, 9))); v15 = rotate8(v128.xor(v15, v0))
    v10 = i32x4.add(v10, v15); v5 = rotate7(v128.xor(v5, v10))
    v1 = i32x4.add(i32x4.add(v1, v6), v128.load(message + <usize>load<u8>(sigma, 10))); v12 = rotate16(v128.xor(v12, v1))
    v11 = i32x4.add(v11, v12); v6 = rotate12(v128.xor(v6, v11))
    v1 = i32x4.add(i32x4.add(v1, v6), v128.load(message + <usize>load<u8>(sigma, 11))); v12 = rotate8(v128.xor(v12, v1))
    v11 = i32x4.add(v11, v12); v6 = rotate7(v128.xor(v6, v11))
    v2 = i32x4.add(i32x4.add(v2, v7), v128.load(message + <usize>load<u8>(sigma, 12))); v13 = rotate16(v128.xor(v13, v2))
    v8 = i32x4.add(v8, v13); v7 = rotate12(v128.xor(v7, v8))
    v2 = i32x4.add(i32x4.add(v2, v7), v128.load(message + <usize>load<u8>(sigma, 13))); v13 = rotate8(v128.xor(v13, v2))
    v8 = i32x4.add(v8, v13); v7 = rotate7(v128.xor(v7, v8))
    v3 = i32x4.add(i32x4.add(v3, v4), v128.load(message + <usize>load<u8>(sigma, 14))); v14 = rotate16(v128.xor(v14, v3))
    v9 = i32x4.add(v9, v14); v4 = rotate12(v128.xor(v4, v9))
    v3 = i32x4.add(i32x4.add(v3, v4), v128.load(message + <usize>load<u8>(sigma, 15))); v14 = rotate8(v128.xor(v14, v3))
    v9 = i32x4.add(v9, v14); v4 = rotate7(v128.xor(v4, v9))
  }
  h0 = v128.xor(h0, v128.and(live, v128.xor(v0, v8)))
  h1 = v128.xor(h1, v128.and(live, v128.xor(v1, v9)))
  h2 = v128.xor(h2, v128.and(live, v128.xor(v2, v10)))
  h3 = v128.xor(h3, v128.and(live, v128.xor(v3, v11)))
  h4 = v128.xor(h4, v128.and(live, v128.xor(v4, v12)))
  h5 = v128.xor(h5, v128.and(live, v128.xor(v5, v13)))
  h6 = v128.xor(h6, v128.and(live, v128.xor(v6, v14)))
  h7 = v128.xor(h7, v128.and(live, v128.xor(v7, v15)))
}

/**
 * Writes the hashes of `n` rows, 16 bytes each, to `out`. A row is the bytes between two places, relative to `bytes`,
 * in a table of `rowBytes` each: its first word, and the one at `endAt`. Reads up to 64 bytes past a row.
 */
export function hashRows(table: usize, rowBytes: u32, endAt: u32, bytes: usize, n: u32, out: usize, scratch: usize): void {
  const blocks = scratch + BLOCKS
  for (let i: u32 = 0; i < n; i += 4) {
    const few = min<u32>(4, n - i)
    // Lanes without a row take the last one.
    const row0 = table + <usize>i * rowBytes
    const row1 = table + <usize>(i + min<u32>(1, few - 1)) * rowBytes
    const row2 = table + <usize>(i + min<u32>(2, few - 1)) * rowBytes
    const row3 = table + <usize>(i + few - 1) * rowBytes
    const start0 = load<u32>(row0)
    const start1 = load<u32>(row1)
    const start2 = load<u32>(row2)
    const start3 = load<u32>(row3)
    const end0 = load<u32>(row0 + endAt)
    const end1 = load<u32>(row1 + endAt)
    const end2 = load<u32>(row2 + endAt)
    const end3 = load<u32>(row3 + endAt)
    const lengths = i32x4(end0 - start0, end1 - start1, end2 - start2, end3 - start3)
    const most = max(max(end0 - start0, end1 - start1), max(end2 - start2, end3 - start3))
    h0 = i32x4.splat(0x6a09e667 ^ 0x01010010)
    h1 = i32x4.splat(0xbb67ae85)
    h2 = i32x4.splat(0x3c6ef372)
    h3 = i32x4.splat(0xa54ff53a)
    h4 = i32x4.splat(0x510e527f)
    h5 = i32x4.splat(0x9b05688c)
    h6 = i32x4.splat(0x1f83d9ab)
    h7 = i32x4.splat(0x5be0cd19)
    let done: u32 = 0
    while (true) {
      loadBlock(blocks, bytes + start0 + done, bytes + end0)
      loadBlock(blocks + 64, bytes + start1 + done, bytes + end1)
      loadBlock(blocks + 128, bytes + start2 + done, bytes + end2)
      loadBlock(blocks + 192, bytes + start3 + done, bytes + end3)
      transpose(blocks, scratch + MESSAGE)
      const left = i32x4.sub(lengths, i32x4.splat(done))
      const last = i32x4.le_s(left, i32x4.splat(64))
      // An empty row has one block too.
      const live = done == 0 ? i32x4.splat(-1) : i32x4.gt_s(left, i32x4.splat(0))
      compress(scratch, v128.bitselect(lengths, i32x4.splat(done + 64), last), last, live)
      done += 64
      if (done >= most) break
    }
    // Lane k of the first four words is the hash of row k.
    v128.store(blocks, h0)
    v128.store(blocks, h1, 16)
    v128.store(blocks, h2, 32)
    v128.store(blocks, h3, 48)
    for (let k: usize = 0; k < few; k++) {
      const to = out + ((<usize>i + k) << 4)
      for (let word: usize = 0; word < 4; word++)
        store<u32>(to + (word << 2), load<u32>(blocks + (word << 4) + (k << 2)))
    }
  }
}
