// Rows in the order of their keys: a radix sort from the first byte on that takes eight bytes at a time, and of these
// the highest bits in which any of them differ.
//
// Promises: the order of bytes, zeros past the end of a key, so that of two keys of which one begins with the other the
// shorter comes first, given that the longer one does not go on with zeros alone. Costs by the bytes that keys share,
// not by how they are distributed; ranges wait in memory that the caller gives, not on the stack.

/** Ranges of up to this many are sorted by insertion. */
const FEW: u32 = 24

const LARGE: u32 = 4096

/** Addresses of the row table, its stride, and what its places are relative to. */
let rows: usize = 0
let stride: usize = 0
let base: usize = 0

/** Eight bytes of a row's key from `depth` on, as a number that orders them. */
@inline
function wordAt(row: u32, depth: u32): u64 {
  const at = rows + <usize>row * stride
  const start = load<u32>(at)
  const length = load<u32>(at, 4) - start
  if (length <= depth) return 0
  const left = length - depth
  const word = load<u64>(base + start + depth)
  return bswap<u64>(left >= 8 ? word : word & (<u64>-1 >> (<u64>(8 - left) << 3)))
}

@inline
function lengthOf(row: u32): u32 {
  const at = rows + <usize>row * stride
  return load<u32>(at, 4) - load<u32>(at)
}

/** Entries of 16 bytes: the word, then the row. */
function fill(entries: usize, n: u32, depth: u32): void {
  for (let i: u32 = 0; i < n; i++) {
    const entry = entries + (<usize>i << 4)
    store<u64>(entry, wordAt(load<u32>(entry, 8), depth))
  }
}

/** Whether row a is before row b, whose keys agree before `depth`. */
function isBefore(a: u32, b: u32, depth: u32): bool {
  const most = max(lengthOf(a), lengthOf(b))
  while (depth < most) {
    const x = wordAt(a, depth)
    const y = wordAt(b, depth)
    if (x != y) return x < y
    depth += 8
  }
  return false
}

function sortFew(entries: usize, n: u32, depth: u32): void {
  for (let i: u32 = 1; i < n; i++) {
    const word = load<u64>(entries + (<usize>i << 4))
    const row = load<u32>(entries + (<usize>i << 4), 8)
    let at = i
    while (at > 0) {
      const before = entries + (<usize>(at - 1) << 4)
      const other = load<u64>(before)
      if (other < word || (other == word && !isBefore(row, load<u32>(before, 8), depth + 8))) break
      v128.store(before, v128.load(before), 16)
      at--
    }
    const to = entries + (<usize>at << 4)
    store<u64>(to, word)
    store<u32>(to, row, 8)
  }
}

/** The bits in which the words of a range differ. */
function differences(entries: usize, n: u32): u64 {
  const first = load<u64>(entries)
  let all: u64 = 0
  for (let i: u32 = 1; i < n; i++) all |= load<u64>(entries + (<usize>i << 4)) ^ first
  return all
}

function goOn(entries: usize, n: u32, depth: u32): bool {
  for (let i: u32 = 0; i < n; i++) if (lengthOf(load<u32>(entries + (<usize>i << 4), 8)) > depth) return true
  return false
}

/** Most bits of a digit. */
const DIGIT_BITS: u32 = 12

/** Bits of a digit that pays for a range: about as many buckets as there are entries. */
function digitBits(n: u32): u32 {
  return min<u32>(DIGIT_BITS, 32 - clz<u32>(n))
}

/**
 * Splits the highest of the differing bits, up to `bits` of them, into runs that lie beside each other. Writes of each
 * run how far it is to be shifted down, its mask, and how far up again, four words each. Returns how many bits there
 * are.
 */
function findRuns(differing: u64, bits: u32, runs: usize): u32 {
  let found: u32 = 0
  let count: u32 = 0
  while (differing != 0 && found < bits) {
    const top: u32 = 63 - <u32>clz<u64>(differing)
    let length: u32 = 1
    while (length <= top && found + length < bits && ((differing >> <u64>(top - length)) & 1) != 0) length++
    const shift = top + 1 - length
    const run = runs + 16 + (<usize>count << 4)
    store<u32>(run, shift)
    store<u32>(run, (1 << length) - 1, 4)
    store<u32>(run, length, 8)
    differing &= (<u64>1 << <u64>shift) - 1
    found += length
    count++
  }
  store<u32>(runs, count)
  return found
}

