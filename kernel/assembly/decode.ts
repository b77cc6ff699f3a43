// JSON records into columns, by a program (`core/kernel/decode/layout.ts` says where its words are).
//
// Promises: a record is taken only where the obvious decoder takes it with the same values; all others are marked as
// odd. What is odd depends on the record and the program alone, not on what was read before: expected keys and keys
// that were learned only say where to look first.

import { blanks, escaped, inexact, literalEnd, number, skip, textEnd, unescape, value, wide } from './json'

// Types of a value.
const NULL: u32 = 1
const TRUE: u32 = 2
const FALSE: u32 = 4
const NUMBER: u32 = 8
const INTEGER: u32 = 16
const STRING: u32 = 32
const ARRAY: u32 = 64
const OBJECT: u32 = 128

// Kinds of a column.
const NUMBERS: u32 = 1
const TEXTS: u32 = 2
const BOOLEANS: u32 = 3

/** Bits of a text's length: not all of its bytes are ASCII; it lies apart from its record, without its escapes. */
const WIDE: u32 = 1 << 31
const ESCAPED: u32 = 1 << 30

const ABSENT_KEY: usize = 1
/** Bytes of an entry, and of the token that it holds itself. */
const ENTRY: usize = 48
const TOKEN: u32 = 16

/** What the addresses of the batch's texts are relative to. */
let base: usize = 0
/** Where the next text goes whose escapes are resolved. */
let texts: usize = 0
/**
 * Count of numbers that are left to be read, where texts without their escapes go, and from byte 16 on of each number:
 * cell, start, end.
 */
let later: usize = 0
/** Place of the value behind the key that `find` found. */
let valueAt: usize = 0

/**
 * Reads `n` records at `base + starts[i]` to `base + ends[i]`; those without value (-1) are odd. Sets `odd[i]` to 0 or
 * 1, and returns how many are odd. Presence columns must be zero.
 */
export function decode(
  program: usize,
  from: usize,
  starts: usize,
  ends: usize,
  n: i32,
  odd: usize,
  inexactNumbers: usize,
): i32 {
  base = from
  later = inexactNumbers
  store<u32>(later, 0)
  texts = load<u32>(later, 4)
  let odds = 0
  for (let i = 0; i < n; i++) {
    const start = load<i32>(starts + (<usize>i << 2))
    let taken = false
    const before = texts
    if (start >= 0) {
      const p = base + start
      const end = base + load<u32>(ends + (<usize>i << 2))
      let q = blanks(p)
      q = load<u8>(q) == 0x7b ? object(q, program, i) : 0
      if (q != 0) {
        if (q < end) q = min(end, blanks(q))
        taken = q == end
      }
    }
    store<u8>(odd + i, u8(!taken))
    if (!taken) texts = before
    odds += i32(!taken)
  }
  return odds
}

/** Reads the object whose bracket is at p. */
function object(p: usize, shape: usize, i: u32): usize {
  let seen: u64 = 0
  p = blanks(p + 1)
  if (load<u8>(p) == 0x7d) p++
  else {
    // Where the address of the entry is that is expected next.
    let expected = shape + 24
    while (true) {
      let entry: usize = load<u32>(expected)
      if (entry != 0 && isAt(p, entry)) {
        p = blanks(p + load<u32>(entry, 20))
      } else {
        entry = find(p, shape)
        if (entry == 0) return 0
        p = valueAt
        if (entry != ABSENT_KEY) store<u32>(expected, entry)
      }
      const field: usize = entry == ABSENT_KEY ? 0 : load<u32>(entry, 32)
      if (field == 0) p = skip(p)
      else {
        const bit = <u64>1 << <u64>load<u8>(entry, 36)
        if (seen & bit) return 0
        seen |= bit
        p = valueOf(p, field, i)
      }
      if (p == 0) return 0
      if (entry != ABSENT_KEY) expected = entry + 28
      p = blanks(p)
      const c = load<u8>(p)
      if (c == 0x2c) {
        p = blanks(p + 1)
        continue
      }
      if (c != 0x7d) return 0
      p++
      break
    }
  }
  const required = load<u64>(shape, 16)
  return (seen & required) == required ? p : 0
}

/** Whether the entry's key, its quotes and a colon right behind are at p. */
@inline
function isAt(p: usize, entry: usize): bool {
  const mask = load<u32>(entry, 16)
  if ((i8x16.bitmask(i8x16.eq(v128.load(p), v128.load(entry))) & mask) != mask) return false
  const length = load<u32>(entry, 20)
  return length <= TOKEN || isRestAt(p, entry, length)
}

function isRestAt(p: usize, entry: usize, length: u32): bool {
  const token: usize = load<u32>(entry, 24)
  for (let k = TOKEN; k < length; k++) if (load<u8>(p + k) != load<u8>(token + k)) return false
  return true
}

/** The entry of the key at p, a new one where there is room, or ABSENT_KEY; 0 where there is no plain key. */
function find(p: usize, shape: usize): usize {
  if (load<u8>(p) != 0x22) return 0
  const q = textEnd(p + 1)
  if (q == 0 || escaped) return 0
  const plain = wide == 0
  valueAt = blanks(q + 1)
  if (load<u8>(valueAt) != 0x3a) return 0
  valueAt = blanks(valueAt + 1)
  const length = <u32>(q - p) + 2
  const count = load<u32>(shape)
  const entries: usize = load<u32>(shape, 8)
  for (let k: u32 = 0; k < count; k++) {
    const entry = entries + <usize>k * ENTRY
    if (load<u32>(entry, 20) == length && isName(p, entry, length - 2)) return entry
  }
  if (count == load<u32>(shape, 4) || length > TOKEN || !plain) return ABSENT_KEY
  store<u32>(shape, count + 1)
  return learn(p, entries + <usize>count * ENTRY, length)
}

