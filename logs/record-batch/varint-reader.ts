// Zigzag varints of a record (Kafka protocol guide: VARINT and VARLONG).
//
// Promises: never reads past `end` unnoticed; a varint that is too long or cut off throws `MalformedBytes`.
// Separate from core/values/varint.ts: every field of every record comes through here, nearly always in one or two
// bytes, and the bytes are checked for their length (32 or 64 bits) and their end while they are read.

import { fromZigzag, fromZigzag32 } from '../../core/values/varint.ts'

/** Thrown for bytes that are no record. Becomes `bad-batch` with topic, partition and offsets where these are known. */
export class MalformedBytes extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'MalformedBytes'
  }
}

export class VarintReader {
  readonly bytes: Uint8Array
  readonly end: number
  at: number

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.bytes = bytes
    this.at = at
    this.end = end
  }

  /** A signed 32-bit value. */
  varint(): number {
    const at = this.at
    if (at < this.end) {
      const first = this.bytes[at] as number
      if (first < 0x80) {
        this.at = at + 1
        return fromZigzag32(first)
      }
      if (at + 1 < this.end) {
        const second = this.bytes[at + 1] as number
        if (second < 0x80) {
          this.at = at + 2
          const raw = (second << 7) | (first & 0x7f)
          return fromZigzag32(raw)
        }
      }
    }
    return this.#longer()
  }

  /**
   * `base` plus a signed 64-bit value, as the nearest double (exact below 2^53). `baseNumber` is `base` as a double.
   */
  addVarlong(base: bigint, baseNumber: number): number {
    const bytes = this.bytes
    const at = this.at
    if (at + 4 < this.end) {
      let byte = bytes[at] as number
      let raw = byte & 0x7f
      let i = 1
      for (; byte >= 0x80 && i < 4; i++) {
        byte = bytes[at + i] as number
        raw |= (byte & 0x7f) << (7 * i)
      }
      if (byte < 0x80) {
        this.at = at + i
        return baseNumber + fromZigzag32(raw)
      }
    }
    const delta = this.#longLonger()
    return typeof delta === 'number' ? baseNumber + delta : Number(BigInt.asIntN(64, base + delta))
  }

  #longer(): number {
    let raw = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#byte()
      if (shift === 28 && byte > 0x0f) break
      raw |= (byte & 0x7f) << shift
      if (byte < 0x80) return fromZigzag32(raw)
    }
    throw new MalformedBytes('a varint is longer than 32 bits')
  }

  #longLonger(): bigint | number {
    let low = 0
    let scale = 1
    for (let i = 0; i < 7; i++) {
      const byte = this.#byte()
      low += (byte & 0x7f) * scale
      scale *= 128
      if (byte < 0x80) return fromZigzag(low)
    }
    let raw = BigInt(low)
    for (let shift = 49n; shift < 70n; shift += 7n) {
      const byte = this.#byte()
      if (shift === 63n && byte > 1) break
      raw |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return (raw >> 1n) ^ -(raw & 1n)
    }
    throw new MalformedBytes('a varlong is longer than 64 bits')
  }

  #byte(): number {
    if (this.at >= this.end) throw new MalformedBytes('a varint is cut off')
    return this.bytes[this.at++] as number
  }
}
