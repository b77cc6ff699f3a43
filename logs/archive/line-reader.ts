// Lines of an archive file, as chunks that point into the buffers that were read.
//
// Promises: one line is one record, without its line feed; a carriage return stays in the value; an empty line is a
// record; so is a last line without a line feed. A line may span reads. A byte order mark is no part of a file's first
// line.
// Not here: offsets of files (`archive-partition.ts`).

import type { OwnKernel } from '../../core/kernel/kernel-over.ts'
import type { KernelMemory } from '../../core/kernel/memory.ts'
import { Regions } from '../../core/kernel/regions.ts'
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
  /** Of the kernel that `bytes` lie in. */
  readonly memory?: KernelMemory | undefined
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
    const { kernel } = buffers
    const found = kernel === null ? findLines(buffer.subarray(0, filled)) : findLinesIn(kernel, buffer, filled)
    const lines = linesOf(found, buffer.subarray(0, filled), ended, { kernel, release: () => buffers.giveBack(whole) })
    // A copy: the buffer may be given back, and written to, before the next read.
    carry = Buffer.from(buffer.subarray(lines.bytesUsed, filled))
    offset += BigInt(lines.count)
    if (lines.count > 0) yield lines
    else lines.release()
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

/** Lines that a line feed closes: where they begin and end. */
interface Found {
  count: number
  starts: Int32Array
  ends: Int32Array
}

const placesFor = (bytes: number): number => Math.max(16, bytes >>> 6)

function findLines(bytes: Buffer): Found {
  const places = placesFor(bytes.length)
  const found = { count: 0, starts: new Int32Array(places), ends: new Int32Array(places) }
  let at = 0
  for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, at)) {
    addLine(found, at, end)
    at = end + 1
  }
  return found
}

/** The same by the kernel in whose memory the bytes lie. */
function findLinesIn({ kernel, memory }: OwnKernel, { byteOffset }: Buffer, filled: number): Found {
  const regions = new Regions(memory)
  let found: Found = { count: 0, starts: new Int32Array(0), ends: new Int32Array(0) }
  for (let places = placesFor(filled); ; places *= 4) {
    const [starts, ends] = [regions.words(places), regions.words(places)]
    const end = byteOffset + filled
    const count = kernel.splitLines(byteOffset, end, byteOffset, starts.byteOffset, ends.byteOffset, places)
    if (count < places) {
      found = {
        count,
        starts: new Int32Array(starts.subarray(0, count + 1)),
        ends: new Int32Array(ends.subarray(0, count + 1)),
      }
      break
    }
    regions.giveAllBack()
  }
  regions.giveAllBack()
  return found
}

function addLine(found: Found, start: number, end: number): void {
  if (found.count === found.starts.length) {
    found.starts = grown(found.starts)
    found.ends = grown(found.ends)
  }
  found.starts[found.count] = start
  found.ends[found.count] = end
  found.count++
}

/** With a last line that has no line feed, where the file has ended. */
function linesOf(
  found: Found,
  bytes: Buffer,
  ended: boolean,
  { kernel, release }: { readonly kernel: OwnKernel | null; readonly release: () => void },
): Lines {
  let bytesUsed = found.count === 0 ? 0 : (found.ends[found.count - 1] as number) + 1
  if (ended && bytesUsed < bytes.length) {
    addLine(found, bytesUsed, bytes.length)
    bytesUsed = bytes.length
  }
  return { ...found, bytes, bytesUsed, release, memory: kernel?.memory }
}

function grown(values: Int32Array): Int32Array {
  const larger = new Int32Array(values.length * 2 + 16)
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
    memory: lines.memory,
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
