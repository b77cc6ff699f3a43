// Control batches: the ends of transactions (Kafka documentation, "Control Batches").
//
// Promises: a control batch is recognised by its attribute; its key gives the type: an int16 version, then an int16
// type, 0 for abort and 1 for commit. Other types end no transaction.

import { type BatchHeader, HEADER_BYTES, viewOf } from './batch-header.ts'
import { CODEC } from './codecs/compression.ts'
import { MalformedBytes, VarintReader } from './varint-reader.ts'

/** Null where compaction has removed the record. */
type ControlType = number | null

export const isAbortMarker = (bytes: Uint8Array, header: BatchHeader): boolean => controlTypeOf(bytes, header) === 0
export const isCommitMarker = (bytes: Uint8Array, header: BatchHeader): boolean => controlTypeOf(bytes, header) === 1

/** The type of a control batch that is whole in `bytes`. Throws `MalformedBytes`. */
function controlTypeOf(bytes: Uint8Array, header: BatchHeader): ControlType {
  if (header.count === 0) return null
  if (header.codec !== CODEC.none) throw new MalformedBytes('it is a compressed control batch')
  const reader = new VarintReader(bytes, header.at + HEADER_BYTES, header.end)
  reader.varint() // The record's length.
  reader.at++ // Its attributes.
  reader.addVarlong(0n, 0) // Its timestamp.
  reader.varint() // Its offset.
  const keyBytes = reader.varint()
  if (keyBytes < 4 || reader.at + keyBytes > header.end)
    throw new MalformedBytes('it is a control batch without a type')
  return viewOf(bytes).getInt16(reader.at + 2)
}