/** Whether the first bytes of an entry's token are at p. */
function isName(p: usize, entry: usize, length: u32): bool {
  const token: usize = load<u32>(entry, 24)
  for (let k: u32 = 0; k < length; k++) if (load<u8>(p + k) != load<u8>(token + k)) return false
  return true
}

function learn(p: usize, entry: usize, length: u32): usize {
  v128.store(entry, i8x16.splat(0))
  memory.copy(entry, p, length - 1)
  store<u8>(entry + length - 1, 0x3a)
  store<u32>(entry, (1 << length) - 1, 16)
  store<u32>(entry, length, 20)
  store<u32>(entry, entry, 24)
  store<u64>(entry, 0, 28)
  return entry
}

/** Reads a declared value and puts it into its column. */
function valueOf(p: usize, field: usize, i: u32): usize {
  const types = load<u32>(field)
  const c: u32 = load<u8>(p)
  if (c == 0x22) return (types & STRING) == 0 ? 0 : text(p + 1, field, i)
  if (c == 0x2d || c - 0x30 <= 9) return (types & (NUMBER | INTEGER)) == 0 ? 0 : numeric(p, field, types, i)
  if (c == 0x7b) {
    if ((types & OBJECT) == 0) return 0
    const shape: usize = load<u32>(field, 20)
    return shape == 0 ? skip(p) : object(p, shape, i)
  }
  if (c == 0x5b) return (types & ARRAY) == 0 ? 0 : array(p, load<u32>(field, 24), i)
  const type = c == 0x74 ? TRUE : c == 0x66 ? FALSE : NULL
  if ((types & type) == 0) return 0
  const kind = load<u32>(field, 4)
  if (kind == BOOLEANS) store<u8>(<usize>load<u32>(field, 8) + i, type == TRUE ? 1 : 0)
  if (kind != 0) present(field, i, type == NULL ? 2 : 1)
  return literalEnd(p)
}

@inline
function present(field: usize, i: u32, how: u32): void {
  const presence: usize = load<u32>(field, 16)
  if (presence != 0) store<u8>(presence + i, how)
}

function text(from: usize, field: usize, i: u32): usize {
  const q = textEnd(from)
  if (q == 0) return 0
  const literals: usize = load<u32>(field, 28)
  if (literals != 0 && (escaped || !isLiteral(literals, from, <u32>(q - from)))) return 0
  if (load<u32>(field, 4) == TEXTS) {
    let start = from
    let end = q
    let flags: u32 = 0
    if (escaped) {
      start = texts
      end = unescape(from, q, texts)
      if (end == 0) return 0
      texts = end
      flags = ESCAPED
    }
    if (wide != 0) flags |= WIDE
    const at = <usize>i << 2
    store<u32>(<usize>load<u32>(field, 8) + at, <u32>(start - base))
    store<u32>(<usize>load<u32>(field, 12) + at, <u32>(end - start) | flags)
    present(field, i, 1)
  }
  return q + 1
}

/** Literals: their count, then address and length of the bytes of each. */
function isLiteral(literals: usize, p: usize, length: u32): bool {
  const count = load<u32>(literals)
  for (let k: u32 = 0; k < count; k++) {
    const literal = literals + 8 + (<usize>k << 3)
    if (load<u32>(literal, 4) == length && isSame(p, load<u32>(literal), length)) return true
  }
  return false
}

function isSame(a: usize, b: usize, length: u32): bool {
  for (let k: u32 = 0; k < length; k++) if (load<u8>(a + k) != load<u8>(b + k)) return false
  return true
}

function numeric(p: usize, field: usize, types: u32, i: u32): usize {
  const q = number(p)
  if (q == 0) return 0
  if ((types & NUMBER) == 0 && !isInteger(p, q)) return 0
  if (load<u32>(field, 4) != NUMBERS) return q
  const cell = <usize>load<u32>(field, 8) + (<usize>i << 3)
  present(field, i, 1)
  if (inexact) {
    const count = load<u32>(later)
    const entry = later + 16 + (<usize>count << 4)
    store<u32>(entry, cell)
    store<u32>(entry, <u32>(p - base), 4)
    store<u32>(entry, <u32>(q - base), 8)
    store<u32>(later, count + 1)
  } else store<f64>(cell, value)
  return q
}

/** Whether the text of a number has neither fraction nor exponent. */
function isInteger(p: usize, end: usize): bool {
  for (; p < end; p++) {
    const c: u32 = load<u8>(p)
    if (c == 0x2e || (c | 0x20) == 0x65) return false
  }
  return true
}

/** Checks the items of an array; `item` 0: of any. */
function array(p: usize, item: usize, i: u32): usize {
  if (item == 0) return skip(p)
  p = blanks(p + 1)
  if (load<u8>(p) == 0x5d) return p + 1
  while (true) {
    p = valueOf(p, item, i)
    if (p == 0) return 0
    p = blanks(p)
    const c = load<u8>(p)
    if (c == 0x5d) return p + 1
    if (c != 0x2c) return 0
    p = blanks(p + 1)
  }
}
