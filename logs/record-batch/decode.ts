// Decoder of Kafka record batches, format v2: from the bytes of a Fetch answer or of a segment file to chunks.
//
// Promises: every batch's CRC-32C is checked; bytes of uncompressed records are not copied, the chunk points into what
// was read; records of control batches and of aborted transactions are left out but counted in `nextOffset`, as are
// removed ones; whatever is wrong is a typed failure with topic, partition and offsets. A cut-off last batch is left
// for the next read.
// Not here: where the log ends, and whether a gap before the first batch is normal (the callers).

import { crc32c } from '@node-rs/crc32'
import type { Chunk } from '../../core/log/chunk.ts'
import { CHUNK_BYTES, DECOMPRESSED_BYTES_MAX } from '../limits.ts'
import type { AbortedFilter } from './aborted-transactions.ts'
import { batchFailure, type Place } from './batch-failure.ts'
import { ATTRIBUTES_AT, type BatchHeader, HEADER_BYTES, lastOffsetOf, RECORD_BYTES_MIN } from './batch-header.ts'
import { wholeBatches } from './batch-ranges.ts'
import { ChunkDraft, type DeltaRange } from './chunk-draft.ts'
import { CODEC, decompress, isKnownCodec } from './codecs/compression.ts'
import { TooBig } from './codecs/too-big.ts'
import { isAbortMarker } from './control-batch.ts'
import { MalformedBytes } from './varint-reader.ts'

export interface DecodeRequest extends Place {
  /** Records before this offset are left out (a batch is stored and sent whole). */
  readonly from: bigint
  /** Records at or past this offset are left out. Default: everything. */
  readonly to?: bigint
  /** Which transactions were aborted; for one read in offset order. Default: none. */
  readonly aborted?: AbortedFilter
  /**
   * For logs that hold every offset: where the first batch begins. A missing offset is `log-gap`, a repeated one
   * `log-overlap`.
   */
  readonly startsAt?: bigint
  /** Wanted bytes of a chunk. Default CHUNK_BYTES. */
  readonly chunkBytes?: number
}

interface DecodedBatches {
  /** In offset order; the last one has the `nextOffset` below. Empty only where nothing at or past `from` was there. */
  readonly chunks: readonly Chunk[]
  /** Offset to read next, at most `to`; `from` where no whole batch was there. */
  readonly nextOffset: bigint
  /** Bytes up to the end of the last batch that was used up: where the next read begins. */
  readonly bytesUsed: number
  /** Exclusive end of that batch; null where none was used up. */
  readonly offsetUsed: bigint | null
}

/**
 * Decodes all whole batches of `bytes`. Throws `bad-crc`, `bad-batch`, `unknown-codec`, `too-big`, `log-gap`,
 * `log-overlap`.
 */
export function decodeBatches(bytes: Uint8Array, request: DecodeRequest): DecodedBatches {
  const decoding = new Decoding(bytes, request)
  const headers = wholeBatches(bytes, request, request.to ?? null)
  for (let i = 0; i < headers.length; i++) {
    const header = headers[i] as BatchHeader
    if (request.to !== undefined && header.baseOffset >= request.to) {
      decoding.passed(header, request.to)
      break
    }
    decoding.batch(header, headers, i)
  }
  return decoding.finish()
}

/** Where the records of a batch lie: in the bytes that were read, or in bytes of their own once decompressed. */
interface Payload {
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
}

/** One call of `decodeBatches`. */
class Decoding {
  readonly #bytes: Uint8Array
  readonly #request: DecodeRequest
  readonly #chunkBytes: number
  readonly #chunks: Chunk[] = []
  #draft: ChunkDraft | null = null
  #nextOffset: bigint
  #expected: bigint | null
  #bytesUsed = 0
  #offsetUsed: bigint | null = null

  constructor(bytes: Uint8Array, request: DecodeRequest) {
    this.#bytes = bytes
    this.#request = request
    this.#chunkBytes = request.chunkBytes ?? CHUNK_BYTES
    this.#nextOffset = request.from
    this.#expected = request.startsAt ?? null
  }

  /** Batch `index` of `headers`. */
  batch(header: BatchHeader, headers: readonly BatchHeader[], index: number): void {
    const { aborted, from, to } = this.#request
    const end = lastOffsetOf(header) + 1n
    this.#checkCrc(header)
    if (this.#expected !== null) this.#checkGapless(header, this.#expected)
    if (this.#expected !== null) this.#expected = end
    if (end > from) {
      this.#guard(header, () => {
        if (header.control) this.#control(header)
        else if (aborted?.drops(header) !== true) this.#records(header, headers, index)
      })
    }
    this.#reached(end)
    if (to === undefined || end <= to) {
      this.#bytesUsed = header.end
      this.#offsetUsed = end
    }
  }

