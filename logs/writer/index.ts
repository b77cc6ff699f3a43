// The entry `lyrebird/log`: programs that write topics of a log directory.
//
// Promises: what `append` has resolved for is on disk and visible; keys go to the partitions that Kafka's own clients
// choose. One process writes a topic at a time.
// Not here: reading, and files of records (`lyrebird append`).

import { LyrebirdError } from '../../core/errors.ts'
import { TICK_HEADER } from '../../core/log/chunk.ts'
import { canonicalJson } from '../../core/values/json-text.ts'
import { partitionFor } from '../../core/values/murmur2.ts'
import { isTimestamp } from '../append/record-fields.ts'
import { OutputTopic } from '../embedded/output-topic.ts'
import { MOMENT } from '../embedded/partition-lock.ts'
import { readLayouts } from '../embedded/row-layouts.ts'
import type { LogRecord } from '../log-record.ts'

export interface TopicOptions {
  /** The log directory; made where it is missing. */
  readonly log: string
  /** Count for a new topic, default 1. Throws `partition-count` where an existing topic has another. */
  readonly partitions?: number
}

export interface NewRecord {
  /** Bytes as they are, null for a deletion, anything else as JSON. */
  readonly value: unknown
  /** Bytes as they are, a text as UTF-8, anything else as canonical JSON. Without one the partitions take turns. */
  readonly key?: unknown
  /** ms since 1970, an integer. Default: the clock. */
  readonly timestamp?: number
  readonly headers?: Readonly<Record<string, string | Uint8Array>>
}

export interface TopicWriter {
  readonly partitions: number
  /** Resolves once the records are on disk and visible. Throws `usage` before any is written; `disk-full`. */
  append(records: Iterable<NewRecord>): Promise<void>
  /** A tick in every partition: event time has come to `timestamp` (ms). */
  tick(timestamp: number): Promise<void>
  /** Lets others write the topic. */
  close(): Promise<void>
}

/**
 * Opens a topic for writing, and makes it where it is missing. Throws `bad-name`, `partition-count`, `topic-owned`,
 * `not-appendable`, `log-locked` while another process writes it.
 *
 *     const orders = await openTopic('orders', { log: 'log', partitions: 4 })
 *     await orders.append([{ key: 'ann', value: { item: 'tea', count: 2 } }])
 *     await orders.close()
 */
export async function openTopic(topic: string, options: TopicOptions): Promise<TopicWriter> {
  const target = await OutputTopic.openForAppend(options.log, topic, options.partitions ?? null, MOMENT)
  const rows = (await readLayouts(options.log, topic)).at(-1)?.layout ?? null
  if (rows === null) return new Writer(target)
  await target.close()
  throw new LyrebirdError('not-appendable', `topic "${topic}" holds rows of CSV`, {
    where: { topic },
    hint: 'write to a topic of another name, or use lyrebird append --format csv',
  })
}

class Writer implements TopicWriter {
  readonly #target: OutputTopic
  #turn: number

  constructor(target: OutputTopic) {
    this.#target = target
    const total = target.positions.reduce((sum, position) => sum + position, 0n)
    this.#turn = Number(total % BigInt(target.partitions))
  }

  get partitions(): number {
    return this.#target.partitions
  }

  async append(records: Iterable<NewRecord>): Promise<void> {
    const made = Array.from(records, logRecord)
    const parts: LogRecord[][] = Array.from({ length: this.partitions }, () => [])
    for (const record of made) parts[this.#partitionOf(record)]?.push(record)
    for (const [partition, part] of parts.entries()) if (part.length > 0) await this.#target.prepare(partition, part)
    await this.#target.publish()
  }

  async tick(timestamp: number): Promise<void> {
    checkTime(timestamp)
    const tick: LogRecord = { timestamp, key: null, value: null, headers: [{ key: TICK_HEADER, value: null }] }
    for (let partition = 0; partition < this.partitions; partition++) await this.#target.prepare(partition, [tick])
    await this.#target.publish()
  }

  async close(): Promise<void> {
    await this.#target.close()
  }

  #partitionOf({ key }: LogRecord): number {
    if (key !== null) return partitionFor(key, this.partitions)
    const turn = this.#turn
    this.#turn = (turn + 1) % this.partitions
    return turn
  }
}

const utf8 = new TextEncoder()

function logRecord({ value, key, timestamp = Date.now(), headers = {} }: NewRecord): LogRecord {
  checkTime(timestamp)
  if (value === undefined) throw new LyrebirdError('usage', 'a record has a value, or null where it deletes its key')
  return {
    timestamp,
    key: key === undefined || key === null ? null : bytesOf(key),
    value: value === null ? null : value instanceof Uint8Array ? value.slice() : utf8.encode(canonicalJson(value)),
    headers: Object.entries(headers).map(([name, text]) => ({ key: name, value: bytesOf(text) })),
  }
}

function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value.slice()
  return utf8.encode(typeof value === 'string' ? value : canonicalJson(value))
}

function checkTime(timestamp: number): void {
  if (isTimestamp(timestamp)) return
  throw new LyrebirdError('usage', `${timestamp} is no time`, { hint: 'write whole milliseconds since 1970' })
}
