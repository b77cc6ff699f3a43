// Integers of any size in canonical bytes.
//
// Promises: byte order is numeric order. Zero is 80. A positive integer is 80 + n, then its n bytes; one of more than
// 118 bytes is FF, a length of four bytes, then its bytes. A negative one is the positive form of its magnitude with
// every bit inverted.

import { type ByteReader, ByteWriter } from './bytes.ts'

const ZERO = 0x80
const SHORT_MAX = 0x76
const SAFE = BigInt(Number.MAX_SAFE_INTEGER)
/** Integers of so many bytes are below 2^53. */
const SAFE_BYTES = 6

export function encodeBigint(w: ByteWriter, value: bigint): void {
  if (value === 0n) return w.byte(ZERO)
  if (value > 0n) return encodeMagnitude(w, value)
  const magnitude = new ByteWriter()
  encodeMagnitude(magnitude, -value)
  for (const byte of magnitude.view()) w.byte(~byte & 0xff)
}

function encodeMagnitude(w: ByteWriter, value: bigint): void {
  if (value <= SAFE) return encodeSafe(w, Number(value))
  const digits = value.toString(16)
  const length = (digits.length + 1) >> 1
  if (length <= SHORT_MAX) w.byte(ZERO + length)
  else {
    w.byte(0xff)
    w.u32(length)
  }
  const padded = digits.padStart(2 * length, '0')
  for (let i = 0; i < length; i++) w.byte(Number.parseInt(padded.slice(2 * i, 2 * i + 2), 16))
}

/** A positive integer below 2^53, as most are. */
function encodeSafe(w: ByteWriter, value: number): void {
  const high = Math.floor(value / 2 ** 32)
  const length = high === 0 ? bytesOf(value) : 4 + bytesOf(high)
  w.byte(ZERO + length)
  for (let i = length - 1; i >= 4; i--) w.byte((high >>> (8 * (i - 4))) & 0xff)
  for (let i = Math.min(3, length - 1); i >= 0; i--) w.byte((value >>> (8 * i)) & 0xff)
}

/** Bytes of a positive integer below 2^32. */
const bytesOf = (word: number): number => (39 - Math.clz32(word)) >> 3

export function decodeBigint(r: ByteReader): bigint {
  const first = r.byte()
  if (first === ZERO) return 0n
  const turned = first < ZERO ? 0xff : 0
  const length = lengthOf(r, first, turned)
  if (length <= SAFE_BYTES) {
    let value = 0
    for (let i = 0; i < length; i++) value = value * 256 + (r.byte() ^ turned)
    return BigInt(turned === 0 ? value : -value)
  }
  let digits = '0x'
  for (const byte of r.bytes(length)) digits += (byte ^ turned).toString(16).padStart(2, '0')
  return turned === 0 ? BigInt(digits) : -BigInt(digits)
}

export function skipBigint(r: ByteReader): void {
  const first = r.byte()
  if (first !== ZERO) r.bytes(lengthOf(r, first, first < ZERO ? 0xff : 0))
}

function lengthOf(r: ByteReader, first: number, turned: number): number {
  const head = first ^ turned
  if (head !== 0xff) return head - ZERO
  const length = r.u32()
  return turned === 0 ? length : ~length >>> 0
}
