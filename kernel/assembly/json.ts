// The parts of JSON text: strings, numbers, values that are only stepped over.
//
// Promises: accepts what JSON.parse accepts and nothing else, but for the nesting and the escapes that the callers
// leave to the obvious decoder. Every function returns the place behind what it read, or 0. They may read past the end
// of a record, up to the next byte that JSON has no use for; whoever calls them compares where they stopped with that
// end. Only strings may hold other bytes than ASCII, and those are well-formed UTF-8.

import { utf8 } from './utf8'

/** Whether the string that `textEnd` last read has an escape. */
export let escaped: bool = false
/** Not 0 where the string that `textEnd` last read has bytes above 0x7f. */
export let wide: i32 = 0
/** The number that `number` last read. */
export let value: f64 = 0
/** Whether it is not known: more digits or a greater power than two operations can be exact with. */
export let inexact: bool = false

/** Deepest nesting that is stepped over here. */
const DEPTH_MAX: u32 = 60

@inline
export function blanks(p: usize): usize {
  return load<u8>(p) > 0x20 ? p : blanksFrom(p)
}

function blanksFrom(p: usize): usize {
  while (true) {
    const c = load<u8>(p)
    if (c != 0x20 && c != 0x0a && c != 0x0d && c != 0x09) return p
    p++
  }
}

@inline
function isHex(c: u32): bool {
  return c - 0x30 <= 9 || (c | 0x20) - 0x61 <= 5
}

/** Length of the escape at p, 0 where it is none. */
function escapeLength(p: usize): usize {
  const c: u32 = load<u8>(p, 1)
  if (c == 0x75)
    return isHex(load<u8>(p, 2)) && isHex(load<u8>(p, 3)) && isHex(load<u8>(p, 4)) && isHex(load<u8>(p, 5)) ? 6 : 0
  return c == 0x22 || c == 0x5c || c == 0x2f || c == 0x62 || c == 0x66 || c == 0x6e || c == 0x72 || c == 0x74 ? 2 : 0
}

/** The place of the quote that closes a string, from behind the opening one. */
export function textEnd(p: usize): usize {
  const quote = i8x16.splat(0x22)
  const slash = i8x16.splat(0x5c)
  const control = i8x16.splat(0x20)
  const from = p
  escaped = false
  let above: i32 = 0
  while (true) {
    const v = v128.load(p)
    const stops = i8x16.bitmask(v128.or(v128.or(i8x16.eq(v, quote), i8x16.eq(v, slash)), i8x16.lt_u(v, control)))
    if (stops == 0) {
      above |= i8x16.bitmask(v)
      p += 16
      continue
    }
    const before = ctz(stops)
    above |= i8x16.bitmask(v) & ((1 << before) - 1)
    p += before
    const c = load<u8>(p)
    if (c == 0x22) {
      wide = above
      return above == 0 || utf8(from, p) != 0 ? p : 0
    }
    if (c != 0x5c) return 0
    const length = escapeLength(p)
    if (length == 0) return 0
    escaped = true
    p += length
  }
}

@inline
function digitOf(c: u32): u32 {
  return c <= 0x39 ? c - 0x30 : (c | 0x20) - 0x57
}

/** The UTF-16 unit of four hexadecimal digits. */
function unitAt(p: usize): u32 {
  return (digitOf(load<u8>(p)) << 12) | (digitOf(load<u8>(p, 1)) << 8) | (digitOf(load<u8>(p, 2)) << 4) | digitOf(load<u8>(p, 3))
}

/** The character of an escape of one letter. */
function characterOf(letter: u32): u32 {
  if (letter == 0x6e) return 0x0a
  if (letter == 0x74) return 0x09
  if (letter == 0x72) return 0x0d
  if (letter == 0x62) return 0x08
  return letter == 0x66 ? 0x0c : letter
}

/** Writes the UTF-8 of a code point past 0x7f. */
function putWide(to: usize, c: u32): usize {
  if (c < 0x800) store<u8>(to++, 0xc0 | (c >> 6))
  else {
    if (c < 0x10000) store<u8>(to++, 0xe0 | (c >> 12))
    else {
      store<u8>(to++, 0xf0 | (c >> 18))
      store<u8>(to++, 0x80 | ((c >> 12) & 63))
    }
    store<u8>(to++, 0x80 | ((c >> 6) & 63))
  }
  store<u8>(to, 0x80 | (c & 63))
  return to + 1
}

/**
 * Writes the characters of the string [p, end), which `textEnd` has read, to `to`: no more bytes than it has. Returns
 * where they end, and sets `wide`; 0 where one is U+0000 or half of a pair.
 */
export function unescape(p: usize, end: usize, to: usize): usize {
  let above: u32 = 0
  while (p < end) {
    const c: u32 = load<u8>(p)
    if (c != 0x5c) {
      store<u8>(to++, c)
      above |= c & 0x80
      p++
      continue
    }
    const letter: u32 = load<u8>(p, 1)
    if (letter != 0x75) {
      store<u8>(to++, characterOf(letter))
      p += 2
      continue
    }
    let unit = unitAt(p + 2)
    p += 6
    if (unit == 0) return 0
    if (unit - 0xd800 < 0x800) {
      if (unit >= 0xdc00 || end - p < 6 || load<u16>(p) != 0x755c) return 0
      const low = unitAt(p + 2) - 0xdc00
      if (low >= 0x400) return 0
      unit = 0x10000 + ((unit - 0xd800) << 10) + low
      p += 6
    }
    if (unit < 0x80) store<u8>(to++, unit)
    else {
      to = putWide(to, unit)
      above = 0x80
    }
  }
  wide = <i32>above
  return to
}

