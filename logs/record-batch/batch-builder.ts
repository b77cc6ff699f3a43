// Encoder of record batches, for `append` and outputs.
//
// Promises: the bytes are a function of the records alone (no clock, no producer id), so equal records make equal
// files.
// Not here: lz4 (`compress-batch.ts`), transactions and sequences (`logs/kafka/producer`).

import { crc32c } from '@node-rs/crc32'
import { invariant, LyrebirdError } from '../../core/errors.ts'
import type { Header } from '../../core/log/chunk.ts'
import { putVarint, varintBytes, zigzag } from '../../core/values/varint.ts'
import { RECORD_BYTES_MAX } from '../limits.ts'
import type { LogRecord } from '../log-record.ts'
import { ATTRIBUTES_AT, CRC_AT, HEADER_BYTES, viewOf, writePlainHeader } from './batch-header.ts'
import { CODEC, gzip } from './codecs/compression.ts'

const utf8 = new TextEncoder()

/**
 * No event time is past 8.64e15, but a closed window may end later: by its own length past the time of its last
 * element.
 */
const TIMESTAMP_MAX = 2 ** 54
/** Past this a batch has base timestamp 0, so that every delta is a safe integer. */
const NEAR_TIMESTAMP_MAX = 2 ** 48
/** From here on twice a value is not a safe integer. */
const WIDE = 2 ** 52

export interface BatchOptions {
  readonly gzip?: boolean
}

/** Collects records and makes one batch of them; empty again afterwards. */
export class BatchBuilder {
  readonly #gzip: boolean
  #bytes = new Uint8Array(64 * 1024)
  #length = HEADER_BYTES
  #count = 0
  #baseTimestamp = 0
  #maxTimestamp = 0

  constructor(options: BatchOptions = {}) {
    this.#gzip = options.gzip === true
  }

  get count(): number {
    return this.#count
  }

  /** Bytes of the batch so far, uncompressed. */
  get bytes(): number {
    return this.#length
  }

  /** Throws `too-big`. */
  add(record: LogRecord): void {
    const { timestamp, key, value, headers } = record
    const encoded = headers.length === 0 ? NO_HEADERS : headers.map(encodeHeader)
    invariant(Number.isInteger(timestamp) && Math.abs(timestamp) <= TIMESTAMP_MAX, `${timestamp} is no timestamp`)
    if (this.#count === 0) {
      this.#baseTimestamp = Math.abs(timestamp) <= NEAR_TIMESTAMP_MAX ? timestamp : 0
      this.#maxTimestamp = timestamp
    } else if (timestamp > this.#maxTimestamp) this.#maxTimestamp = timestamp
    const timestampDelta = timestamp - this.#baseTimestamp
    const bodyBytes =
      1 +
      varlongBytes(timestampDelta) +
      varlongBytes(this.#count) +
      fieldBytes(key) +
      fieldBytes(value) +
      varlongBytes(encoded.length) +
      encoded.reduce((sum, header) => sum + fieldBytes(header.key) + fieldBytes(header.value), 0)
    if (bodyBytes > RECORD_BYTES_MAX) {
      throw new LyrebirdError('too-big', `a record of ${bodyBytes} bytes; the most is ${RECORD_BYTES_MAX}`)
    }
    this.#reserve(bodyBytes + 10)
    this.#varlong(bodyBytes)
    this.#bytes[this.#length++] = 0
    this.#varlong(timestampDelta)
    this.#varlong(this.#count)
    this.#field(key)
    this.#field(value)
    this.#varlong(encoded.length)
    for (const header of encoded) {
      this.#field(header.key)
      this.#field(header.value)
    }
    this.#count++
  }

  /** The batch with its first record at `baseOffset`, in bytes of its own. At least one record is needed. */
  finish(baseOffset: bigint): Uint8Array {
    invariant(this.#count > 0, 'a batch has at least one record')
    const records = this.#bytes.subarray(HEADER_BYTES, this.#length)
    const payload = this.#gzip ? gzip(records) : records
    const batch = new Uint8Array(HEADER_BYTES + payload.length)
    batch.set(payload, HEADER_BYTES)
    writePlainHeader(viewOf(batch), {
      baseOffset,
      batchBytes: batch.length,
      codec: this.#gzip ? CODEC.gzip : CODEC.none,
      count: this.#count,
      baseTimestamp: this.#baseTimestamp,
      maxTimestamp: this.#maxTimestamp,
    })
    writeCrc(batch)
    this.#length = HEADER_BYTES
    this.#count = 0
    return batch
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + bytes))
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
  }

  #field(field: Uint8Array | null): void {
    if (field === null) {
      this.#bytes[this.#length++] = 1 // The zigzag form of -1.
      return
    }
    this.#varlong(field.length)
    this.#bytes.set(field, this.#length)
    this.#length += field.length
  }

  /** Zigzag varint of a safe integer. */
  #varlong(value: number): void {
    if (value >= WIDE || value <= -WIDE) {
      this.#wideVarlong(value)
      return
    }
    this.#length = putVarint(this.#bytes, this.#length, zigzag(value))
  }

  #wideVarlong(value: number): void {
    let rest = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n))
    for (; rest >= 0x80n; rest >>= 7n) this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80
    this.#bytes[this.#length++] = Number(rest)
  }
}

/** Puts the checksum into a batch whose other bytes are final. */
export function writeCrc(batch: Uint8Array): void {
  viewOf(batch).setUint32(CRC_AT, crc32c(batch.subarray(ATTRIBUTES_AT)))
}

interface EncodedHeader {
  readonly key: Uint8Array
  readonly value: Uint8Array | null
}

const NO_HEADERS: readonly EncodedHeader[] = []

/** Most records have the headers of the one before. */
let lastName: { readonly name: string; readonly bytes: Uint8Array } = { name: '', bytes: new Uint8Array(0) }

function encodeHeader({ key, value }: Header): EncodedHeader {
  if (key !== lastName.name) lastName = { name: key, bytes: utf8.encode(key) }
  return { key: lastName.bytes, value }
}

const fieldBytes = (field: Uint8Array | null): number =>
  field === null ? 1 : varlongBytes(field.length) + field.length

function varlongBytes(value: number): number {
  return value >= WIDE || value <= -WIDE ? 8 : varintBytes(zigzag(value))
}
