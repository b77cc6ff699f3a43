// Halves of pairs that `joinWithin` keeps, as rows of the state, with an index by the time after which they are
// deleted.
//
// Promises: the byte order of the keys is that of (key, time, side, identity), and in the index of (last time of a
// partner, key of the row).

import { ByteSlab } from '../../values/byte-slab.ts'
import { ByteReader, ByteWriter } from '../../values/bytes.ts'
import { canonicalBytes, decodeValue, encodeValue, skipValue } from '../../values/canonical.ts'

/** 0 for the left stream, 1 for the right one. */
export type JoinSide = 0 | 1

export interface Half {
  /** Key of the half's row in the state. */
  readonly rowKey: Uint8Array
  readonly side: JoinSide
  readonly time: number
  readonly identity: Uint8Array
  /** Canonical bytes. */
  readonly value: Uint8Array
  /** Whether it is not in the state yet. */
  readonly fresh: boolean
  /** Whether the state has it as matched. */
  readonly wasMatched: boolean
  matched: boolean
}

const MATCHED = 1

/** A half that has just come, but for its value. */
interface FreshHalf {
  readonly side: JoinSide
  readonly key: unknown
  readonly time: number
  readonly identity: Uint8Array
}

/** Its bytes are valid until the next row is made. */
interface HalfRow {
  readonly rowKey: Uint8Array
  readonly row: Uint8Array
}

const keyWriter = new ByteWriter(128)
const rowWriter = new ByteWriter(512)
const boundWriter = new ByteWriter(128)
/** Halves of one key are held together, and forgotten with it. */
const slab = new ByteSlab()

/** The row of a half that has just come. Throws `Unencodable` for a key or value without canonical bytes. */
export function encodeHalf(half: FreshHalf, value: unknown): HalfRow {
  const rowKey = halfKey(half)
  rowWriter.reset()
  rowWriter.byte(0)
  encodeValue(rowWriter, value)
  return { rowKey, row: rowWriter.view() }
}

/** The same for a value in canonical bytes. */
export function encodePackedHalf(half: FreshHalf, value: Uint8Array): HalfRow {
  return { rowKey: halfKey(half), row: halfRow(value, false) }
}

function halfKey({ side, key, time, identity }: FreshHalf): Uint8Array {
  const w = keyWriter
  w.reset()
  encodeValue(w, key)
  encodeValue(w, time)
  w.byte(side)
  w.bytes(identity)
  return w.view()
}

/** The row of a half, valid until the next one is made. */
export function halfRow(value: Uint8Array, matched: boolean): Uint8Array {
  const w = rowWriter
  w.reset()
  w.byte(matched ? MATCHED : 0)
  w.bytes(value)
  return w.view()
}

/** Copies what it is given. */
export function decodeHalf(rowKey: Uint8Array, row: Uint8Array, fresh: boolean): Half {
  const key = slab.copy(rowKey)
  const r = new ByteReader(key)
  skipValue(r)
  const time = decodeValue(r) as number
  const side = r.byte() as JoinSide
  const matched = row[0] === MATCHED
  return {
    rowKey: key,
    side,
    time,
    identity: key.subarray(r.position),
    value: slab.copy(row).subarray(1),
    fresh,
    wasMatched: matched,
    matched,
  }
}

/** How many bytes of a row's key are the element's key. */
export function keyLength(rowKey: Uint8Array): number {
  const r = new ByteReader(rowKey)
  skipValue(r)
  return r.position
}

/** The first possible row of a key at or after a time. */
export function rowKeyFrom(keyBytes: Uint8Array, time: number): Uint8Array {
  const w = boundWriter
  w.reset()
  w.bytes(keyBytes)
  encodeValue(w, time)
  return w.take()
}

/** Key of a half in the index: the last time that a partner may have, then the key of the half's row. */
export function indexKey(expiry: number, rowKey: Uint8Array): Uint8Array {
  const w = boundWriter
  w.reset()
  encodeValue(w, expiry)
  w.bytes(rowKey)
  return w.take()
}

/** The key of the row that an index key names. */
export const indexedRow = (key: Uint8Array): Uint8Array => key.subarray(EXPIRY_BYTES)

const EXPIRY_BYTES = canonicalBytes(0).length
