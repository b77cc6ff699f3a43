// Whole numbers from 0 to 2^53 - 1 in few bytes: seven bits a byte, least significant first, the eighth bit says that
// more follow (LEB128). Zigzag maps signed numbers to these: 0, -1, 1, -2, 2 become 0, 1, 2, 3, 4.
//
// Promises: a number is written in as few bytes as it needs.
// Not here: limits on what is read (a caller that does not trust the bytes checks `varintEnd` first).

import type { ByteReader, ByteWriter } from './bytes.ts'

/** Writes into bytes that have room for it; returns the place after it. */
export function putVarint(bytes: Uint8Array, at: number, value: number): number {
  let end = at
  let rest = value
  for (; rest > 0x7fffffff; rest = Math.floor(rest / 128)) bytes[end++] = (rest % 128) | 0x80
  for (; rest >= 0x80; rest >>>= 7) bytes[end++] = (rest & 0x7f) | 0x80
  bytes[end++] = rest
  return end
}

/** How many bytes a number takes. */
export function varintBytes(value: number): number {
  let bytes = 1
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 128)) bytes++
  return bytes
}

/** The number at `at`; NaN where it is cut off. */
export function varintAt(bytes: Uint8Array, at: number): number {
  let value = 0
  let scale = 1
  for (let i = at; ; i++) {
    const byte = bytes[i] as number
    value += (byte & 0x7f) * scale
    if (byte < 0x80) return value
    if (i >= bytes.length) return Number.NaN
    scale *= 128
  }
}

/** Where the number at `at` ends; past the end of the bytes where it is cut off. */
export function varintEnd(bytes: Uint8Array, at: number): number {
  let end = at
  while ((bytes[end] as number) >= 0x80) end++
  return end + 1
}

export function writeVarint(w: ByteWriter, value: number): void {
  const { length } = w
  w.advance(putVarint(w.reserve(8), length, value) - length)
}

/** Throws RangeError past the end. */
export function readVarint(r: ByteReader): number {
  const at = r.position
  r.stepOver(varintEnd(r.source, at) - at)
  return varintAt(r.source, at)
}

/** Zigzag of a number of less than 52 bits. */
export const zigzag = (value: number): number => (value < 0 ? -value * 2 - 1 : value * 2)

export const fromZigzag = (raw: number): number => (raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2)

/** As `fromZigzag`, for the bits of a 32-bit number: integer arithmetic alone. */
export const fromZigzag32 = (raw: number): number => (raw >>> 1) ^ -(raw & 1)
