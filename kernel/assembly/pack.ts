// Rows of slots, written by a program (`core/kernel/pack/row-program.ts`) from arrays.

import { copy, lost, putNumber } from './bytes'

const MARK: u32 = 0
const SLOT: u32 = 1
const LITERAL: u32 = 2
const PART: u32 = 3
const NUMBER: u32 = 4
const DOUBLE: u32 = 5
const SUM: u32 = 6
const SUM_STATE: u32 = 7
const MEAN: u32 = 8
const CELL: u32 = 9
const BASE: u32 = 10
const TEXT: u32 = 11
const BOOLEAN: u32 = 12
const PRESENT: u32 = 13
const NULLABLE: u32 = 14

const OPERATION_BYTES: usize = 16

/** What was read ahead, so that it is read. */
export let nearby: u32 = 0

/** First byte of a sum's state: numbers were added, and how many doubles follow. */
const NO_TERM: u8 = 8
const ONE_TERM: u8 = 0x18
const TWO_TERMS: u8 = 0x28

// Tags of canonical values.
const NULL_TAG: u8 = 0x05
const FALSE_TAG: u8 = 0x10
const TEXT_TAG: u8 = 0x40

/** Of a text's length: the bits above are flags. */
const LENGTH: u32 = 0x3fffffff
/** Presence of a value that is null. */
const IS_NULL: u8 = 2

/** What texts are relative to. */
let textBase: u32 = 0

/** What a cell that holds a number is marked with. */
const IS_NUMBER: u8 = 1

/** A double, high byte first. */
@inline
function putDouble(p: usize, value: f64): usize {
  store<u64>(p, bswap<u64>(reinterpret<u64>(value)))
  return p + 8
}

/** Whether two doubles hold a slot's sum: it has a number, and no more than them. */
@inline
function isPlain(cells: usize, odd: usize, slot: usize): bool {
  return load<u8>(odd + slot) == 0 && load<u64>(cells + (slot << 4)) != 0x8000000000000000
}

function putSumState(p: usize, high: f64, low: f64): usize {
  const sum = high + low
  const rest = lost(high, low, sum)
  if (rest != 0) {
    store<u8>(p, TWO_TERMS)
    return putDouble(putDouble(p + 1, sum), rest)
  }
  store<u8>(p, sum == 0 ? NO_TERM : ONE_TERM)
  return sum == 0 ? p + 1 : putDouble(p + 1, sum)
}

/** One of the operations on sums; 0 where two doubles do not hold it, or its quotient. */
function putSum(p: usize, operation: usize, slot: usize): usize {
  const cells: usize = load<u32>(operation, 4)
  if (!isPlain(cells, load<u32>(operation, 8), slot)) return 0
  const high = load<f64>(cells + (slot << 4))
  const low = load<f64>(cells + (slot << 4), 8)
  const kind = load<u32>(operation)
  if (kind == SUM_STATE) return putSumState(p, high, low)
  const sum = high + low
  if (kind == SUM) return putNumber(p, sum)
  const divisor = load<f64>(<usize>load<u32>(operation, 12) + (slot << 3))
  if (divisor != 1 && lost(high, low, sum) != 0) return 0
  return putNumber(p, sum / divisor)
}

@inline
function putPart(p: usize, operation: usize, slot: usize): usize {
  const numbers: usize = load<u32>(operation, 12)
  const number: usize = numbers == 0 ? slot : <usize>load<u32>(numbers + (slot << 2))
  const at: usize = load<u32>(<usize>load<u32>(operation, 4) + (number << 2))
  const length: usize = load<u32>(<usize>load<u32>(operation, 8) + (number << 2))
  copy(p, at, length)
  return p + length
}

/** A canonical text of UTF-8 without zeros. */
@inline
function putText(p: usize, operation: usize, slot: usize): usize {
  const at: usize = textBase + load<u32>(<usize>load<u32>(operation, 4) + (slot << 2))
  const length: usize = load<u32>(<usize>load<u32>(operation, 8) + (slot << 2)) & LENGTH
  store<u8>(p, TEXT_TAG)
  copy(p + 1, at, length)
  store<u8>(p + length, 0, 1)
  return p + length + 2
}

