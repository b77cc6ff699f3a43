// Strings in canonical bytes: generalised UTF-8, so that any string is a legal key, lone surrogates included.
//
// Promises: the byte order of two strings is the order of their code points (a lone surrogate counts as one); a zero
// byte is written as 00 FF and the end as 00. So the bytes of one text may be a prefix of another's only where the
// other goes on with FF: what follows a text must not begin with FF.

import { latin1Text } from '../scan/text.ts'
import { type ByteReader, ByteWriter, compareBytes } from './bytes.ts'

/** Appends the bytes of a text and its end. */
export function encodeText(w: ByteWriter, text: string): void {
  const { length } = text
  const u8 = w.reserve(3 * length + 1)
  const start = w.length
  let at = start
  for (let i = 0; i < length; i++) {
    let c = text.charCodeAt(i)
    if (c < 0x80) {
      u8[at++] = c
      if (c === 0) u8[at++] = 0xff
    } else if (c < 0x800) {
      u8[at++] = 0xc0 | (c >> 6)
      u8[at++] = 0x80 | (c & 63)
    } else {
      if (c >= 0xd800 && c <= 0xdbff && i + 1 < length) {
        const low = text.charCodeAt(i + 1)
        if (low >= 0xdc00 && low <= 0xdfff) {
          c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00)
          i++
          u8[at++] = 0xf0 | (c >> 18)
          u8[at++] = 0x80 | ((c >> 12) & 63)
          u8[at++] = 0x80 | ((c >> 6) & 63)
          u8[at++] = 0x80 | (c & 63)
          continue
        }
      }
      u8[at++] = 0xe0 | (c >> 12)
      u8[at++] = 0x80 | ((c >> 6) & 63)
      u8[at++] = 0x80 | (c & 63)
    }
  }
  u8[at++] = 0
  w.advance(at - start)
}

/** After a zero: it is one of the text's. */
const ESCAPE = 0xff

/** Whether a byte is that of an ASCII character other than zero; false for what is past the end. */
const isPlain = (byte: number): boolean => byte > 0 && byte < 0x80

/** Reads a text and steps over its end. Throws RangeError where there is none. */
export function decodeText(r: ByteReader): string {
  const { source, position } = r
  let end = position
  while (isPlain(source[end] as number)) end++
  if (source[end] === 0 && source[end + 1] !== ESCAPE) {
    r.position = end + 1
    return end === position ? '' : latin1Text(source, position, end)
  }
  const units: number[] = []
  let text = ''
  for (;;) {
    const c = r.byte()
    if (c === 0) {
      if (source[r.position] !== 0xff) break
      r.position++
      units.push(0)
    } else if (c < 0x80) units.push(c)
    else pushUnits(units, codePoint(r, c))
    if (units.length >= 4096) {
      text += String.fromCharCode.apply(null, units)
      units.length = 0
    }
  }
  return text + String.fromCharCode.apply(null, units)
}

function codePoint(r: ByteReader, first: number): number {
  if (first < 0xe0) return ((first & 31) << 6) | (r.byte() & 63)
  if (first < 0xf0) return ((first & 15) << 12) | ((r.byte() & 63) << 6) | (r.byte() & 63)
  return ((first & 7) << 18) | ((r.byte() & 63) << 12) | ((r.byte() & 63) << 6) | (r.byte() & 63)
}

function pushUnits(units: number[], c: number): void {
  if (c < 0x10000) units.push(c)
  else units.push(0xd800 + ((c - 0x10000) >> 10), 0xdc00 + ((c - 0x10000) & 0x3ff))
}

const SHORT = 32

/** Steps over a text, or over bytes in the same form, and their end. */
export function skipText(r: ByteReader): void {
  const { source } = r
  let at = r.position
  for (;;) {
    // Most texts are short: a call of the engine costs more than to step over them.
    const near = Math.min(source.length, at + SHORT)
    while (at < near && source[at] !== 0) at++
    at = source.indexOf(0, at)
    if (at < 0) throw new RangeError('bytes end before the value does')
    if (source[at + 1] !== 0xff) break
    at += 2
  }
  r.position = at + 1
}

/** Order of strings by their (generalised) UTF-8 bytes, which is the order of their code points. */
export function compareTexts(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    // Units and code points order differently only where a surrogate meets a unit past the surrogates.
    if (x >= 0xd800 && y >= 0xd800) return compareBytes(textBytes(a), textBytes(b))
    return x - y
  }
  // One is a prefix of the other, unless it ends inside a surrogate pair.
  return a.length < b.length
    ? splitsPair(a, b)
      ? compareBytes(textBytes(a), textBytes(b))
      : -1
    : splitsPair(b, a)
      ? compareBytes(textBytes(a), textBytes(b))
      : 1
}

function splitsPair(start: string, whole: string): boolean {
  const last = start.charCodeAt(start.length - 1)
  return last >= 0xd800 && last <= 0xdbff && whole.charCodeAt(start.length) >= 0xdc00
}

function textBytes(text: string): Uint8Array {
  const w = new ByteWriter()
  encodeText(w, text)
  return w.view()
}
