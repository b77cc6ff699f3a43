// Logs written out by hand: `smallLog({ 'clicks/0': [{ t: 1 }, tick(10), raw('{')] })`.
//
// Promises: offsets 0, 1, 2, ... in each partition; a plain value becomes JSON, with its field `t` as timestamp.

import { type Header, TICK_HEADER } from '../../core/log/chunk.ts'
import { splitPartition } from '../../core/log/cut.ts'
import type { InputRecord, ReferenceInput } from '../../core/reference/input.ts'

const utf8 = new TextEncoder()

/** A record given by its parts. */
export class Raw {
  readonly record: Omit<InputRecord, 'offset'>
  constructor(record: Omit<InputRecord, 'offset'>) {
    this.record = record
  }
}

export interface RawParts {
  readonly timestamp?: number | null
  readonly key?: string | Uint8Array | null
  readonly headers?: readonly Header[]
}

/** A record by its value's text or bytes (null: no value). */
export function raw(value: string | Uint8Array | null, parts: RawParts = {}): Raw {
  const { timestamp = 0, key = null, headers = [] } = parts
  return new Raw({
    timestamp,
    key: typeof key === 'string' ? utf8.encode(key) : key,
    value: typeof value === 'string' ? utf8.encode(value) : value,
    headers,
  })
}

export const tick = (timestamp: number): Raw => raw(null, { timestamp, headers: [{ key: TICK_HEADER, value: null }] })

/** A log by `topic/partition`. */
export function smallLog(partitions: Readonly<Record<string, readonly unknown[]>>): ReferenceInput {
  return Object.entries(partitions).map(([name, items]) => ({
    ...splitPartition(name),
    records: items.map((item, index) => ({ offset: BigInt(index), ...partsOf(item) })),
  }))
}

function partsOf(item: unknown): Omit<InputRecord, 'offset'> {
  if (item instanceof Raw) return item.record
  const { t } = (item ?? {}) as { t?: unknown }
  return raw(JSON.stringify(item), { timestamp: typeof t === 'number' ? t : 0 }).record
}
