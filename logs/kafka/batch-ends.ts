// Where a sequence of whole record batches ends, from their heads alone: what to fetch next while these are decoded.
//
// Promises: right for undamaged bytes, null for damaged ones.
// Not here: what is damaged (the decoder).

import {
  batchBytesAt,
  HEADER_BYTES,
  lastOffsetOf,
  magicAt,
  readBatchHeader,
  viewOf,
} from '../record-batch/batch-header.ts'

interface BatchesEnd {
  /** The offset after the last whole batch that begins before `to`. */
  readonly offset: bigint
  /** Leader epoch that the batch was written under. */
  readonly epoch: number
}

/** Null where there is no whole batch, or the bytes are damaged. */
export function endOfBatches(bytes: Uint8Array, to: bigint): BatchesEnd | null {
  const view = viewOf(bytes)
  let end: BatchesEnd | null = null
  for (let at = 0; bytes.length - at >= HEADER_BYTES; ) {
    const size = batchBytesAt(view, at)
    if (size < HEADER_BYTES || magicAt(view, at) !== 2) return null
    if (bytes.length - at < size) break
    const header = readBatchHeader(view, at)
    if (end !== null && header.baseOffset >= to) break
    end = { offset: lastOffsetOf(header) + 1n, epoch: header.leaderEpoch }
    at += size
  }
  return end
}
