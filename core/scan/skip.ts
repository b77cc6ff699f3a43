// Stepping over blanks and over whole JSON values that no lambda uses.

import { skipNumber } from './number.ts'
import { skipText } from './text.ts'

const utf8 = new TextEncoder()

/** Deepest nesting that is stepped over here; deeper records go to the obvious decoder. */
export const MAX_SKIP_DEPTH = 60

/** The first place from `from` on that is no JSON blank, or the end. */
export function skipBlanks(bytes: Uint8Array, from: number, end: number): number {
  let p = from
  while (p < end) {
    const c = bytes[p] as number
    if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) break
    p++
  }
  return p
}

/** Little-endian words of the literals; `alse` is what follows the f. */
const TRUE = 0x65757274
const NULL = 0x6c6c756e
const ALSE = 0x65736c61

/** Steps over any JSON value; -1 where there is none, or one nested deeper than MAX_SKIP_DEPTH. */
export function skipAny(bytes: Uint8Array, view: DataView, from: number, end: number, depth: number): number {
  if (from >= end) return -1
  switch (bytes[from]) {
    case 0x22:
      return skipText(bytes, view, from + 1, end)
    case 0x7b:
      return skipObject(bytes, view, from + 1, end, depth + 1)
    case 0x5b:
      return skipArray(bytes, view, from + 1, end, depth + 1)
    case 0x74:
      return view.getInt32(from, true) === TRUE ? from + 4 : -1
    case 0x6e:
      return view.getInt32(from, true) === NULL ? from + 4 : -1
    case 0x66:
      return view.getInt32(from + 1, true) === ALSE ? from + 5 : -1
    default:
      return skipNumber(bytes, from, end)
  }
}

function skipObject(bytes: Uint8Array, view: DataView, from: number, end: number, depth: number): number {
  if (depth > MAX_SKIP_DEPTH) return -1
  let p = skipBlanks(bytes, from, end)
  if (p < end && bytes[p] === 0x7d) return p + 1
  while (p < end) {
    if (bytes[p] !== 0x22) return -1
    p = skipText(bytes, view, p + 1, end)
    if (p < 0) return -1
    p = skipBlanks(bytes, p, end)
    if (p >= end || bytes[p] !== 0x3a) return -1
    p = skipAny(bytes, view, skipBlanks(bytes, p + 1, end), end, depth)
    if (p < 0) return -1
    p = skipBlanks(bytes, p, end)
    if (p >= end) return -1
    if (bytes[p] === 0x7d) return p + 1
    if (bytes[p] !== 0x2c) return -1
    p = skipBlanks(bytes, p + 1, end)
  }
  return -1
}

function skipArray(bytes: Uint8Array, view: DataView, from: number, end: number, depth: number): number {
  if (depth > MAX_SKIP_DEPTH) return -1
  let p = skipBlanks(bytes, from, end)
  if (p < end && bytes[p] === 0x5d) return p + 1
  while (p < end) {
    p = skipAny(bytes, view, p, end, depth)
    if (p < 0) return -1
    p = skipBlanks(bytes, p, end)
    if (p >= end) return -1
    if (bytes[p] === 0x5d) return p + 1
    if (bytes[p] !== 0x2c) return -1
    p = skipBlanks(bytes, p + 1, end)
  }
  return -1
}

/**
 * The place of the value of a field of the object at `from`, the first one of that name; -1 where there is none or the
 * object is malformed before it. A key with escapes is no match.
 */
export function seekField(bytes: Uint8Array, view: DataView, from: number, end: number, name: string): number {
  const token = utf8.encode(`"${name}"`)
  let p = skipBlanks(bytes, from + 1, end)
  while (p < end && bytes[p] === 0x22) {
    const key = p
    p = skipText(bytes, view, p + 1, end)
    if (p < 0) return -1
    const stop = p
    p = skipBlanks(bytes, p, end)
    if (p >= end || bytes[p] !== 0x3a) return -1
    p = skipBlanks(bytes, p + 1, end)
    if (stop - key === token.length && token.every((byte, i) => bytes[key + i] === byte)) return p < end ? p : -1
    p = skipAny(bytes, view, p, end, 0)
    if (p < 0) return -1
    p = skipBlanks(bytes, p, end)
    if (p >= end || bytes[p] !== 0x2c) return -1
    p = skipBlanks(bytes, p + 1, end)
  }
  return -1
}
