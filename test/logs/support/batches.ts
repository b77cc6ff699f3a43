// Record batches: those of our own encoder, and the same repacked as brokers store them: compressed, transactional,
// with gaps.

import type { LogRecord } from '../../../logs/log-record.ts'
import { BatchBuilder, type BatchOptions, writeCrc } from '../../../logs/record-batch/batch-builder.ts'
import { HEADER_BYTES, LENGTH_END, viewOf } from '../../../logs/record-batch/batch-header.ts'
import { record } from './records.ts'

/** One batch of our own encoder. */
export function encodeBatch(baseOffset: bigint, records: readonly LogRecord[], options: BatchOptions = {}): Uint8Array {
  const builder = new BatchBuilder(options)
  for (const record of records) builder.add(record)
  return builder.finish(baseOffset)
}

export interface BatchShape {
  /** Codec number and how the records are compressed. */
  readonly codec?: number
  readonly compress?: (records: Uint8Array) => Uint8Array
  readonly producerId?: bigint
  readonly transactional?: boolean
  readonly control?: boolean
  readonly logAppendTime?: number
  /** More offsets at the end than there are records, as after compaction. */
  readonly extraOffsets?: number
  readonly count?: number
}

export function shapedBatch(baseOffset: bigint, records: readonly LogRecord[], shape: BatchShape = {}): Uint8Array {
  const empty = records.length === 0
  const plain = encodeBatch(baseOffset, empty ? [record('')] : records)
  const body = empty ? new Uint8Array(0) : plain.subarray(HEADER_BYTES)
  const packed = shape.compress?.(body) ?? body
  const batch = Buffer.concat([plain.subarray(0, HEADER_BYTES), packed])
  const view = viewOf(batch)
  view.setInt32(8, batch.length - LENGTH_END)
  const attributes =
    (shape.codec ?? 0) |
    (shape.logAppendTime === undefined ? 0 : 8) |
    (shape.transactional === true ? 16 : 0) |
    (shape.control === true ? 32 : 0)
  view.setInt16(21, attributes)
  view.setInt32(23, records.length - 1 + (shape.extraOffsets ?? 0))
  if (shape.logAppendTime !== undefined) view.setBigInt64(35, BigInt(shape.logAppendTime))
  view.setBigInt64(43, shape.producerId ?? -1n)
  view.setInt32(57, shape.count ?? records.length)
  writeCrc(batch)
  return batch
}

/** A batch of `values` of a producer's transaction. */
export const inTransaction = (producerId: bigint, baseOffset: bigint, values: readonly string[], key?: Uint8Array) =>
  shapedBatch(
    baseOffset,
    values.map(value => record(value, key === undefined ? {} : { key })),
    { producerId, transactional: true },
  )

/** The end of a producer's transaction. */
export const marker = (producerId: bigint, offset: bigint, end: 'abort' | 'commit') =>
  shapedBatch(offset, [record('', { key: Uint8Array.of(0, 0, 0, end === 'abort' ? 0 : 1) })], {
    producerId,
    transactional: true,
    control: true,
  })
