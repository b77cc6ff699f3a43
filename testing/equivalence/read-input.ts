// Reads a log up to a cut as the plain arrays that the reference takes.

import { type Chunk, offsetAt } from '../../core/log/chunk.ts'
import { type Cut, sortedCut, splitPartition } from '../../core/log/cut.ts'
import { type Floors, NO_FLOORS } from '../../core/log/floors.ts'
import type { InputPartition, InputRecord } from '../../core/reference/input.ts'
import type { Log } from '../../logs/log.ts'

/** Every partition of the cut from where `from` says on, with the T that `floors` says; the empty ones too. */
export async function readInput(
  log: Log,
  cut: Cut,
  from: Cut,
  floors: Floors = NO_FLOORS,
): Promise<readonly InputPartition[]> {
  const input: InputPartition[] = []
  for (const [name, end] of sortedCut(cut)) {
    const { topic, partition } = splitPartition(name)
    const records: InputRecord[] = []
    const start = from.get(name) ?? end
    if (start < end) {
      for await (const chunk of log.read(topic, partition, start, end)) {
        for (let i = 0; i < chunk.count; i++) records.push(recordAt(chunk, i))
      }
    }
    const before = [...floors].flatMap(([source, of]) => (of.has(name) ? [[source, of.get(name) as number]] : []))
    input.push({ topic, partition, records, ...(before.length === 0 ? {} : { before: Object.fromEntries(before) }) })
  }
  return input
}

function recordAt(chunk: Chunk, i: number): InputRecord {
  const bytes = (starts: Int32Array | null, ends: Int32Array | null): Uint8Array | null => {
    const start = starts?.[i] ?? -1
    return start < 0 ? null : new Uint8Array(chunk.bytes.subarray(start, ends?.[i]))
  }
  return {
    offset: offsetAt(chunk, i),
    timestamp: chunk.timestamps?.[i] ?? null,
    key: bytes(chunk.keyStart, chunk.keyEnd),
    value: bytes(chunk.valueStart, chunk.valueEnd),
    headers: chunk.timestamps === null ? [] : chunk.headers(i),
    layout: chunk.layout,
  }
}
