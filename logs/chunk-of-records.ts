// A chunk made of single records, for the memory log.
//
// Promises: the chunk that a decoder of stored bytes would make of the same records.

import { type Chunk, type Header, TICK_HEADER } from '../core/log/chunk.ts'
import type { RowLayout } from '../core/log/row-layout.ts'
import type { LogRecord } from './log-record.ts'

export interface PlacedRecord extends LogRecord {
  readonly offset: bigint
  readonly layout?: RowLayout | undefined
}

/** The records share one layout. */
export function chunkOfRecords(
  place: { topic: string; partition: number },
  records: readonly PlacedRecord[],
  nextOffset: bigint,
  abilities = { timestamps: true, keys: true },
): Chunk {
  const count = records.length
  const size = records.reduce((sum, r) => sum + (r.key?.length ?? 0) + (r.value?.length ?? 0), 0)
  const bytes = new Uint8Array(size)
  const columns = [0, 1, 2, 3, 4].map(() => new Int32Array(count)) as [
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
  ]
  const [offsetDelta, keyStart, keyEnd, valueStart, valueEnd] = columns
  const ticks = new Uint8Array(count)
  const baseOffset = records[0]?.offset ?? nextOffset
  let at = 0
  const put = (field: Uint8Array | null, start: Int32Array, end: Int32Array, i: number): void => {
    start[i] = field === null ? -1 : at
    if (field !== null) bytes.set(field, at)
    at += field?.length ?? 0
    end[i] = field === null ? -1 : at
  }
  records.forEach((record, i) => {
    offsetDelta[i] = Number(record.offset - baseOffset)
    put(record.key, keyStart, keyEnd, i)
    put(record.value, valueStart, valueEnd, i)
    ticks[i] = record.value === null && record.headers.some(isTick) ? 1 : 0
  })
  const dense = count === 0 || offsetDelta[count - 1] === count - 1
  return {
    ...place,
    bytes,
    count,
    baseOffset,
    offsetDelta: dense ? null : offsetDelta,
    valueStart,
    valueEnd,
    keyStart: abilities.keys ? keyStart : null,
    keyEnd: abilities.keys ? keyEnd : null,
    timestamps: abilities.timestamps ? Float64Array.from(records, r => r.timestamp) : null,
    ticks: ticks.includes(1) ? ticks : null,
    headers: i => records[i]?.headers ?? [],
    layout: records[0]?.layout,
    nextOffset,
  }
}

const isTick = (header: Header): boolean => header.key === TICK_HEADER
