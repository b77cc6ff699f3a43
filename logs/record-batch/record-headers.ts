// Headers of a record, decoded on demand, and ticks, which are recognised by a header.
//
// Promises: headers are a list in stored order, so repeated keys and keys such as `__proto__` are ordinary. Values are
// copies.

import { type Header, TICK_HEADER } from '../../core/log/chunk.ts'
import { MalformedBytes, VarintReader } from './varint-reader.ts'

const NO_HEADERS: readonly Header[] = Object.freeze([])
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
const tickKey = new TextEncoder().encode(TICK_HEADER)

/** The headers whose count is at `at`. `skipHeaders` has checked the bytes before. */
export function decodeHeaders(bytes: Uint8Array, at: number): readonly Header[] {
  const reader = new VarintReader(bytes, at, bytes.length)
  const count = reader.varint()
  if (count === 0) return NO_HEADERS
  const headers: Header[] = []
  for (let i = 0; i < count; i++) {
    const keyBytes = reader.varint()
    const key = utf8.decode(bytes.subarray(reader.at, reader.at + keyBytes))
    reader.at += keyBytes
    const valueBytes = reader.varint()
    // A copy, so that a kept header does not keep the whole buffer.
    const value = valueBytes < 0 ? null : new Uint8Array(bytes.subarray(reader.at, reader.at + valueBytes))
    reader.at += Math.max(valueBytes, 0)
    headers.push(Object.freeze({ key, value }))
  }
  return Object.freeze(headers)
}

/** Checks and skips `count` headers; true where one of them is the tick header. Throws `MalformedBytes`. */
export function skipHeaders(reader: VarintReader, count: number): boolean {
  let tick = false
  for (let i = 0; i < count; i++) {
    const keyBytes = reader.varint()
    if (keyBytes < 0 || keyBytes > reader.end - reader.at) throw new MalformedBytes('a header key overruns its record')
    tick ||= keyBytes === tickKey.length && isTickKey(reader.bytes, reader.at)
    reader.at += keyBytes
    const valueBytes = reader.varint()
    if (valueBytes < -1 || valueBytes > reader.end - reader.at) {
      throw new MalformedBytes('a header value overruns its record')
    }
    reader.at += Math.max(valueBytes, 0)
  }
  return tick
}

function isTickKey(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < tickKey.length; i++) {
    if (bytes[at + i] !== tickKey[i]) return false
  }
  return true
}