@inline
function digitOf(word: u64, runs: usize): u32 {
  const count = load<u32>(runs)
  let digit: u32 = 0
  let run = runs + 16
  for (let k: u32 = 0; k < count; k++) {
    digit = (digit << load<u32>(run, 8)) | (<u32>(word >> <u64>load<u32>(run)) & load<u32>(run, 4))
    run += 16
  }
  return digit
}

/** Moves entries into the order of their digits; leaves the end of each bucket in `counts`. */
function distribute(entries: usize, n: u32, runs: usize, buckets: u32, spare: usize, counts: usize): void {
  memory.fill(counts, 0, <usize>buckets << 2)
  for (let i: u32 = 0; i < n; i++) {
    const count = counts + (<usize>digitOf(load<u64>(entries + (<usize>i << 4)), runs) << 2)
    store<u32>(count, load<u32>(count) + 1)
  }
  let sum: u32 = 0
  for (let digit: u32 = 0; digit < buckets; digit++) {
    const count = counts + (<usize>digit << 2)
    const here = load<u32>(count)
    store<u32>(count, sum)
    sum += here
  }
  for (let i: u32 = 0; i < n; i++) {
    const entry = entries + (<usize>i << 4)
    const count = counts + (<usize>digitOf(load<u64>(entry), runs) << 2)
    const to = load<u32>(count)
    store<u32>(count, to + 1)
    v128.store(spare + (<usize>to << 4), v128.load(entry))
  }
  memory.copy(entries, spare, <usize>n << 4)
}

/**
 * Writes the numbers of `n` rows to `order`. The row table has a start and an end, relative to `bytes`, at the
 * beginning of each `rowBytes`. `scratch` takes 40 bytes a row and 17,408 more.
 */
export function sortRows(table: usize, rowBytes: u32, bytes: usize, n: u32, order: usize, scratch: usize): void {
  rows = table
  stride = rowBytes
  base = bytes
  const counts = scratch
  const runs = scratch + 16384
  const all = scratch + 17408
  const spare = all + (<usize>n << 4)
  const waiting = spare + (<usize>n << 4)
  for (let i: u32 = 0; i < n; i++) store<u32>(all + (<usize>i << 4), i, 8)
  fill(all, n, 0)
  // Ranges that wait, of at least two entries each: first entry, number, depth. The last one that was put is next.
  let top = waiting
  if (n > 1) {
    store<u32>(top, 0)
    store<u32>(top, n, 4)
    store<u32>(top, 0, 8)
    top += 12
  }
  while (top != waiting) {
    top -= 12
    const first = load<u32>(top)
    const count = load<u32>(top, 4)
    let depth = load<u32>(top, 8)
    const entries = all + (<usize>first << 4)
    let differing: u64 = 0
    while (count > FEW) {
      differing = differences(entries, count)
      if (differing != 0) {
        // What a large range shares is left out, so that its words tell as much as they can.
        const shared = <u32>clz<u64>(differing) >> 3
        if (shared < 2 || count < LARGE) break
        depth += shared
        fill(entries, count, depth)
        differing <<= <u64>(shared << 3)
        differing |= differences(entries, count)
        break
      }
      depth += 8
      if (!goOn(entries, count, depth)) break
      fill(entries, count, depth)
    }
    if (count <= FEW) {
      sortFew(entries, count, depth)
      continue
    }
    if (differing == 0) continue
    const buckets = <u32>1 << findRuns(differing, digitBits(count), runs)
    distribute(entries, count, runs, buckets, spare, counts)
    let from: u32 = 0
    for (let digit: u32 = 0; digit < buckets; digit++) {
      const to = load<u32>(counts + (<usize>digit << 2))
      if (to - from > 1) {
        store<u32>(top, first + from)
        store<u32>(top, to - from, 4)
        store<u32>(top, depth, 8)
        top += 12
      }
      from = to
    }
  }
  for (let i: u32 = 0; i < n; i++) store<u32>(order + (<usize>i << 2), load<u32>(all + (<usize>i << 4), 8))
}
