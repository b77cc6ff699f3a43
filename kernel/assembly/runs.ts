// Rows of runs that were put aside: read from their blocks, found in a table of keys, and added to columns.
//
// A row table has four words a row: where its key starts and ends, and where its value starts and ends.

import { lost, NUMBER, orderOf } from './bytes'
import { keyNumber, NEW, NO_ROOM, warmKey } from './keys'

const ROW_BYTES: usize = 16
const HEAD: usize = 6

@inline
function u16At(p: usize): u32 {
  return (<u32>load<u8>(p) << 8) | load<u8>(p, 1)
}

/** What `varintAt` has read up to. */
let at: usize = 0

@inline
function varintAt(p: usize): u32 {
  let value: u32 = load<u8>(p++)
  if (value >= 0x80) {
    value &= 0x7f
    let shift: u32 = 7
    while (true) {
      const byte: u32 = load<u8>(p++)
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) break
      shift += 7
    }
  }
  at = p
  return value
}

function isBefore(a: usize, aLength: u32, b: usize, bLength: u32): bool {
  const least = min(aLength, bLength)
  let k: u32 = 0
  for (; k + 8 <= least; k += 8) {
    const x = bswap<u64>(load<u64>(a + k))
    const y = bswap<u64>(load<u64>(b + k))
    if (x != y) return x < y
  }
  for (; k < least; k++) {
    const x = load<u8>(a + k)
    const y = load<u8>(b + k)
    if (x != y) return x < y
  }
  return aLength < bLength
}

/** Writes the row table of a block's rows from one on, as long as their keys are before a bound, where there is one. */
export function readRows(block: usize, from: u32, bound: usize, boundLength: u32, table: usize): u32 {
  const rows = u16At(block + 4)
  const content = block + HEAD + ((<usize>rows) << 1)
  let row = table
  for (let i = from; i < rows; i++) {
    const length = varintAt(content + u16At(block + HEAD + ((<usize>i) << 1)))
    const key = at
    if (bound != 0 && !isBefore(key, length, bound, boundLength)) return i - from
    const value = varintAt(key + length) - 1
    store<u32>(row, <u32>key)
    store<u32>(row, <u32>key + length, 4)
    store<u32>(row, <u32>at, 8)
    store<u32>(row, <u32>at + value, 12)
    row += ROW_BYTES
  }
  return rows > from ? rows - from : 0
}

/** Rows whose places are brought near at once. */
const NEAR: u32 = 32

/** What was read ahead, so that it is read. */
export let nearKeys: u32 = 0

/**
 * Writes the numbers of the keys of rows, of which the first `prefix` and the last `suffix` bytes are left out. New
 * keys get those from `next` on, and where they lie is written to two arrays by number. Ends before a row for which
 * there is no room.
 */
export function numberRows(
  header: usize,
  table: usize,
  n: u32,
  prefix: u32,
  suffix: u32,
  next: i32,
  numbers: usize,
  keysAt: usize,
  keyLengths: usize,
): u32 {
  for (let i: u32 = 0; i < n; i++) {
    const row = table + <usize>i * ROW_BYTES
    if (i % NEAR == 0) {
      const end = min(n, i + NEAR)
      for (let k = i; k < end; k++) {
        const ahead = table + <usize>k * ROW_BYTES
        const key: usize = load<u32>(ahead) + prefix
        nearKeys += warmKey(header, key, load<u32>(ahead, 4) - suffix - <u32>key)
      }
    }
    const key: usize = load<u32>(row) + prefix
    let number = keyNumber(header, key, load<u32>(row, 4) - suffix - <u32>key, next)
    if (number == NO_ROOM) return i
    if (number == NEW) {
      number = next++
      store<u32>(keysAt + ((<usize>number) << 2), load<u32>(header, 24))
      store<u32>(keyLengths + ((<usize>number) << 2), load<u32>(header, 28))
    }
    store<u32>(numbers + ((<usize>i) << 2), <u32>number)
  }
  return n
}

