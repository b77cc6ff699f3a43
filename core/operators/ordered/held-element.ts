// Elements that a node holds until `time < W`, as rows: those of a flush by key, those that wait in the state by time.
//
// Promises: the byte order of the rows of a flush is that of (apart, time, rank, identity), where `apart` is what
// elements are processed together by; that of waiting rows is (time, rank, identity). Key, value and `by` are stored as
// canonical bytes, so that what comes out is `decode(encode(x))` of what went in (semantics.md 3.6).
// Not here: which values have no canonical bytes (`core/values/canonical.ts`).

import type { EncodedRow } from '../../state/row-codec.ts'
import { ByteReader, ByteWriter } from '../../values/bytes.ts'
import { canonicalBytes, decodeValue, encodeValue, skipValue } from '../../values/canonical.ts'

/** An element as it is given to a node that holds it, but for its value. */
export interface ElementToHold {
  readonly time: number
  /** Among elements of equal time those of lesser rank come first, before identities are compared. 0 to 255. */
  readonly rank: number
  readonly identity: Uint8Array
  readonly key: unknown
  /** What the node's `by` lambda gave; null where it has none. */
  readonly by: unknown
}

/** An element as it is read back. All bytes are canonical, and valid until the next row is read. */
export interface HeldElement {
  readonly time: number
  readonly rank: number
  readonly identity: Uint8Array
  readonly key: Uint8Array
  readonly value: Uint8Array
  readonly by: Uint8Array
}

/** Which elements are processed together: those of one key, or those of one key and one `by`. */
export type Apart = 'key' | 'by'

const keyWriter = new ByteWriter(128)
const valueWriter = new ByteWriter(512)
const rowWriter = new ByteWriter(512)

/** Appends what elements are ordered by to the key. */
function writeOrder(time: number, rank: number, identity: Uint8Array): void {
  encodeValue(keyWriter, time)
  keyWriter.byte(rank)
  keyWriter.bytes(identity)
}

/**
 * The row of an element in a flush; its bytes are valid until the next row is made. Throws `Unencodable` for the first
 * of key, value and `by` that has no canonical bytes.
 */
export function encodeElement(element: ElementToHold, value: unknown, apart: Apart): EncodedRow {
  keyWriter.reset()
  encodeValue(keyWriter, element.key)
  valueWriter.reset()
  encodeValue(valueWriter, value)
  return rowBehindKey(element, valueWriter.view(), apart)
}

/** The same for a value in canonical bytes. */
export function encodePacked(element: ElementToHold, value: Uint8Array, apart: Apart): EncodedRow {
  keyWriter.reset()
  encodeValue(keyWriter, element.key)
  return rowBehindKey(element, value, apart)
}

function rowBehindKey({ time, rank, identity, by }: ElementToHold, value: Uint8Array, apart: Apart): EncodedRow {
  rowWriter.reset()
  encodeValue(rowWriter, by)
  if (apart === 'by') keyWriter.bytes(rowWriter.view())
  writeOrder(time, rank, identity)
  rowWriter.bytes(value)
  return { key: keyWriter.view(), value: rowWriter.view() }
}

/** The row in a flush of an element whose parts are canonical bytes; valid as long. */
export function elementRow({ time, rank, identity, key, value, by }: HeldElement, apart: Apart): EncodedRow {
  keyWriter.reset()
  keyWriter.bytes(key)
  if (apart === 'by') keyWriter.bytes(by)
  writeOrder(time, rank, identity)
  rowWriter.reset()
  rowWriter.bytes(by)
  rowWriter.bytes(value)
  return { key: keyWriter.view(), value: rowWriter.view() }
}

/** How many bytes of the key of a row in a flush are those that elements are processed together by. */
export function apartLength(rowKey: Uint8Array, apart: Apart): number {
  const r = new ByteReader(rowKey)
  skipValue(r)
  if (apart === 'by') skipValue(r)
  return r.position
}

/** The element of a row in a flush, and its key. */
export function decodeElement(rowKey: Uint8Array, apart: number, key: Uint8Array, row: Uint8Array): HeldElement {
  const k = new ByteReader(rowKey, apart)
  const time = decodeValue(k) as number
  const rank = k.byte()
  const v = new ByteReader(row)
  skipValue(v)
  return {
    time,
    rank,
    identity: rowKey.subarray(k.position),
    key,
    value: row.subarray(v.position),
    by: row.subarray(0, v.position),
  }
}

/** The row of an element that waits in the state, valid until the next row is made. */
export function waitingRow({ time, rank, identity, key, value, by }: HeldElement): EncodedRow {
  keyWriter.reset()
  writeOrder(time, rank, identity)
  rowWriter.reset()
  rowWriter.bytes(key)
  rowWriter.bytes(value)
  rowWriter.bytes(by)
  return { key: keyWriter.view(), value: rowWriter.view() }
}

export function decodeWaiting(rowKey: Uint8Array, row: Uint8Array): HeldElement {
  const k = new ByteReader(rowKey)
  const time = decodeValue(k) as number
  const rank = k.byte()
  const v = new ByteReader(row)
  skipValue(v)
  const keyEnd = v.position
  skipValue(v)
  return {
    time,
    rank,
    identity: rowKey.subarray(k.position),
    key: row.subarray(0, keyEnd),
    value: row.subarray(keyEnd, v.position),
    by: row.subarray(v.position),
  }
}

/** Waiting rows of elements with `time < watermark` have keys below this; undefined where all have. */
export function waitingBefore(watermark: number): Uint8Array | undefined {
  return watermark === Number.POSITIVE_INFINITY ? undefined : canonicalBytes(watermark)
}