  /** The first batch past the wanted end: what lies between is a gap. */
  passed(header: BatchHeader, to: bigint): void {
    if (this.#expected !== null) this.#checkOffsets(header, this.#expected)
    this.#reached(to)
  }

  /** Everything before `offset` was delivered or left out on purpose. */
  #reached(offset: bigint): void {
    const { to } = this.#request
    const upTo = to !== undefined && offset > to ? to : offset
    if (upTo > this.#nextOffset) this.#nextOffset = upTo
  }

  finish(): DecodedBatches {
    const nextOffset = this.#nextOffset
    this.#closeDraft(nextOffset)
    const last = this.#chunks.at(-1)
    if (nextOffset > (last?.nextOffset ?? this.#request.from)) {
      if (last !== undefined) this.#chunks[this.#chunks.length - 1] = { ...last, nextOffset }
      else this.#chunks.push(new ChunkDraft(this.#bytes, 0).finish(this.#request, nextOffset))
    }
    return { chunks: this.#chunks, nextOffset, bytesUsed: this.#bytesUsed, offsetUsed: this.#offsetUsed }
  }

  #records(header: BatchHeader, headers: readonly BatchHeader[], index: number): void {
    const { from, to } = this.#request
    const { bytes, start, end } = this.#payload(header)
    if (this.#draft?.takes(bytes, header) !== true) {
      this.#closeDraft(header.baseOffset)
      const capacity = header.codec === CODEC.none ? runCapacity(headers, index, this.#chunkBytes) : header.count
      this.#draft = new ChunkDraft(bytes, capacity)
    }
    const wanted: DeltaRange = {
      from: from > header.baseOffset ? Number(from - header.baseOffset) : 0,
      to: to === undefined ? Number.POSITIVE_INFINITY : Number(to - header.baseOffset),
    }
    this.#draft.add(header, start, end, wanted)
  }

  #payload(header: BatchHeader): Payload {
    if (!isKnownCodec(header.codec)) throw this.#failure('unknown-codec', header, `codec ${header.codec} is not known`)
    const start = header.at + HEADER_BYTES
    const plain = header.codec === CODEC.none
    const bytes = plain
      ? this.#bytes
      : decompress(header.codec, this.#bytes.subarray(start, header.end), DECOMPRESSED_BYTES_MAX)
    const payload = plain ? { bytes, start, end: header.end } : { bytes, start: 0, end: bytes.length }
    const countMax = Math.floor((payload.end - payload.start) / RECORD_BYTES_MIN)
    if (header.count < 0 || header.count > countMax) throw new MalformedBytes(`it cannot hold ${header.count} records`)
    return payload
  }

  #closeDraft(nextOffset: bigint): void {
    if (this.#draft !== null && this.#draft.count > 0) this.#chunks.push(this.#draft.finish(this.#request, nextOffset))
    this.#draft = null
  }

  #checkCrc(header: BatchHeader): void {
    const actual = crc32c(this.#bytes.subarray(header.at + ATTRIBUTES_AT, header.end))
    if (actual === header.crc) return
    throw this.#failure(
      'bad-crc',
      header,
      `the checksum of its bytes is ${hex(actual)}, but it says ${hex(header.crc)}`,
    )
  }

  #checkOffsets(header: BatchHeader, expected: bigint): void {
    if (header.baseOffset > expected) {
      const span = { from: expected, to: header.baseOffset }
      throw batchFailure('log-gap', this.#request, span, 'these offsets are missing')
    }
    if (header.baseOffset < expected) {
      const span = { from: header.baseOffset, to: expected }
      throw batchFailure('log-overlap', this.#request, span, 'these offsets are there twice')
    }
  }

  #checkGapless(header: BatchHeader, expected: bigint): void {
    this.#checkOffsets(header, expected)
    if (header.count !== header.lastOffsetDelta + 1) {
      throw this.#failure('log-gap', header, `only ${header.count} of these offsets are there`)
    }
  }

  #control(header: BatchHeader): void {
    if (isAbortMarker(this.#bytes, header)) this.#request.aborted?.aborted(header)
  }

  /** Turns what the inner loops throw into failures that name the batch. */
  #guard(header: BatchHeader, action: () => void): void {
    try {
      action()
    } catch (e) {
      if (e instanceof TooBig) throw this.#failure('too-big', header, `it holds ${e.message}`, e)
      if (e instanceof MalformedBytes) throw this.#failure('bad-batch', header, e.message, e)
      throw e
    }
  }

  #failure(code: Parameters<typeof batchFailure>[0], header: BatchHeader, what: string, cause?: unknown) {
    const span = { from: header.baseOffset, to: lastOffsetOf(header) + 1n }
    return batchFailure(code, this.#request, span, `the record batch is not readable: ${what}`, cause)
  }
}

/** Records that uncompressed batches from `index` on hold within the wanted bytes of a chunk. */
function runCapacity(headers: readonly BatchHeader[], index: number, chunkBytes: number): number {
  const first = headers[index] as BatchHeader
  let capacity = first.count
  for (let i = index + 1; i < headers.length; i++) {
    const header = headers[i] as BatchHeader
    if (header.end - first.at > chunkBytes) break
    const countMax = Math.floor((header.end - header.at - HEADER_BYTES) / RECORD_BYTES_MIN)
    if (header.codec === CODEC.none) capacity += Math.min(Math.max(header.count, 0), countMax)
  }
  return capacity
}

const hex = (crc: number): string => crc.toString(16).padStart(8, '0')
