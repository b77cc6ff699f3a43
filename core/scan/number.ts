// Numbers in JSON bytes.
//
// Promises: the grammar of RFC 8259 and the nearest double, as JSON.parse gives it. Up to 15 digits with a power of ten
// of at most 22 are exact in two operations (Clinger, "How to read floating point numbers accurately", 1990); others go
// through Number.

import { latin1Text } from './text.ts'

/** The number that `readNumber` has read. */
export const numberRead = new Float64Array(1)

const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`))
const MAX_DIGITS = 15

/** Reads a number into `numberRead[0]`; returns the place after it, or -1 where there is none. */
export function readNumber(bytes: Uint8Array, from: number, end: number): number {
  let p = from
  const negative = bytes[p] === 0x2d
  if (negative) p++
  const start = p
  let value = (bytes[p] as number) - 0x30
  if (value < 0 || value > 9) return -1
  p++
  if (value !== 0) {
    const limit = start + MAX_DIGITS
    while (p < limit) {
      const digit = (bytes[p] as number) - 0x30
      if (digit < 0 || digit > 9) break
      value = value * 10 + digit
      p++
    }
  }
  const c = bytes[p] as number
  if (c === 0x2c || c === 0x7d) {
    numberRead[0] = negative ? -value : value
    return p
  }
  return c === 0x2e || (c | 0x20) === 0x65 || (c >= 0x30 && c <= 0x39)
    ? readLong(bytes, from, end, start, p, value)
    : stopAt(p, negative ? -value : value)
}

function stopAt(p: number, value: number): number {
  numberRead[0] = value
  return p
}

/** Reads on after the first digits: a fraction, an exponent, or more digits than are exact. */
function readLong(bytes: Uint8Array, from: number, end: number, start: number, at: number, head: number): number {
  let p = at
  let value = head
  let exponent = 0
  let digits = p - start
  if (bytes[p] === 0x2e) {
    const point = p
    const limit = p + 1 + MAX_DIGITS - digits
    p++
    while (p < limit) {
      const digit = (bytes[p] as number) - 0x30
      if (digit < 0 || digit > 9) break
      value = value * 10 + digit
      p++
    }
    exponent = point + 1 - p
    if (exponent === 0) return digits < MAX_DIGITS ? -1 : readAny(bytes, from, end)
    digits -= exponent
  }
  let c = bytes[p] as number
  if (c >= 0x30 && c <= 0x39) return digits < MAX_DIGITS ? -1 : readAny(bytes, from, end)
  if ((c | 0x20) === 0x65) {
    p++
    c = bytes[p] as number
    const down = c === 0x2d
    if (down || c === 0x2b) p++
    let power = 0
    const first = p
    while (p < first + 4) {
      const digit = (bytes[p] as number) - 0x30
      if (digit < 0 || digit > 9) break
      power = power * 10 + digit
      p++
    }
    if (p === first) return -1
    if (p === first + 4) return readAny(bytes, from, end)
    exponent += down ? -power : power
  }
  if (exponent < -22 || exponent > 22) return readAny(bytes, from, end)
  value = exponent < 0 ? value / (POWERS[-exponent] as number) : value * (POWERS[exponent] as number)
  return stopAt(p, bytes[from] === 0x2d ? -value : value)
}

/** Any number at all, by its text. */
function readAny(bytes: Uint8Array, from: number, end: number): number {
  const stop = skipNumber(bytes, from, end)
  if (stop >= 0) numberRead[0] = Number(latin1Text(bytes, from, stop))
  return stop
}

/** Steps over a number; -1 where there is none. */
export function skipNumber(bytes: Uint8Array, from: number, end: number): number {
  let p = from
  if (bytes[p] === 0x2d) p++
  const c = bytes[p] as number
  if (c < 0x30 || c > 0x39) return -1
  p = c === 0x30 ? p + 1 : skipDigits(bytes, p, end)
  const next = bytes[p] as number
  if (next === 0x2c || next === 0x7d) return p
  if (next === 0x2e) {
    const stop = skipDigits(bytes, p + 1, end)
    if (stop === p + 1) return -1
    p = stop
  }
  if (((bytes[p] as number) | 0x20) === 0x65) {
    p++
    if (bytes[p] === 0x2b || bytes[p] === 0x2d) p++
    const stop = skipDigits(bytes, p, end)
    if (stop === p) return -1
    p = stop
  }
  return p
}

function skipDigits(bytes: Uint8Array, from: number, end: number): number {
  let p = from
  while (p < end) {
    const c = bytes[p] as number
    if (c < 0x30 || c > 0x39) break
    p++
  }
  return p
}

/** Digits of an integer that is exact as a double. */
const SAFE_DIGITS = 15

/**
 * The number from `from` to `stop` (exclusive) as a bigint; undefined where it has a fraction or exponent, or 1000
 * characters or more.
 */
export function bigintText(bytes: Uint8Array, from: number, stop: number): bigint | undefined {
  for (let p = from + 1; p < stop; p++) {
    const c = bytes[p] as number
    if (c < 0x30 || c > 0x39) return undefined
  }
  const text = latin1Text(bytes, from, stop)
  if (stop - from <= SAFE_DIGITS) return BigInt(Number(text))
  return stop - from < 1000 ? BigInt(text) : undefined
}