const OPERATION_BYTES: usize = 16
const DOUBLE: u32 = 0
const SUM: u32 = 1
const LEAST: u32 = 2

/** Sums stay below this in two doubles (`core/aggregations/exact/exact-sums.ts`). */
const LIMIT: f64 = 1e290
const NUMBER_FLAG: u32 = 8
const EMPTY: u8 = 0
const IS_NUMBER: u8 = 1

@inline
function doubleAt(p: usize): f64 {
  return reinterpret<f64>(bswap<u64>(load<u64>(p)))
}

/** What a sum is with a number more. */
let high: f64 = 0
let low: f64 = 0

/** False where two doubles do not hold the sum. */
@inline
function add(value: f64): bool {
  const sum = high + value
  if (!(sum < LIMIT && sum > -LIMIT)) return false
  const error = lost(high, value, sum)
  high = sum
  if (error == 0) return true
  const small = low + error
  const left = lost(low, error, small)
  low = small
  return left == 0
}

/** Where the next change is noted: changes are made once the whole row is read. */
let noted: usize = 0

/** `mark`: address of a byte that becomes IS_NUMBER, or 0. */
@inline
function note(cell: usize, value: f64, mark: usize = 0): void {
  store<u32>(noted, <u32>cell)
  store<u32>(noted, <u32>mark, 4)
  store<f64>(noted, value, 8)
  noted += 16
}

function apply(changes: usize): void {
  for (let change = changes; change < noted; change += 16) {
    store<f64>(<usize>load<u32>(change), load<f64>(change, 8))
    const mark: usize = load<u32>(change, 4)
    if (mark != 0) store<u8>(mark, IS_NUMBER)
  }
}

/** Reads one state of a slot; returns where it ends, or 0 where only JavaScript can add it. */
function read(operation: usize, p: usize, slot: usize): usize {
  const kind = load<u32>(operation)
  const a: usize = load<u32>(operation, 4)
  if (kind == DOUBLE) {
    const cell = a + (slot << 3)
    note(cell, load<f64>(cell) + doubleAt(p))
    return p + 8
  }
  if (kind == SUM) {
    const flags = <u32>load<u8>(p++)
    const terms = flags >> 4
    if ((flags & 15) != NUMBER_FLAG || terms > 2) return 0
    const cell = a + (slot << 4)
    high = load<f64>(cell) + 0.0
    low = load<f64>(cell, 8)
    for (let i: u32 = 0; i < terms; i++) {
      if (!add(doubleAt(p))) return 0
      p += 8
    }
    note(cell, high)
    note(cell + 8, low)
    return p
  }
  const kinds = a + slot
  const cell = <usize>load<u32>(operation, 8) + (slot << 3)
  const held = load<u8>(kinds)
  if (held > IS_NUMBER || load<u8>(p) != NUMBER) return 0
  const word = bswap<u64>(load<u64>(p, 1))
  if (held != EMPTY) {
    const other = orderOf(load<f64>(cell))
    if (kind == LEAST ? word >= other : word <= other) return p + 9
  }
  note(cell, reinterpret<f64>(word >> 63 != 0 ? word ^ 0x8000000000000000 : ~word), kinds)
  return p + 9
}

/**
 * Adds the values of n rows, states of some columns, to their slots by a program
 * (`core/kernel/pack/merge-program.ts`). Ends before a row that has a state which lies in no array, with nothing of it
 * added. `scratch` takes 32 bytes an operation.
 */
export function mergeRows(program: usize, operations: u32, table: usize, n: u32, slots: usize, scratch: usize): u32 {
  const end = program + <usize>operations * OPERATION_BYTES
  for (let i: u32 = 0; i < n; i++) {
    const slot: usize = load<u32>(slots + ((<usize>i) << 2))
    let p: usize = load<u32>(table + <usize>i * ROW_BYTES, 8)
    noted = scratch
    for (let operation = program; operation < end; operation += OPERATION_BYTES) {
      p = read(operation, p, slot)
      if (p == 0) return i
    }
    apply(scratch)
  }
  return n
}
