// The record at one offset of a log, to compare it with the same one elsewhere.

import type { Log } from '../log.ts'

interface FoundRecord {
  /** Null where the log holds none. */
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly timestamp: number | null
}

/** Null where no record is there. */
export async function recordAt(
  log: Log,
  topic: string,
  partition: number,
  offset: bigint,
): Promise<FoundRecord | null> {
  for await (const chunk of log.read(topic, partition, offset, offset + 1n)) {
    if (chunk.count === 0) continue
    const part = (starts: Int32Array | null, ends: Int32Array | null): Uint8Array | null => {
      const at = starts?.[0] ?? -1
      return at < 0 ? null : chunk.bytes.slice(at, ends?.[0])
    }
    const value = part(chunk.valueStart, chunk.valueEnd)
    return { key: part(chunk.keyStart, chunk.keyEnd), value, timestamp: chunk.timestamps?.[0] ?? null }
  }
  return null
}

/** Whether two records are the same as far as both logs tell: files of lines have neither keys nor timestamps. */
export function sameRecord(a: FoundRecord, b: FoundRecord): boolean {
  const same = (x: Uint8Array | null, y: Uint8Array | null): boolean =>
    x === null || y === null ? x === y : Buffer.compare(x, y) === 0
  const keys = a.key === null || b.key === null || same(a.key, b.key)
  const times = a.timestamp === null || b.timestamp === null || a.timestamp === b.timestamp
  return keys && times && same(a.value, b.value)
}
