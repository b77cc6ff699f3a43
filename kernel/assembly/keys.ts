// From keys to numbers: an open-addressing hash table over canonical bytes.
//
// The header of a table has eight words: address of the places, their mask, how many keys there are and how many there
// may be, where the next key is put and where that room ends; and where the last new key lies, and its length. A place
// has four words: hash, number + 1 (0 where it is free), address and length of the key.
//
// Promises: exact for any bytes. A text's hash is the same whether it is given by its canonical bytes or by its UTF-8
// alone.

import { putNumber } from './bytes'

/** What canonical texts begin with. They end with a zero. */
const TEXT: u32 = 0x40

export const NEW: i32 = -1
export const NO_ROOM: i32 = -2

const K1: u64 = 0x9e3779b97f4a7c15
const K2: u64 = 0xd6e8feb86659fd93

@inline
function mixed(h: u64): u64 {
  h = (h ^ (h >> 32)) * K2
  return h ^ (h >> 29)
}

/** The first `length` bytes at p, up to eight, as a number. */
@inline
function wordOf(p: usize, length: u32): u64 {
  return length == 0 ? 0 : load<u64>(p) & (<u64>-1 >> (<u64>(8 - length) << 3))
}

@inline
function hashOf(p: usize, length: u32, kind: u32): u32 {
  let h = (<u64>length << 8) | kind
  while (length > 8) {
    h = mixed(h ^ load<u64>(p)) * K1
    p += 8
    length -= 8
  }
  return <u32>mixed(mixed(h ^ wordOf(p, length)) * K1)
}

@inline
function isSame(a: usize, b: usize, length: u32): bool {
  while (length > 8) {
    if (load<u64>(a) != load<u64>(b)) return false
    a += 8
    b += 8
    length -= 8
  }
  return wordOf(a, length) == wordOf(b, length)
}

function copy(to: usize, from: usize, length: u32): void {
  for (let k: usize = 0; k < length; k++) store<u8>(to + k, load<u8>(from + k))
}

/** The number of a key given by canonical bytes; NEW where it has `next` now, NO_ROOM where there is none for it. */
export function keyNumber(header: usize, key: usize, length: u32, next: i32): i32 {
  if (load<u8>(key) == TEXT && length > 1) return numberOf(header, key + 1, length - 2, TEXT, next)
  return numberOf(header, key, length, 0, next)
}

/** The same for a text given by UTF-8 without zeros. */
export function textNumber(header: usize, text: usize, length: u32, next: i32): i32 {
  return numberOf(header, text, length, TEXT, next)
}

/** Longer texts are not read twice. */
const WARM_BYTES: u32 = 64

/**
 * Reads what the searches for n texts will read, so that it is near when they come: each of them waits for distant
 * memory, while the reads of this loop do not wait for each other. `starts` are relative to `base`. Any of the texts
 * may be none, its place included. Returns a sum that says nothing.
 */
export function warmTexts(header: usize, base: usize, starts: usize, lengths: usize, n: u32): u32 {
  const places: usize = load<u32>(header)
  const mask = load<u32>(header, 4)
  const end = (<usize>memory.size() << 16) - 2 * WARM_BYTES
  let sum: u32 = 0
  for (let i: usize = 0; i < <usize>n << 2; i += 4) {
    const text = base + load<u32>(starts + i)
    const length = load<u32>(lengths + i) & 0x3fffffff
    if (length > WARM_BYTES || text > end) continue
    const hash = hashOf(text, length, TEXT)
    const place = places + (<usize>(hash & mask) << 4)
    if (load<u32>(place) == hash) sum += load<u8>(load<u32>(place, 8))
  }
  return sum
}

/** Reads what the search for a key will read. Returns what says nothing. */
export function warmKey(header: usize, key: usize, length: u32): u32 {
  const isText = load<u8>(key) == TEXT && length > 1
  const hash = isText ? hashOf(key + 1, length - 2, TEXT) : hashOf(key, length, 0)
  const place = <usize>load<u32>(header) + (<usize>(hash & load<u32>(header, 4)) << 4)
  return load<u32>(place) == hash ? load<u8>(load<u32>(place, 8)) : 0
}

/** The same for a number, whose canonical bytes are put at `scratch`. */
export function doubleNumber(header: usize, scratch: usize, value: f64, next: i32): i32 {
  putNumber(scratch, value)
  return numberOf(header, scratch, 9, 0, next)
}

/** `content`: what is between the marks of a text, or all of another key, whose `kind` is 0. */
function numberOf(header: usize, content: usize, length: u32, kind: u32, next: i32): i32 {
  const places: usize = load<u32>(header)
  const mask = load<u32>(header, 4)
  const hash = hashOf(content, length, kind)
  const mark: u32 = kind == 0 ? 0 : 1
  const whole = length + 2 * mark
  let at = hash & mask
  let place = places + (<usize>at << 4)
  while (true) {
    const entry = load<u32>(place, 4)
    if (entry == 0) break
    if (load<u32>(place) == hash && load<u32>(place, 12) == whole) {
      const key: usize = load<u32>(place, 8)
      if ((kind == 0 || load<u8>(key) == TEXT) && isSame(key + mark, content, length)) return entry - 1
    }
    at = (at + 1) & mask
    place = places + (<usize>at << 4)
  }
  const size = load<u32>(header, 8)
  const room: usize = load<u32>(header, 16)
  if (size == load<u32>(header, 12) || room + whole > <usize>load<u32>(header, 20)) return NO_ROOM
  if (mark != 0) {
    store<u8>(room, <u8>TEXT)
    store<u8>(room + whole - 1, 0)
  }
  copy(room + mark, content, length)
  store<u32>(place, hash)
  store<u32>(place, next + 1, 4)
  store<u32>(place, room, 8)
  store<u32>(place, whole, 12)
  store<u32>(header, size + 1, 8)
  store<u32>(header, room + whole, 16)
  store<u32>(header, room, 24)
  store<u32>(header, whole, 28)
  return NEW
}

/** Moves all places to fresh ones, mask + 1 of them, and lets half of them be taken. */
export function growKeys(header: usize, places: usize, mask: u32): void {
  const old: usize = load<u32>(header)
  const oldMask = load<u32>(header, 4)
  memory.fill(places, 0, (<usize>mask + 1) << 4)
  if (old != 0) {
    for (let i: u32 = 0; i <= oldMask; i++) {
      const from = old + (<usize>i << 4)
      if (load<u32>(from, 4) == 0) continue
      let at = load<u32>(from) & mask
      while (load<u32>(places + (<usize>at << 4), 4) != 0) at = (at + 1) & mask
      v128.store(places + (<usize>at << 4), v128.load(from))
    }
  }
  store<u32>(header, places)
  store<u32>(header, mask, 4)
  store<u32>(header, (mask >> 1) + 1, 12)
}
