// The fixed head of a Kafka record batch, format v2 (Kafka documentation, "Record Batch"; KIP-98).
//
// Promises: exact 64-bit offsets.
// Not here: whether the bytes behind the head are intact (`decode.ts`).

/** Bytes before the length is known: base offset and length. */
export const LENGTH_END = 12
/** Bytes of the whole head; the records follow. */
export const HEADER_BYTES = 61
/** The checksum covers everything from the attributes to the end of the batch. */
export const CRC_AT = 17
export const ATTRIBUTES_AT = 21
/** The least bytes of a record: length, attributes, two deltas, three empty counts. */
export const RECORD_BYTES_MIN = 7

const LAST_OFFSET_DELTA_AT = 23
const BASE_TIMESTAMP_AT = 27
const MAX_TIMESTAMP_AT = 35
const PRODUCER_ID_AT = 43
const PRODUCER_EPOCH_AT = 51
const BASE_SEQUENCE_AT = 53
const COUNT_AT = 57
const LEADER_EPOCH_AT = 12
const MAGIC_AT = 16

const CODEC_BITS = 0x07
const LOG_APPEND_TIME_BIT = 0x08
const TRANSACTIONAL_BIT = 0x10
const CONTROL_BIT = 0x20

export interface BatchHeader {
  /** Where the batch starts and ends in the bytes it was read from. */
  readonly at: number
  readonly end: number
  readonly baseOffset: bigint
  readonly leaderEpoch: number
  readonly crc: number
  /** 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd; others are unknown. */
  readonly codec: number
  readonly logAppendTime: boolean
  readonly transactional: boolean
  readonly control: boolean
  /** Last offset - base offset, including offsets whose records compaction has removed. */
  readonly lastOffsetDelta: number
  readonly baseTimestamp: bigint
  readonly maxTimestamp: bigint
  readonly producerId: bigint
  readonly count: number
}

export const lastOffsetOf = (header: BatchHeader): bigint => header.baseOffset + BigInt(header.lastOffsetDelta)

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/**
 * Bytes of the whole batch at `at`, from its length field; needs LENGTH_END bytes there. May be any number in damaged
 * bytes.
 */
export const batchBytesAt = (view: DataView, at: number): number => LENGTH_END + view.getInt32(at + 8)

/** The format's version; needs MAGIC_AT + 1 bytes. */
export const magicAt = (view: DataView, at: number): number => view.getInt8(at + MAGIC_AT)

/** Reads the head; needs HEADER_BYTES bytes at `at`. */
export function readBatchHeader(view: DataView, at: number): BatchHeader {
  const attributes = view.getInt16(at + ATTRIBUTES_AT)
  return {
    at,
    end: at + batchBytesAt(view, at),
    baseOffset: view.getBigInt64(at),
    leaderEpoch: view.getInt32(at + LEADER_EPOCH_AT),
    crc: view.getUint32(at + CRC_AT),
    codec: attributes & CODEC_BITS,
    logAppendTime: (attributes & LOG_APPEND_TIME_BIT) !== 0,
    transactional: (attributes & TRANSACTIONAL_BIT) !== 0,
    control: (attributes & CONTROL_BIT) !== 0,
    lastOffsetDelta: view.getInt32(at + LAST_OFFSET_DELTA_AT),
    baseTimestamp: view.getBigInt64(at + BASE_TIMESTAMP_AT),
    maxTimestamp: view.getBigInt64(at + MAX_TIMESTAMP_AT),
    producerId: view.getBigInt64(at + PRODUCER_ID_AT),
    count: view.getInt32(at + COUNT_AT),
  }
}

/** What a writer of plain batches (no producer, no transaction) puts into the head. */
interface PlainHeader {
  readonly baseOffset: bigint
  readonly batchBytes: number
  readonly codec: number
  readonly count: number
  readonly baseTimestamp: number
  readonly maxTimestamp: number
}

/** Writes the head at 0, all but the checksum, which is written last by `writeCrc`. */
export function writePlainHeader(view: DataView, header: PlainHeader): void {
  view.setBigInt64(0, header.baseOffset)
  view.setInt32(8, header.batchBytes - LENGTH_END)
  view.setInt32(LEADER_EPOCH_AT, 0)
  view.setInt8(MAGIC_AT, 2)
  view.setInt16(ATTRIBUTES_AT, header.codec)
  view.setInt32(LAST_OFFSET_DELTA_AT, header.count - 1)
  view.setBigInt64(BASE_TIMESTAMP_AT, BigInt(header.baseTimestamp))
  view.setBigInt64(MAX_TIMESTAMP_AT, BigInt(header.maxTimestamp))
  view.setBigInt64(PRODUCER_ID_AT, -1n)
  view.setInt16(PRODUCER_EPOCH_AT, -1)
  view.setInt32(BASE_SEQUENCE_AT, -1)
  view.setInt32(COUNT_AT, header.count)
}

/** Says how the records of a batch without compression are compressed from now on, and the length of it all. */
export function writeCodec(batch: Uint8Array, codec: number): void {
  const view = viewOf(batch)
  view.setInt32(8, batch.length - LENGTH_END)
  view.setInt16(ATTRIBUTES_AT, view.getInt16(ATTRIBUTES_AT) | codec)
}

/** Who wrote a batch: a transactional producer, and the place of the first record in what it wrote to the partition. */
interface ProducerOfBatch {
  readonly id: bigint
  readonly epoch: number
  readonly sequence: number
}

/** Makes a plain batch one of a transaction, all but its checksum. Its offsets begin at 0: the broker gives others. */
export function writeProducer(batch: Uint8Array, { id, epoch, sequence }: ProducerOfBatch): void {
  const view = viewOf(batch)
  view.setBigInt64(0, 0n)
  view.setInt32(LEADER_EPOCH_AT, -1)
  view.setInt16(ATTRIBUTES_AT, view.getInt16(ATTRIBUTES_AT) | TRANSACTIONAL_BIT)
  view.setBigInt64(PRODUCER_ID_AT, id)
  view.setInt16(PRODUCER_EPOCH_AT, epoch)
  view.setInt32(BASE_SEQUENCE_AT, sequence)
}