@inline
function areDigits(w: u64): bool {
  return ((w & 0xf0f0f0f0f0f0f0f0) | (((w + 0x0606060606060606) & 0xf0f0f0f0f0f0f0f0) >> 4)) == 0x3333333333333333
}

/** The number of eight digits, the first in the lowest byte. */
@inline
function numberOf(w: u64): u64 {
  w -= 0x3030303030303030
  w = w * 10 + (w >> 8)
  return (((w & 0x000000ff000000ff) * 0x000f424000000064) + (((w >> 16) & 0x000000ff000000ff) * 0x0000271000000001)) >> 32
}

/** 10 to the power of up to 22: exact, since every product on the way is. */
function powerOfTen(n: u32): f64 {
  let x: f64 = 1
  if (n & 1) x *= 10
  if (n & 2) x *= 100
  if (n & 4) x *= 10000
  if (n & 8) x *= 100000000
  if (n & 16) x *= 10000000000000000
  return x
}

/** Reads a number into `value`, or sets `inexact` (Clinger, "How to read floating point numbers accurately", 1990). */
export function number(p: usize): usize {
  const negative = load<u8>(p) == 0x2d
  if (negative) p++
  const first = p
  let mantissa: u64 = 0
  let digit = <u32>load<u8>(p) - 0x30
  if (digit > 9) return 0
  if (digit == 0) {
    p++
    if (<u32>load<u8>(p) - 0x30 <= 9) return 0
  } else {
    let w = load<u64>(p)
    if (areDigits(w)) {
      mantissa = numberOf(w)
      p += 8
      w = load<u64>(p)
      if (areDigits(w)) {
        mantissa = mantissa * 100000000 + numberOf(w)
        p += 8
      }
    }
    while (true) {
      digit = <u32>load<u8>(p) - 0x30
      if (digit > 9) break
      mantissa = mantissa * 10 + digit
      p++
    }
  }
  let digits = <u32>(p - first)
  let power: i32 = 0
  let c = load<u8>(p)
  if (c == 0x2e) {
    const point = ++p
    while (true) {
      digit = <u32>load<u8>(p) - 0x30
      if (digit > 9) break
      mantissa = mantissa * 10 + digit
      p++
    }
    if (p == point) return 0
    digits += <u32>(p - point)
    power = -<i32>min<usize>(p - point, 1000)
    c = load<u8>(p)
  }
  if ((c | 0x20) == 0x65) {
    c = load<u8>(++p)
    const down = c == 0x2d
    if (down || c == 0x2b) p++
    const from = p
    let exponent: i32 = 0
    while (true) {
      digit = <u32>load<u8>(p) - 0x30
      if (digit > 9) break
      if (exponent < 10000) exponent = exponent * 10 + digit
      p++
    }
    if (p == from) return 0
    power += down ? -exponent : exponent
  }
  inexact = digits > 19 || mantissa > 1 << 53 || power < -22 || power > 22
  let x = <f64>(<i64>mantissa)
  if (power < 0) x /= powerOfTen(-power & 31)
  else if (power > 0) x *= powerOfTen(power & 31)
  value = negative ? -x : x
  return p
}

/** The place behind `true`, `false` or `null`. */
@inline
export function literalEnd(p: usize): usize {
  const w = load<u32>(p)
  if (w == 0x65757274 || w == 0x6c6c756e) return p + 4
  return load<u8>(p) == 0x66 && load<u32>(p, 1) == 0x65736c61 ? p + 5 : 0
}

@inline
function scalarEnd(p: usize, c: u32): usize {
  return c == 0x2d || c - 0x30 <= 9 ? number(p) : literalEnd(p)
}

/** Steps over any value; 0 where there is none, or one nested deeper than DEPTH_MAX. */
export function skip(p: usize): usize {
  const c: u32 = load<u8>(p)
  if (c == 0x22) {
    p = textEnd(p + 1)
    return p == 0 ? 0 : p + 1
  }
  return c == 0x7b || c == 0x5b ? skipNested(p) : scalarEnd(p, c)
}

/** Steps over an array or object. A bit for each level says whether it is an object. */
function skipNested(p: usize): usize {
  let levels: u64 = 0
  let depth: u32 = 0
  while (true) {
    // A value is due.
    const c: u32 = load<u8>(p)
    if (c == 0x7b || c == 0x5b) {
      if (++depth > DEPTH_MAX) return 0
      levels = (levels << 1) | u64(c == 0x7b)
      p = blanks(p + 1)
      if (load<u8>(p) != c + 2) {
        if (c == 0x7b) {
          p = keyEnd(p)
          if (p == 0) return 0
        }
        continue
      }
      p++
      depth--
      levels >>= 1
    } else if (c == 0x22) {
      p = textEnd(p + 1)
      if (p == 0) return 0
      p++
    } else {
      p = scalarEnd(p, c)
      if (p == 0) return 0
    }
    // A value has ended.
    while (true) {
      if (depth == 0) return p
      p = blanks(p)
      const after: u32 = load<u8>(p)
      const isObject = (levels & 1) != 0
      if (after == 0x2c) {
        p = blanks(p + 1)
        if (isObject) {
          p = keyEnd(p)
          if (p == 0) return 0
        }
        break
      }
      if (after != (isObject ? 0x7d : 0x5d)) return 0
      p++
      depth--
      levels >>= 1
    }
  }
}

/** The place of the value behind a key and its colon. */
function keyEnd(p: usize): usize {
  if (load<u8>(p) != 0x22) return 0
  p = textEnd(p + 1)
  if (p == 0) return 0
  p = blanks(p + 1)
  return load<u8>(p) == 0x3a ? blanks(p + 1) : 0
}