/** Runs an operation of a row that has been written up to p; returns how far it is now, or 0. */
@inline
function run(operation: usize, p: usize, slot: usize, row: usize, base: usize): usize {
  const a: usize = load<u32>(operation, 4)
  switch (load<u32>(operation)) {
    case MARK:
      store<u32>(row + a, <u32>(p - base))
      return p
    case SLOT:
      store<u32>(row + a, <u32>slot)
      return p
    case LITERAL: {
      const length: usize = load<u32>(operation, 8)
      copy(p, a, length)
      return p + length
    }
    case PART:
      return putPart(p, operation, slot)
    case NUMBER:
      return putNumber(p, load<f64>(a + (slot << 3)))
    case DOUBLE:
      return putDouble(p, load<f64>(a + (slot << 3)))
    case CELL:
      if (load<u8>(a + slot) != IS_NUMBER) return 0
      return putNumber(p, load<f64>(<usize>load<u32>(operation, 8) + (slot << 3)))
    case BASE:
      textBase = load<u32>(a)
      return p
    case TEXT:
      return putText(p, operation, slot)
    case BOOLEAN:
      store<u8>(p, FALSE_TAG + load<u8>(a + slot))
      return p + 1
    default:
      return putSum(p, operation, slot)
  }
}

/**
 * Bytes of operations behind one that says whether there is a value, which are left out: of an absent one those of its
 * field; a null is written here.
 */
@inline
function leftOut(operation: usize, p: usize, slot: usize): usize {
  const kind = load<u32>(operation)
  const presence = load<u8>(<usize>load<u32>(operation, 4) + slot)
  if (kind == PRESENT) return presence == 0 ? <usize>load<u32>(operation, 8) * OPERATION_BYTES : 0
  if (presence != IS_NULL) return 0
  store<u8>(p, NULL_TAG)
  return OPERATION_BYTES
}

/** Slots whose cells are brought near at once. */
const NEAR: u32 = 64

/** Reads what one operation will read of a slot. */
@inline
function touch(operation: usize, slot: usize): u32 {
  const kind = load<u32>(operation)
  const a: usize = load<u32>(operation, 4)
  const b: usize = load<u32>(operation, 8)
  if (kind == NUMBER || kind == DOUBLE) return load<u8>(a + (slot << 3))
  if (kind == CELL) return <u32>load<u8>(a + slot) + load<u8>(b + (slot << 3))
  if (kind == PART) {
    const numbers: usize = load<u32>(operation, 12)
    const number: usize = numbers == 0 ? slot : <usize>load<u32>(numbers + (slot << 2))
    return <u32>load<u8>(load<u32>(a + (number << 2))) + load<u32>(b + (number << 2))
  }
  return kind >= SUM && kind <= MEAN ? <u32>load<u8>(b + slot) + load<u8>(a + (slot << 4)) : 0
}

/**
 * Reads what the rows of some slots will read: writing a row waits for distant memory, while the reads of this loop do
 * not wait for each other. Returns a sum that says nothing.
 */
function bringNear(program: usize, end: usize, slots: usize, n: u32): u32 {
  let sum: u32 = 0
  for (let operation = program; operation < end; operation += OPERATION_BYTES) {
    for (let i: u32 = 0; i < n; i++) sum += touch(operation, load<u32>(slots + (<usize>i << 2)))
  }
  return sum
}

/**
 * Writes the rows of n slots by a program of some operations, from `base + at` on. The first word of row i of the table
 * becomes where it starts, relative to `base`; the program sets the others. Returns how many rows are written: less
 * than n where the next one has a value that is in no array. Up to 15 bytes behind the last row are written.
 */
export function packRows(
  program: usize,
  operations: u32,
  slots: usize,
  n: u32,
  table: usize,
  rowBytes: u32,
  base: usize,
  at: u32,
): u32 {
  const end = program + <usize>operations * OPERATION_BYTES
  let p = base + at
  for (let i: u32 = 0; i < n; i++) {
    if (i % NEAR == 0 && load<u32>(program) != BASE) nearby += bringNear(program, end, slots + (<usize>i << 2), min(NEAR, n - i))
    const slot: usize = load<u32>(slots + (<usize>i << 2))
    const row = table + <usize>i * rowBytes
    store<u32>(row, <u32>(p - base))
    for (let operation = program; operation < end; operation += OPERATION_BYTES) {
      if (load<u32>(operation) >= PRESENT) {
        const left = leftOut(operation, p, slot)
        if (left == OPERATION_BYTES && load<u32>(operation) == NULLABLE) p++
        operation += left
        continue
      }
      p = run(operation, p, slot, row, base)
      if (p == 0) return i
    }
  }
  return n
}
