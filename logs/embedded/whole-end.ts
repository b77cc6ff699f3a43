// Where the whole records of an embedded partition end, by the segments alone: for a mark that is damaged or missing.
//
// Promises: every batch up to the end has its checksum and follows the one before it. Bytes behind the end are a write
// that was cut off; where whole batches lie behind damaged ones, that is damage (`bad-crc`), since an end before them
// would cut off records.
// Not here: how much of this was published; a crash may have left whole batches that were not.

import { open } from 'node:fs/promises'
import { crc32c } from '@node-rs/crc32'
import { fileFailure } from '../file-failures.ts'
import { listPartitionFiles, type PartitionFile } from '../layout.ts'
import { BATCH_BYTES_MAX, CHUNK_BYTES } from '../limits.ts'
import { batchFailure, type Place } from '../record-batch/batch-failure.ts'
import {
  ATTRIBUTES_AT,
  batchBytesAt,
  HEADER_BYTES,
  lastOffsetOf,
  magicAt,
  readBatchHeader,
  viewOf,
} from '../record-batch/batch-header.ts'
import { readBytes } from './segment-reader.ts'

interface WholeEnd {
  /** First offset that the partition still has. */
  readonly start: bigint
  /** Exclusive end of the whole records. */
  readonly end: bigint
  /** The segment that holds the end, and the bytes up to it. */
  readonly segmentStart: bigint
  readonly segmentBytes: number
  /** Bytes behind the end. */
  readonly cutOff: number
}

/** Throws `bad-crc`, `log-gap`. */
export async function findWholeEnd(place: Place, directory: string): Promise<WholeEnd> {
  const { files } = await listPartitionFiles(place.topic, place.partition, directory)
  const start = files[0]?.start ?? 0n
  let found: WholeEnd = { start, end: start, segmentStart: start, segmentBytes: 0, cutOff: 0 }
  for (const [index, file] of files.entries()) {
    if (file.start !== found.end) throw gap(place, found.end, file)
    const { end, bytes, size } = await walk(place, file)
    found = { start, end, segmentStart: file.start, segmentBytes: bytes, cutOff: size - bytes }
    const following = files[index + 1]
    if (following !== undefined && size > bytes) throw damaged(place, end, file.path)
  }
  return found
}

/** Walks over the whole batches of a segment. */
async function walk(place: Place, file: PartitionFile): Promise<{ end: bigint; bytes: number; size: number }> {
  const handle = await open(file.path, 'r').catch(e => {
    throw fileFailure(file.path, e)
  })
  try {
    const { size } = await handle.stat()
    let [position, end, wanted] = [0, file.start, CHUNK_BYTES]
    while (position < size) {
      const bytes = await readBytes(handle, position, Math.min(wanted, size - position), place)
      const used = wholeBytes(bytes, end)
      position += used.bytes
      end = used.end
      if (used.bytes > 0) wanted = CHUNK_BYTES
      else if (position + bytes.length < size && wanted < needed(bytes)) wanted = needed(bytes)
      else break
    }
    for (let at = position; at < size; at += CHUNK_BYTES) {
      // Pieces overlap, so that a batch that begins in one is found whole.
      const length = Math.min(CHUNK_BYTES + BATCH_BYTES_MAX, size - at)
      if (hasWholeBatch(await readBytes(handle, at, length, place), end)) throw damaged(place, end, file.path)
    }
    return { end, bytes: position, size }
  } finally {
    await handle.close()
  }
}

function wholeBytes(bytes: Uint8Array, from: bigint): { bytes: number; end: bigint } {
  let [at, end] = [0, from]
  while (isWhole(bytes, at)) {
    const header = readBatchHeader(viewOf(bytes), at)
    if (header.baseOffset !== end) break
    end = lastOffsetOf(header) + 1n
    at = header.end
  }
  return { bytes: at, end }
}

/** Bytes that the batch at the beginning says it has. */
function needed(bytes: Uint8Array): number {
  if (bytes.length < HEADER_BYTES) return HEADER_BYTES
  const length = batchBytesAt(viewOf(bytes), 0)
  return length > BATCH_BYTES_MAX ? 0 : length
}

function isWhole(bytes: Uint8Array, at: number): boolean {
  if (bytes.length - at < HEADER_BYTES) return false
  const view = viewOf(bytes)
  const length = batchBytesAt(view, at)
  if (magicAt(view, at) !== 2 || length < HEADER_BYTES || length > bytes.length - at) return false
  return readBatchHeader(view, at).crc === crc32c(bytes.subarray(at + ATTRIBUTES_AT, at + length))
}

/** Whether a batch of offsets at or past `from` begins anywhere in the first `CHUNK_BYTES`. */
function hasWholeBatch(bytes: Uint8Array, from: bigint): boolean {
  const view = viewOf(bytes)
  const last = Math.min(CHUNK_BYTES, bytes.length - HEADER_BYTES + 1)
  for (let at = 0; at < last; at++) {
    // The base offset first: it is zero or another number nearly everywhere.
    const base = view.getBigInt64(at)
    if (base >= from && base < from + 2n ** 40n && isWhole(bytes, at)) return true
  }
  return false
}

function gap(place: Place, expected: bigint, file: PartitionFile): Error {
  return batchFailure('log-gap', place, { from: expected, to: file.start }, `${file.path} does not follow on these`)
}

function damaged(place: Place, end: bigint, path: string): Error {
  return batchFailure('bad-crc', place, { from: end }, `${path} is damaged there, and whole records follow`)
}
