// Chunks of the plain logs that the reference reads.

import { type Chunk, TICK_HEADER } from '../../core/log/chunk.ts'
import type { InputPartition, InputRecord } from '../../core/reference/input.ts'

/** Records as one chunk of their partition; `nextOffset` is one past the last, or as given. */
export function chunkOf(
  { topic, partition }: { readonly topic: string; readonly partition: number },
  records: readonly InputRecord[],
  next?: bigint,
): Chunk {
  const parts: Uint8Array[] = []
  let length = 0
  const place = (part: Uint8Array | null): [number, number] => {
    if (part === null) return [-1, -1]
    parts.push(part)
    length += part.length
    return [length - part.length, length]
  }
  const values = records.map(r => place(r.value))
  const keys = records.map(r => place(r.key))
  const baseOffset = records[0]?.offset ?? next ?? 0n
  const bare = records.some(r => r.timestamp === null)
  return {
    topic,
    partition,
    bytes: Buffer.concat(parts),
    count: records.length,
    baseOffset,
    offsetDelta: Int32Array.from(records, r => Number(r.offset - baseOffset)),
    valueStart: Int32Array.from(values, v => v[0]),
    valueEnd: Int32Array.from(values, v => v[1]),
    keyStart: bare ? null : Int32Array.from(keys, k => k[0]),
    keyEnd: bare ? null : Int32Array.from(keys, k => k[1]),
    timestamps: bare ? null : Float64Array.from(records, r => r.timestamp as number),
    ticks: Uint8Array.from(records, r => Number(r.value === null && r.headers.some(h => h.key === TICK_HEADER))),
    headers: i => records[i]?.headers ?? [],
    nextOffset: next ?? (records.at(-1)?.offset ?? -1n) + 1n,
  }
}

/** The exclusive end of a partition's records. */
export function endOf(partition: InputPartition): bigint {
  return (partition.records.at(-1)?.offset ?? -1n) + 1n
}
