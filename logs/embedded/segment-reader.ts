// Reads a range of offsets from segment files, in buffers that the chunks point into.
//
// Promises: every byte between the two offsets was checked; a missing, repeated or cut-off range between or inside
// files is a typed failure. Remembers where batches begin, so that following a log does not walk a segment again.
// Not here: which segments there are, and how far they may be read (the callers).

import { type FileHandle, open } from 'node:fs/promises'
import { LyrebirdError } from '../../core/errors.ts'
import type { Chunk } from '../../core/log/chunk.ts'
import { fileFailure } from '../file-failures.ts'
import { SEEK_BYTES } from '../limits.ts'
import type { AbortedFilter } from '../record-batch/aborted-transactions.ts'
import { batchFailure, type Place } from '../record-batch/batch-failure.ts'
import { batchBytesAt, HEADER_BYTES, viewOf } from '../record-batch/batch-header.ts'
import { checkHead } from '../record-batch/batch-ranges.ts'
import { ChunkDraft } from '../record-batch/chunk-draft.ts'
import { decodeBatches } from '../record-batch/decode.ts'

export interface Segment {
  readonly path: string
  readonly start: bigint
  /** Bytes that may be read; null for the whole file. */
  readonly bytesLimit: number | null
}

interface SegmentRange {
  readonly from: bigint
  readonly to: bigint
  /** True for logs that hold every offset. */
  readonly gapless: boolean
  readonly aborted?: AbortedFilter
  readonly chunkBytes: number
}

/** Where a batch begins in its file: its first offset, or the end of the batch before it. */
interface Mark {
  readonly offset: bigint
  readonly position: number
}

/** Marks of segment files, by path; ascending. */
export class Marks {
  readonly #byPath = new Map<string, Mark[]>()

  add(path: string, mark: Mark): void {
    const marks = this.#byPath.get(path) ?? []
    const last = marks.at(-1)
    if (last === undefined || mark.offset > last.offset) marks.push(mark)
    this.#byPath.set(path, marks)
  }

  /** The last known place at or before an offset. */
  before(segment: Segment, offset: bigint): Mark {
    const found = this.#byPath.get(segment.path)?.findLast(mark => mark.offset <= offset)
    return found ?? { offset: segment.start, position: 0 }
  }
}

/** Yields the records of a range from segments sorted by start; the last chunk's nextOffset is `to`. */
export async function* readSegments(
  place: Place,
  segments: readonly Segment[],
  range: SegmentRange,
  marks: Marks,
): AsyncGenerator<Chunk> {
  let next = range.from
  let index = segments.findLastIndex(segment => segment.start <= next)
  if (index < 0) index = 0
  for (; next < range.to; index++) {
    const segment = segments[index]
    const gapEnd = segment === undefined || segment.start > range.to ? range.to : segment.start
    if (gapEnd > next) {
      if (segment === undefined || range.gapless) {
        throw batchFailure('log-gap', place, { from: next, to: gapEnd }, 'no segment file holds these offsets')
      }
      if (gapEnd === range.to) yield new ChunkDraft(new Uint8Array(0), 0).finish(place, range.to)
    }
    if (segment === undefined || segment.start >= range.to) return
    next = yield* readSegment(place, segment, segments[index + 1] ?? null, { ...range, from: next }, marks)
  }
}

async function* readSegment(
  place: Place,
  segment: Segment,
  following: Segment | null,
  range: SegmentRange,
  marks: Marks,
): AsyncGenerator<Chunk, bigint> {
  const handle = await openSegment(place, segment)
  try {
    const limit = await limitOf(handle, place, segment)
    let { offset, position } = marks.before(segment, range.from)
    let next = range.from
    const bytesAt = (): number => (offset < next ? Math.max(range.chunkBytes, SEEK_BYTES) : range.chunkBytes)
    let wanted = bytesAt()
    while (next < range.to && position < limit) {
      const bytes = await readBytes(handle, position, Math.min(wanted, limit - position), place)
      const request = { ...place, from: next, to: range.to, chunkBytes: range.chunkBytes }
      const decoded = decodeBatches(bytes, {
        ...request,
        ...(range.gapless ? { startsAt: offset } : {}),
        ...(range.aborted === undefined ? {} : { aborted: range.aborted }),
      })
      if (following !== null && (decoded.offsetUsed ?? 0n) > following.start) throw overlap(place, segment, following)
      if (decoded.offsetUsed === null && decoded.nextOffset === next) {
        wanted = batchBytes(bytes, place, { offset, position }, limit)
        continue
      }
      yield* decoded.chunks
      next = decoded.nextOffset
      position += decoded.bytesUsed
      offset = decoded.offsetUsed ?? offset
      wanted = bytesAt()
      marks.add(segment.path, { offset, position })
    }
    if (following !== null && offset >= following.start && position < limit) throw overlap(place, segment, following)
    return next
  } finally {
    await handle.close()
  }
}

/** Bytes of a batch that did not fit the buffer. Throws `truncated` where the file ends inside it. */
function batchBytes(bytes: Uint8Array, place: Place, at: Mark, limit: number): number {
  const whole = bytes.length >= HEADER_BYTES
  if (whole) checkHead(viewOf(bytes), 0, place)
  const needed = whole ? batchBytesAt(viewOf(bytes), 0) : HEADER_BYTES
  if (at.position + needed <= limit) return needed
  const what = `a segment ends inside a record batch (at byte ${limit})`
  throw batchFailure('truncated', place, { from: at.offset }, what)
}

async function openSegment(place: Place, segment: Segment): Promise<FileHandle> {
  try {
    return await open(segment.path, 'r')
  } catch (e) {
    if ((e as { code?: unknown }).code !== 'ENOENT') throw fileFailure(segment.path, e)
    throw batchFailure('log-gap', place, { from: segment.start }, `the segment file ${segment.path} is gone`)
  }
}

async function limitOf(handle: FileHandle, place: Place, segment: Segment): Promise<number> {
  const { size } = await handle.stat()
  if (segment.bytesLimit === null) return size
  if (size >= segment.bytesLimit) return segment.bytesLimit
  const what = `${segment.path} has ${size} bytes, but ${segment.bytesLimit} were published`
  throw batchFailure('truncated', place, { from: segment.start }, what)
}

/** Exactly `length` bytes. Throws `input-changed` where the file has become shorter. */
export async function readBytes(
  handle: FileHandle,
  position: number,
  length: number,
  place: Place,
): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(length)
  for (let filled = 0; filled < length; ) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, position + filled)
    if (bytesRead === 0) {
      const { topic, partition } = place
      throw new LyrebirdError('input-changed', `${topic}/${partition}: a segment became shorter while it was read`, {
        where: { topic, partition, position },
        hint: 'nobody but lyrebird may change the files of a log; restore them from a copy',
      })
    }
    filled += bytesRead
  }
  return bytes
}

function overlap(place: Place, segment: Segment, following: Segment): Error {
  const what = `${segment.path} goes on past the start of ${following.path}`
  return batchFailure('log-overlap', place, { from: following.start }, what)
}
