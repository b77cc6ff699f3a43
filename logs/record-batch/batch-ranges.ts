// Walks over the heads of the record batches in some bytes.
//
// Promises: lengths, version, order of offsets and limits are checked before anything behind a head is read. A cut-off
// last batch ends the walk.
// Not here: checksums and records (`decode.ts`).

import { BATCH_BYTES_MAX } from '../limits.ts'
import { batchFailure, type Place } from './batch-failure.ts'
import {
  type BatchHeader,
  batchBytesAt,
  HEADER_BYTES,
  LENGTH_END,
  lastOffsetOf,
  magicAt,
  readBatchHeader,
  viewOf,
} from './batch-header.ts'

/**
 * The heads of the whole batches in `bytes`, up to the one that reaches offset `to`: what lies behind may not have been
 * published, so it is not read. Throws `bad-batch` and `too-big`.
 */
export function wholeBatches(bytes: Uint8Array, place: Place, to: bigint | null = null): BatchHeader[] {
  const view = viewOf(bytes)
  const headers: BatchHeader[] = []
  let next: bigint | null = null
  for (let at = 0; bytes.length - at >= HEADER_BYTES; ) {
    if (to !== null && next !== null && next >= to) break
    checkHead(view, at, place)
    if (bytes.length - at < batchBytesAt(view, at)) break
    const header = readBatchHeader(view, at)
    checkOffsets(header, next, place)
    next = lastOffsetOf(header) + 1n
    headers.push(header)
    at = header.end
  }
  return headers
}

/** Checks length and version of the batch at `at`; needs HEADER_BYTES bytes there. */
export function checkHead(view: DataView, at: number, place: Place): void {
  const batchBytes = batchBytesAt(view, at)
  const span = { from: view.getBigInt64(at) }
  if (batchBytes > BATCH_BYTES_MAX) throw batchFailure('too-big', place, span, `a batch of ${batchBytes} bytes`)
  if (batchBytes < HEADER_BYTES) {
    throw batchFailure('bad-batch', place, span, `a batch of ${batchBytes - LENGTH_END} bytes cannot be`)
  }
  const magic = magicAt(view, at)
  if (magic === 2) return
  throw batchFailure('bad-batch', place, span, `format v${magic}; only v2 (Kafka 0.11 and later) can be read`)
}

/** Offsets of a batch are not negative and lie at or past `next` (null: nothing is known). */
function checkOffsets(header: BatchHeader, next: bigint | null, place: Place): void {
  const span = { from: header.baseOffset }
  if (header.baseOffset < 0n || header.lastOffsetDelta < 0) {
    throw batchFailure('bad-batch', place, span, 'an offset below zero')
  }
  if (next === null || header.baseOffset >= next) return
  throw batchFailure('bad-batch', place, span, `offsets go back; ${next} or more was expected`)
}
