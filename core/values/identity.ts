// Identities: canonical byte strings that are different for any two elements of a job and order those of equal time.
//
// Promises: nested tuples, not concatenations (semantics.md 2.8), so that no two different elements share one; the
// order of records is that of their positions (topic, partition, offset).

import { ByteWriter, concatBytes } from './bytes.ts'
import { canonicalBytes, encodeValue } from './canonical.ts'

const OPEN = canonicalBytes([]).slice(0, 1)
const CLOSE = canonicalBytes([]).slice(1)
const NULL = canonicalBytes(null)

/** The identity of a record: its position. */
export function recordIdentity(topic: string, partition: number, offset: bigint): Uint8Array {
  return canonicalBytes([topic, partition, offset])
}

const recordWriter = new ByteWriter(256)

/** The identities of the records of one partition: `recordIdentity` for many offsets. */
export function recordIdentities(topic: string, partition: number): (offset: bigint) => Uint8Array {
  const start = canonicalBytes([topic, partition]).slice(0, -CLOSE.length)
  return offset => {
    const w = recordWriter
    w.reset()
    w.bytes(start)
    encodeValue(w, offset)
    w.bytes(CLOSE)
    return w.take()
  }
}

/** The identity of result `index` of a `flatMap` or `flatMapKeys`, or of an element of branch `index` of a `merge`. */
export function childIdentity(parent: Uint8Array, index: number): Uint8Array {
  return concatBytes([OPEN, parent, canonicalBytes(index), CLOSE])
}

/** The identity of a joined pair; null for a side without a partner. */
export function pairIdentity(left: Uint8Array | null, right: Uint8Array | null): Uint8Array {
  return concatBytes([OPEN, left ?? NULL, right ?? NULL, CLOSE])
}

const windowWriter = new ByteWriter(256)

/** Bytes before and after what makes an identity. */
export const TUPLE = Object.freeze({ open: OPEN, close: CLOSE })

/** The identity of a closed window of one key, whose canonical bytes are given. */
export function windowIdentity(keyBytes: Uint8Array, start: number, end: number): Uint8Array {
  const w = windowWriter
  w.reset()
  w.bytes(OPEN)
  w.bytes(keyBytes)
  encodeValue(w, start)
  encodeValue(w, end)
  w.bytes(CLOSE)
  return w.take()
}
