// A plain record batch with its records compressed as one lz4 frame (Kafka documentation, "Record Batch").
//
// Promises: the same records; a batch that would not get smaller, or is compressed already, stays as it is. The bytes
// of the caller are not changed.

import { writeCrc } from './batch-builder.ts'
import { HEADER_BYTES, readBatchHeader, viewOf, writeCodec } from './batch-header.ts'
import { CODEC } from './codecs/compression.ts'
import { compressLz4 } from './codecs/lz4.ts'

/** Records of fewer bytes are sent as they are. */
const WORTHWHILE_BYTES = 512

export function compressBatch(batch: Uint8Array): Uint8Array {
  if (batch.length < HEADER_BYTES + WORTHWHILE_BYTES) return batch
  if (readBatchHeader(viewOf(batch), 0).codec !== CODEC.none) return batch
  const frame = compressLz4(batch.subarray(HEADER_BYTES))
  if (frame.length >= batch.length - HEADER_BYTES) return batch
  const compressed = new Uint8Array(HEADER_BYTES + frame.length)
  compressed.set(batch.subarray(0, HEADER_BYTES))
  compressed.set(frame, HEADER_BYTES)
  writeCodec(compressed, CODEC.lz4)
  writeCrc(compressed)
  return compressed
}
