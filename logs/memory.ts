// A log in memory, for tests.
//
// Promises: the contract of stored logs: offsets with gaps, ticks, ranges that are lost or not yet published, another
// id for a topic that was created again.

import { randomUUID } from 'node:crypto'
import { LyrebirdError } from '../core/errors.ts'
import type { Chunk } from '../core/log/chunk.ts'
import { chunkOfRecords, type PlacedRecord } from './chunk-of-records.ts'
import { CHUNK_BYTES } from './limits.ts'
import type { Log, PartitionRange, ReadOptions, TopicAbilities } from './log.ts'
import { checkTopicName, pastEnd, rangeLost, unknownPartition, unknownTopic } from './log-failures.ts'
import { Signal } from './signal.ts'

interface MemoryPartition {
  start: bigint
  end: bigint
  records: PlacedRecord[]
}

interface MemoryTopic {
  readonly id: string
  readonly abilities: TopicAbilities
  readonly partitions: MemoryPartition[]
}

type UnplacedRecord = Omit<PlacedRecord, 'offset'>

const ALL_ABILITIES: TopicAbilities = { timestamps: true, keys: true, headers: true, ticks: true }

export class MemoryLog implements Log {
  readonly description = 'memory'
  readonly #topics = new Map<string, MemoryTopic>()
  readonly #signal = new Signal()

  /** Makes a topic; one of that name is replaced and gets another id. */
  createTopic(topic: string, partitions: number, abilities: TopicAbilities = ALL_ABILITIES): void {
    checkTopicName(topic)
    const made = Array.from({ length: partitions }, () => ({ start: 0n, end: 0n, records: [] }))
    this.#topics.set(topic, { id: randomUUID(), abilities, partitions: made })
    this.#signal.notify()
  }

  /**
   * Appends records; `at` leaves a gap before them. Parts that are left out are null, no headers, time 0 and no layout.
   */
  append(topic: string, partition: number, records: readonly Partial<UnplacedRecord>[], at?: bigint): void {
    const target = this.#partition(topic, partition)
    if (at !== undefined && at < target.end)
      throw new LyrebirdError('log-overlap', `${topic}/${partition} is at ${target.end}`)
    let offset = at ?? target.end
    for (const { timestamp = 0, key = null, value = null, headers = [], layout } of records) {
      target.records.push({ offset: offset++, timestamp, key, value, headers, layout })
    }
    target.end = offset
    this.#signal.notify()
  }

  /** Moves the end past offsets without records, as transaction markers do. */
  skipTo(topic: string, partition: number, end: bigint): void {
    this.#partition(topic, partition).end = end
    this.#signal.notify()
  }

  /** Drops the records before `start`, as retention does. */
  trim(topic: string, partition: number, start: bigint): void {
    const target = this.#partition(topic, partition)
    target.start = start
    target.records = target.records.filter(record => record.offset >= start)
  }

  async topics(): Promise<readonly string[]> {
    return [...this.#topics.keys()].sort()
  }

  async partitions(topic: string): Promise<readonly PartitionRange[]> {
    this.#signal.seen()
    return this.#topic(topic).partitions.map(({ start, end }, partition) => ({ topic, partition, start, end }))
  }

  async abilities(topic: string): Promise<TopicAbilities> {
    return this.#topic(topic).abilities
  }

  async topicId(topic: string): Promise<string | null> {
    return this.#topic(topic).id
  }

  async *read(
    topic: string,
    partition: number,
    from: bigint,
    to: bigint,
    options: ReadOptions = {},
  ): AsyncIterable<Chunk> {
    const { start, end, records } = this.#partition(topic, partition)
    if (from >= to) return
    if (from < start) throw rangeLost(topic, partition, from, start)
    if (to > end) throw pastEnd(topic, partition, to, end)
    const { abilities } = this.#topic(topic)
    const wanted = records.filter(record => record.offset >= from && record.offset < to)
    let run: PlacedRecord[] = []
    let bytes = 0
    for (const record of wanted) {
      if (run.length > 0 && (bytes >= (options.chunkBytes ?? CHUNK_BYTES) || run[0]?.layout !== record.layout)) {
        yield chunkOfRecords({ topic, partition }, run, record.offset, abilities)
        run = []
        bytes = 0
      }
      run.push(record)
      bytes += (record.key?.length ?? 0) + (record.value?.length ?? 0) + 1
    }
    yield chunkOfRecords({ topic, partition }, run, to, abilities)
  }

  async changed(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    await this.#signal.wait(timeoutMs, signal)
  }

  async close(): Promise<void> {
    this.#signal.notify()
  }

  #topic(topic: string): MemoryTopic {
    const found = this.#topics.get(topic)
    if (found === undefined) throw unknownTopic(topic, [...this.#topics.keys()].sort(), 'the log in memory')
    return found
  }

  #partition(topic: string, partition: number): MemoryPartition {
    const { partitions } = this.#topic(topic)
    const found = partitions[partition]
    if (found === undefined) throw unknownPartition(topic, partition, [...partitions.keys()])
    return found
  }
}
