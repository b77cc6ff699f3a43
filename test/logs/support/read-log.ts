// Chunks back to plain records, for comparison.

import { type Chunk, type Header, offsetAt } from '../../../core/log/chunk.ts'
import type { Log, ReadOptions } from '../../../logs/log.ts'

export interface ReadRecord {
  readonly offset: bigint
  readonly timestamp: number | null
  readonly key: string | null
  readonly value: string | null
  readonly headers: readonly (readonly [string, string | null])[]
  readonly tick: boolean
}

/** Bytes as latin1, so that different bytes are different strings. */
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

export function recordsOf(chunk: Chunk): ReadRecord[] {
  const field = (start: Int32Array | null, end: Int32Array | null, i: number): string | null => {
    const from = start?.[i] ?? -1
    return from < 0 ? null : text(chunk.bytes.subarray(from, end?.[i]))
  }
  return Array.from({ length: chunk.count }, (_, i) => ({
    offset: offsetAt(chunk, i),
    timestamp: chunk.timestamps?.[i] ?? null,
    key: field(chunk.keyStart, chunk.keyEnd, i),
    value: field(chunk.valueStart, chunk.valueEnd, i),
    headers: chunk.headers(i).map(({ key, value }: Header) => [key, value === null ? null : text(value)] as const),
    tick: chunk.ticks?.[i] === 1,
  }))
}

/** All records of a range; checks what every log promises of its chunks. */
export async function readAll(
  log: Log,
  topic: string,
  partition: number,
  from: bigint,
  to: bigint,
  options?: ReadOptions,
): Promise<ReadRecord[]> {
  const records: ReadRecord[] = []
  let next = from
  for await (const chunk of log.read(topic, partition, from, to, options)) {
    for (const record of recordsOf(chunk)) {
      if (record.offset < next) throw new Error(`offset ${record.offset} after ${next}`)
      next = record.offset + 1n
      records.push(record)
    }
    if (chunk.nextOffset < next) throw new Error(`nextOffset ${chunk.nextOffset} before ${next}`)
    next = chunk.nextOffset
  }
  if (from < to && next !== to) throw new Error(`the last chunk ends at ${next}, not at ${to}`)
  return records
}

/** The values of all records of a partition. */
export async function allValues(log: Log, topic: string, partition = 0): Promise<(string | null)[]> {
  const range = (await log.partitions(topic)).find(r => r.partition === partition)
  if (range === undefined) throw new Error(`no partition ${partition}`)
  return (await readAll(log, topic, partition, range.start, range.end)).map(record => record.value)
}
