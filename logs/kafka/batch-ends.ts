// Where a run of whole record batches ends, from their heads alone: what to fetch next while these are decoded.
//
// Promises: never wrong about sound bytes, null for damaged ones. Leaves to the decoder: saying what is damaged.

import {
  batchBytesAt,
  HEADER_BYTES,
  lastOffsetOf,
  magicAt,
  readBatchHeader,
  viewOf,
} from '../record-batch/batch-header.ts'

/** The offset after the last whole batch; null where there is none or the bytes are damaged. */
export function endOfBatches(bytes: Uint8Array): bigint | null {
  const view = viewOf(bytes)
  let last = -1
  for (let at = 0; bytes.length - at >= HEADER_BYTES; ) {
    const size = batchBytesAt(view, at)
    if (size < HEADER_BYTES || magicAt(view, at) !== 2) return null
    if (bytes.length - at < size) break
    last = at
    at += size
  }
  return last < 0 ? null : lastOffsetOf(readBatchHeader(view, last)) + 1n
}
