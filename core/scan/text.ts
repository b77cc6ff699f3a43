// Strings in JSON bytes: where they end, and their text.
//
// Promises: accepts what JSON.parse accepts of strict UTF-8 and nothing else; four bytes are tested at a time. Every
// function takes the whole bytes, a view on them and an exclusive end; bytes past the end may be read (at least
// SCAN_PADDING of them must exist) but have no effect on the result.
// Not here: what is wrong with a record that is not accepted (`core/decode`).

import { shortText } from './short-text.ts'

/** Bytes that must be readable past the end of a record. */
export const SCAN_PADDING = 160

/**
 * The same bytes as a plain Uint8Array, not a subclass: engines compile code that sees one class only for that class.
 */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  return bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
}

/** A copy of a record's bytes, from place 0 on, followed by padding. */
export function paddedCopy(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const copy = new Uint8Array(end - start + SCAN_PADDING)
  copy.set(bytes.subarray(start, end))
  return copy
}

/** Where the function that last returned a value stopped reading. */
export const stopped = new Int32Array(1)

const QUOTE = 0x22
const BACKSLASH = 0x5c

/**
 * The place of the quote that closes a string of plain ASCII characters, from its first character on. Where something
 * else comes first (an escape, a control character, another byte, the end), `~place` of it, which is negative.
 */
export function plainText(view: DataView, from: number, end: number): number {
  let p = from
  while (p < end) {
    const w = view.getInt32(p, true)
    const quote = w ^ 0x22222222
    const slash = w ^ 0x5c5c5c5c
    const odd = (w | (w - 0x20202020) | (quote - 0x01010101) | (slash - 0x01010101)) & 0x80808080
    if (odd !== 0) {
      // The lowest flag is always right: a borrow can only come from a byte that is flagged itself.
      p += (31 - Math.clz32(odd & -odd)) >> 3
      return p < end && view.getUint8(p) === QUOTE ? p : ~p
    }
    p += 4
  }
  return ~p
}

/** Steps over a string, from after its opening quote to after its closing one; -1 where it is no JSON string. */
export function skipText(bytes: Uint8Array, view: DataView, from: number, end: number): number {
  const p = plainText(view, from, end)
  return p >= 0 ? p + 1 : skipOddText(bytes, view, ~p, end)
}

/** Whether the string that `skipOddText` last stepped over has an escape. */
let escaped = false

/** As `skipText`, from the first character that is not plain. */
function skipOddText(bytes: Uint8Array, view: DataView, from: number, end: number): number {
  escaped = false
  let p = from
  while (p < end) {
    const c = bytes[p] as number
    if (c === QUOTE) return p + 1
    if (c === BACKSLASH) escaped = true
    const length = c === BACKSLASH ? escapeLength(bytes, p) : c >= 0x80 ? utf8Length(bytes, p) : 0
    if (length === 0) return -1
    const next = plainText(view, p + length, end)
    if (next >= 0) return next + 1
    p = ~next
  }
  return -1
}

/** Length of the escape at p; 0 where it is none. */
function escapeLength(bytes: Uint8Array, p: number): number {
  switch (bytes[p + 1]) {
    case 0x22:
    case 0x5c:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return 2
    case 0x75:
      return isHex(bytes[p + 2]) && isHex(bytes[p + 3]) && isHex(bytes[p + 4]) && isHex(bytes[p + 5]) ? 6 : 0
    default:
      return 0
  }
}

function isHex(c: number | undefined): boolean {
  return c !== undefined && ((c >= 0x30 && c <= 0x39) || ((c | 0x20) >= 0x61 && (c | 0x20) <= 0x66))
}

/** Length of the well-formed UTF-8 sequence of more than one byte at p (Unicode 15, table 3-7); 0 where it is none. */
function utf8Length(bytes: Uint8Array, p: number): number {
  const a = bytes[p] as number
  const b = bytes[p + 1] as number
  if (a >= 0xc2 && a <= 0xdf) return isTail(b) ? 2 : 0
  if (a >= 0xe0 && a <= 0xef) {
    const least = a === 0xe0 ? 0xa0 : 0x80
    const most = a === 0xed ? 0x9f : 0xbf
    return b >= least && b <= most && isTail(bytes[p + 2] as number) ? 3 : 0
  }
  if (a >= 0xf0 && a <= 0xf4) {
    const least = a === 0xf0 ? 0x90 : 0x80
    const most = a === 0xf4 ? 0x8f : 0xbf
    return b >= least && b <= most && isTail(bytes[p + 2] as number) && isTail(bytes[p + 3] as number) ? 4 : 0
  }
  return 0
}

const isTail = (c: number): boolean => (c & 0xc0) === 0x80

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text of well-formed UTF-8. Throws TypeError otherwise. */
export function utf8Text(bytes: Uint8Array, start: number, end: number): string {
  return utf8.decode(bytes.subarray(start, end))
}

/**
 * The text of a string that is not plain, from its opening quote on; undefined where it is no JSON string. `stopped[0]`
 * is then the place after its closing quote.
 */
export function oddText(
  bytes: Uint8Array,
  view: DataView,
  quote: number,
  odd: number,
  end: number,
): string | undefined {
  const stop = skipOddText(bytes, view, odd, end)
  if (stop < 0) return undefined
  stopped[0] = stop
  return escaped ? (JSON.parse(utf8Text(bytes, quote, stop)) as string) : utf8Text(bytes, quote + 1, stop - 1)
}

type Slice = (this: Uint8Array, start: number, end: number) => string

/** Node's own slice where it exists: five times as fast as building a text from its units. */
const nodeSlice = (globalThis as { Buffer?: { prototype: { latin1Slice?: Slice } } }).Buffer?.prototype.latin1Slice

/** The text whose units are the bytes. */
export function latin1Text(bytes: Uint8Array, start: number, end: number): string {
  if (nodeSlice !== undefined) return nodeSlice.call(bytes, start, end)
  let text = ''
  for (let p = start; p < end; p += 4096) text += String.fromCharCode(...bytes.subarray(p, Math.min(end, p + 4096)))
  return text
}

/** The text of plain ASCII bytes. */
export function asciiText(bytes: Uint8Array, view: DataView, start: number, end: number): string {
  return shortText(view, start, end - start) ?? latin1Text(bytes, start, end)
}

/** Whether all bytes are ASCII. */
export function isAscii(view: DataView, from: number, end: number): boolean {
  let p = from
  for (; p + 4 <= end; p += 4) if ((view.getInt32(p, true) & 0x80808080) !== 0) return false
  for (; p < end; p++) if (view.getUint8(p) >= 0x80) return false
  return true
}

/** Whether all bytes are well-formed UTF-8. */
export function isUtf8(bytes: Uint8Array, from: number, end: number): boolean {
  let p = from
  while (p < end) {
    const length = (bytes[p] as number) < 0x80 ? 1 : utf8Length(bytes, p)
    if (length === 0) return false
    p += length
  }
  return p === end
}
