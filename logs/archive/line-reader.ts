// Lines of an archive file, as chunks that point into the buffers that were read.
//
// Promises: one line is one record, without its line feed; a carriage return stays in the value; an empty line is a
// record; so is a last line without a line feed. A line may span reads. A byte order mark is no part of a file's first
// line.
// Not here: offsets of files (`archive-partition.ts`).

import type { Chunk, Header } from '../../core/log/chunk.ts'
import { RECORD_BYTES_MAX } from '../limits.ts'
import { batchFailure, type Place } from '../record-batch/batch-failure.ts'
import type { ByteSource } from './byte-source.ts'
import type { LineBuffers } from './line-buffers.ts'

const LINE_FEED = 0x0a
/** U+FEFF in UTF-8. */
const BYTE_ORDER_MARK = 0xefbbbf
const NO_HEADERS: readonly Header[] = Object.freeze([])

/** Some consecutive lines, and where the next one begins. */
interface Lines {
  readonly bytes: Buffer
  readonly count: number
  readonly starts: Int32Array
  readonly ends: Int32Array
  /** Bytes from the start of the first line to the start of the next one. */
  readonly bytesUsed: number
  /** Says, once, that nobody reads them any more. */
  readonly release: () => void
}

/**
 * Yields the lines of a source, about `chunkBytes` at a time. `first` is the offset of the first one, for errors only.
 */
export async function* readLines(
  source: ByteSource,
  place: Place,
  first: bigint,
  chunkBytes: number,
  buffers: LineBuffers,
): AsyncGenerator<Lines> {
  let carry: Buffer = Buffer.alloc(0)
  let offset = first
  for (let ended = false; !ended; ) {
    if (carry.length > RECORD_BYTES_MAX) {
      throw batchFailure('too-big', place, { from: offset }, `a line of more than ${RECORD_BYTES_MAX} bytes`)
    }
    // A long line grows the buffer geometrically, so that it is not copied again for each read.
    const size = carry.length + Math.max(chunkBytes, carry.length, 1)
    const whole = buffers.take(size)
    const buffer = whole.subarray(0, size)
    carry.copy(buffer)
    const filled = carry.length + (await source.fill(buffer, carry.length))
    ended = filled < buffer.length
    const lines = { ...splitLines(buffer.subarray(0, filled), ended), release: () => buffers.giveBack(whole) }
    carry = buffer.subarray(lines.bytesUsed, filled)
    offset += BigInt(lines.count)
    if (lines.count > 0) yield lines
  }
}

export const NO_LINES: Lines = Object.freeze({
  bytes: Buffer.alloc(0),
  count: 0,
  starts: new Int32Array(0),
  ends: new Int32Array(0),
  bytesUsed: 0,
  release: () => {},
})

function splitLines(bytes: Buffer, ended: boolean): Omit<Lines, 'release'> {
  let starts = new Int32Array(Math.max(16, bytes.length >>> 6))
  let ends = new Int32Array(starts.length)
  let count = 0
  let at = 0
  for (;;) {
    let end = bytes.indexOf(LINE_FEED, at)
    if (end < 0) {
      if (!ended || at >= bytes.length) break
      end = bytes.length
    }
    if (count === starts.length) {
      starts = grown(starts)
      ends = grown(ends)
    }
    starts[count] = at
    ends[count] = end
    count++
    at = end + 1
  }
  return { bytes, count, starts, ends, bytesUsed: Math.min(at, bytes.length) }
}

function grown(values: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(values.length * 2)
  larger.set(values)
  return larger
}

/** Takes the byte order mark, as Windows programs write it, off the first line of a file. */
export function dropByteOrderMark({ bytes, starts, ends }: Lines): void {
  const [start, end] = [starts[0] as number, ends[0] as number]
  if (end - start >= 3 && bytes.readUIntBE(start, 3) === BYTE_ORDER_MARK) starts[0] = start + 3
}

/** A chunk of lines[from, to), the first of them at `baseOffset`. */
export function chunkOfLines(place: Place, lines: Lines, from: number, to: number, baseOffset: bigint): Chunk {
  return {
    topic: place.topic,
    partition: place.partition,
    bytes: lines.bytes,
    count: to - from,
    baseOffset,
    offsetDelta: null,
    valueStart: lines.starts.subarray(from, to),
    valueEnd: lines.ends.subarray(from, to),
    keyStart: null,
    keyEnd: null,
    timestamps: null,
    ticks: null,
    headers: () => NO_HEADERS,
    release: lines.release,
    nextOffset: baseOffset + BigInt(to - from),
  }
}
