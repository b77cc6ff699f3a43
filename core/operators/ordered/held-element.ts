// Elements that a node holds until `time < W`, as rows.
//
// Promises: the byte order of the keys is that of (time, rank, identity); key, value and `by` are stored as canonical
// bytes, so that what comes out is `decode(encode(x))` of what went in (semantics.md 3.6).
// Not here: which values have no canonical bytes (`core/values/canonical.ts`).

import type { EncodedRow } from '../../state/row-codec.ts'
import { ByteReader, ByteWriter } from '../../values/bytes.ts'
import { canonicalBytes, decodeValue, encodeValue, skipValue } from '../../values/canonical.ts'

/** An element as it is given to a node that holds it. */
interface ElementToHold {
  readonly time: number
  /** Among elements of equal time those of lesser rank come first, before identities are compared. 0 to 255. */
  readonly rank: number
  readonly identity: Uint8Array
  readonly key: unknown
  readonly value: unknown
  /** What the node's `by` lambda gave; null where it has none. */
  readonly by: unknown
}

/** The same as it is read back. All bytes are canonical, and valid until the next row is read. */
export interface HeldElement {
  readonly time: number
  readonly rank: number
  readonly identity: Uint8Array
  readonly key: Uint8Array
  readonly value: Uint8Array
  readonly by: Uint8Array
}

const keyWriter = new ByteWriter(128)
const valueWriter = new ByteWriter(512)

/**
 * The bytes are valid until the next element is encoded. Throws `Unencodable` where key, value or `by` has no canonical
 * bytes.
 */
export function encodeElement(e: ElementToHold): EncodedRow {
  keyWriter.reset()
  encodeValue(keyWriter, e.time)
  keyWriter.byte(e.rank)
  keyWriter.bytes(e.identity)
  valueWriter.reset()
  encodeValue(valueWriter, e.key)
  encodeValue(valueWriter, e.value)
  encodeValue(valueWriter, e.by)
  return { key: keyWriter.view(), value: valueWriter.view() }
}

/** The row of an element whose parts are canonical bytes, as `decodeElement` gives them; valid as long. */
export function elementRow({ time, rank, identity, key, value, by }: HeldElement): EncodedRow {
  keyWriter.reset()
  encodeValue(keyWriter, time)
  keyWriter.byte(rank)
  keyWriter.bytes(identity)
  valueWriter.reset()
  valueWriter.bytes(key)
  valueWriter.bytes(value)
  valueWriter.bytes(by)
  return { key: keyWriter.view(), value: valueWriter.view() }
}

export function decodeElement(key: Uint8Array, value: Uint8Array): HeldElement {
  const k = new ByteReader(key)
  const time = decodeValue(k) as number
  const rank = k.byte()
  const v = new ByteReader(value)
  skipValue(v)
  const keyEnd = v.position
  skipValue(v)
  return {
    time,
    rank,
    identity: key.subarray(k.position),
    key: value.subarray(0, keyEnd),
    value: value.subarray(keyEnd, v.position),
    by: value.subarray(v.position),
  }
}

/** Rows of elements with `time < watermark` have keys below this; undefined where all have. */
export function heldBefore(watermark: number): Uint8Array | undefined {
  return watermark === Number.POSITIVE_INFINITY ? undefined : canonicalBytes(watermark)
}
