// A chunk under construction: typed arrays that fill up with the records of some batches.
//
// Promises: no object per record.
// Not here: which batches share a chunk (`decode.ts`); all records of one point into the same bytes.

import type { Chunk } from '../../core/log/chunk.ts'
import { RECORD_BYTES_MAX } from '../limits.ts'
import type { Place } from './batch-failure.ts'
import type { BatchHeader } from './batch-header.ts'
import { TooBig } from './codecs/too-big.ts'
import { decodeHeaders, skipHeaders } from './record-headers.ts'
import { MalformedBytes, VarintReader } from './varint-reader.ts'

/** Largest distance of two offsets in a chunk. */
const OFFSET_SPAN_MAX = 0x7fffffff

/** Deltas of a batch's records that are wanted: from <= delta < to. */
export interface DeltaRange {
  readonly from: number
  readonly to: number
}

export class ChunkDraft {
  readonly bytes: Uint8Array
  count = 0
  baseOffset = 0n
  #leaderEpoch = 0
  readonly #capacity: number
  readonly #timestamps: Float64Array
  readonly #offsetDelta: Int32Array
  readonly #keyStart: Int32Array
  readonly #keyEnd: Int32Array
  readonly #valueStart: Int32Array
  readonly #valueEnd: Int32Array
  readonly #headersAt: Int32Array
  #ticks: Uint8Array | null = null

  constructor(bytes: Uint8Array, capacity: number) {
    const ints = (index: number) => new Int32Array(buffer, capacity * (8 + index * 4), capacity)
    const buffer = new ArrayBuffer(capacity * 32)
    this.bytes = bytes
    this.#capacity = capacity
    this.#timestamps = new Float64Array(buffer, 0, capacity)
    this.#offsetDelta = ints(0)
    this.#keyStart = ints(1)
    this.#keyEnd = ints(2)
    this.#valueStart = ints(3)
    this.#valueEnd = ints(4)
    this.#headersAt = ints(5)
  }

  /** True where all records of the batch can be added. */
  takes(bytes: Uint8Array, header: BatchHeader): boolean {
    if (bytes !== this.bytes || this.count + header.count > this.#capacity) return false
    return this.count === 0 || header.baseOffset + BigInt(header.lastOffsetDelta) - this.baseOffset <= OFFSET_SPAN_MAX
  }

  /**
   * Adds the wanted records of a batch, whose records lie in bytes[start, end). Throws `MalformedBytes` and `TooBig`.
   */
  add(header: BatchHeader, start: number, end: number, wanted: DeltaRange): void {
    const reader = new VarintReader(this.bytes, start, end)
    const appendTime = header.logAppendTime ? Number(header.maxTimestamp) : null
    const baseTimestamp = Number(header.baseTimestamp)
    let shift = Number(header.baseOffset - this.baseOffset)
    let previous = -1
    for (let i = 0; i < header.count; i++) {
      const recordBytes = reader.varint()
      const recordEnd = reader.at + recordBytes
      if (recordBytes > RECORD_BYTES_MAX) throw new TooBig(RECORD_BYTES_MAX)
      if (recordBytes < 0 || recordEnd > end) throw new MalformedBytes(`record ${i} overruns its batch`)
      reader.at++ // The record's attributes, of which none is defined.
      const ownTime = reader.addVarlong(header.baseTimestamp, baseTimestamp)
      const delta = reader.varint()
      if (delta <= previous || delta > header.lastOffsetDelta) throw new MalformedBytes(`record ${i} is out of order`)
      previous = delta
      if (delta < wanted.from || delta >= wanted.to) {
        reader.at = recordEnd
        continue
      }
      if (this.count === 0) {
        this.baseOffset = header.baseOffset + BigInt(delta)
        shift = -delta
      }
      this.#leaderEpoch = header.leaderEpoch
      this.#addRecord(reader, recordEnd, appendTime ?? ownTime, shift + delta)
    }
    if (reader.at !== end) throw new MalformedBytes('bytes stand behind its records')
  }

  #addRecord(reader: VarintReader, recordEnd: number, timestamp: number, offsetDelta: number): void {
    const n = this.count
    this.#timestamps[n] = timestamp
    this.#offsetDelta[n] = offsetDelta
    const keyBytes = reader.varint()
    const keyStart = reader.at
    const keyEnd = keyBytes < 0 ? keyStart : keyStart + keyBytes
    if (keyBytes < -1 || keyEnd > recordEnd) throw new MalformedBytes('a key overruns its record')
    this.#keyStart[n] = keyBytes < 0 ? -1 : keyStart
    this.#keyEnd[n] = keyBytes < 0 ? -1 : keyEnd
    reader.at = keyEnd
    const valueBytes = reader.varint()
    const valueStart = reader.at
    const valueEnd = valueBytes < 0 ? valueStart : valueStart + valueBytes
    if (valueBytes < -1 || valueEnd > recordEnd) throw new MalformedBytes('a value overruns its record')
    this.#valueStart[n] = valueBytes < 0 ? -1 : valueStart
    this.#valueEnd[n] = valueBytes < 0 ? -1 : valueEnd
    reader.at = valueEnd
    this.#headersAt[n] = valueEnd
    const headers = reader.varint()
    if (headers !== 0) {
      if (headers < 0) throw new MalformedBytes('a record has a negative count of headers')
      if (skipHeaders(reader, headers) && valueBytes < 0) this.#markTick(n)
    }
    if (reader.at !== recordEnd) throw new MalformedBytes('a record is not as long as it says')
    this.count = n + 1
  }

  #markTick(index: number): void {
    this.#ticks ??= new Uint8Array(this.#capacity)
    this.#ticks[index] = 1
  }

  finish({ topic, partition }: Place, nextOffset: bigint): Chunk {
    const { bytes, count, baseOffset } = this
    const headersAt = this.#headersAt
    const offsetDelta = this.#offsetDelta.subarray(0, count)
    return {
      topic,
      partition,
      bytes,
      count,
      baseOffset: count === 0 ? nextOffset : baseOffset,
      // Strictly increasing from 0, so the last one shows whether there is a gap.
      offsetDelta: count === 0 || offsetDelta[count - 1] === count - 1 ? null : offsetDelta,
      valueStart: this.#valueStart.subarray(0, count),
      valueEnd: this.#valueEnd.subarray(0, count),
      keyStart: this.#keyStart.subarray(0, count),
      keyEnd: this.#keyEnd.subarray(0, count),
      timestamps: this.#timestamps.subarray(0, count),
      ticks: this.#ticks === null ? null : this.#ticks.subarray(0, count),
      headers: i => decodeHeaders(bytes, headersAt[i] as number),
      nextOffset,
      leaderEpoch: this.#leaderEpoch,
    }
  }
}
