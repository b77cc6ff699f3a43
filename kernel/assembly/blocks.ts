// Sorted rows as the blocks of a run (`store/runs/block.ts` says how they are laid out), without their checksums.

import { copy } from './bytes'

const HEAD: u32 = 6

@inline
function varintLength(n: u32): u32 {
  return n < 0x80 ? 1 : n < 0x4000 ? 2 : n < 0x200000 ? 3 : n < 0x10000000 ? 4 : 5
}

function putVarint(p: usize, n: u32): usize {
  while (n >= 0x80) {
    store<u8>(p++, <u8>(n | 0x80))
    n >>= 7
  }
  store<u8>(p, <u8>n)
  return p + 1
}

@inline
function putU16(p: usize, n: u32): void {
  store<u8>(p, <u8>(n >> 8))
  store<u8>(p, <u8>n, 1)
}

/**
 * Packs rows into blocks of about `blockBytes` at `out`, as long as they fit into `outBytes` and there are no more than
 * `most`. The row table has the start of a key and, at the given places, its end and the value's start and end; `order`
 * the numbers of the rows. The first `moved` bytes of each key are written behind the others. Writes the count of
 * blocks to `list`, and behind it address, bytes and rows of each. Returns how many rows are packed; up to 15 bytes
 * behind the last block are written.
 */
export function packBlocks(
  table: usize,
  rowBytes: u32,
  keyEndAt: u32,
  valueAt: u32,
  valueEndAt: u32,
  moved: u32,
  bytes: usize,
  order: usize,
  n: u32,
  blockBytes: u32,
  out: usize,
  outBytes: u32,
  list: usize,
  most: u32,
): u32 {
  let count: u32 = 0
  let done: u32 = 0
  let p = out
  while (done < n && count < most) {
    let rows: u32 = 0
    let content: u32 = 0
    while (done + rows < n) {
      const row = table + <usize>load<u32>(order + (<usize>(done + rows) << 2)) * rowBytes
      const key = load<u32>(row + keyEndAt) - load<u32>(row)
      const value = load<u32>(row + valueEndAt) - load<u32>(row + valueAt)
      if (rows > 0 && HEAD + 2 * rows + content + key + value + 12 > blockBytes) break
      content += varintLength(key) + key + varintLength(value + 1) + value
      rows++
    }
    const size = HEAD + 2 * rows + content
    if (<u32>(p - out) + size > outBytes) break
    putU16(p + 4, rows)
    const first = p + HEAD + 2 * rows
    let at = first
    for (let i: u32 = 0; i < rows; i++) {
      const row = table + <usize>load<u32>(order + (<usize>(done + i) << 2)) * rowBytes
      const keyStart = load<u32>(row)
      const key = load<u32>(row + keyEndAt) - keyStart
      const valueStart = load<u32>(row + valueAt)
      const value = load<u32>(row + valueEndAt) - valueStart
      putU16(p + HEAD + 2 * i, <u32>(at - first))
      at = putVarint(at, key)
      copy(at, bytes + keyStart + moved, key - moved)
      if (moved > 0) copy(at + key - moved, bytes + keyStart, moved)
      at = putVarint(at + key, value + 1)
      copy(at, bytes + valueStart, value)
      at += value
    }
    const entry = list + 4 + <usize>count * 12
    store<u32>(entry, p)
    store<u32>(entry, size, 4)
    store<u32>(entry, rows, 8)
    p += size
    done += rows
    count++
  }
  store<u32>(list, count)
  return done
}
