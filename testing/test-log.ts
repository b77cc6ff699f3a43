// The log of a test: records in memory, written by the test or copied from a log that exists.
//
// Promises: the reference and the executors read the same records. A partition exists once something was sent to it or
// to one with a higher number.

import { type Header, offsetAt, TICK_HEADER } from '../core/log/chunk.ts'
import type { RowLayout } from '../core/log/row-layout.ts'
import type { ReferenceInput } from '../core/reference/input.ts'
import type { Log, TopicAbilities } from '../logs/log.ts'
import { MemoryLog } from '../logs/memory.ts'

interface TestRecord {
  readonly timestamp: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly Header[]
  readonly layout?: RowLayout | undefined
}

interface TestPartition {
  readonly records: (TestRecord & { readonly offset: bigint })[]
  start: bigint
  end: bigint
}

interface TestTopic {
  abilities: TopicAbilities
  readonly partitions: TestPartition[]
}

const ALL: TopicAbilities = { timestamps: true, keys: true, headers: true }

export class TestLog {
  readonly #topics = new Map<string, TestTopic>()

  /** Every topic exists from the start, with one partition. */
  constructor(topics: readonly string[]) {
    for (const topic of topics) this.#topics.set(topic, { abilities: ALL, partitions: [emptyPartition()] })
  }

  partitions(topic: string): number {
    return this.#topic(topic).partitions.length
  }

  append(topic: string, partition: number, record: TestRecord): void {
    const { partitions } = this.#topic(topic)
    while (partitions.length <= partition) partitions.push(emptyPartition())
    const target = partitions[partition] as TestPartition
    target.records.push({ ...record, offset: target.end })
    target.end++
  }

  /** The timestamp of the newest record of a partition; 0 where it has none. */
  lastTimestamp(topic: string, partition: number): number {
    return this.#topic(topic).partitions[partition]?.records.at(-1)?.timestamp ?? 0
  }

  tick(topic: string, partition: number, timestamp: number): void {
    const headers = [{ key: TICK_HEADER, value: null }]
    this.append(topic, partition, { timestamp, key: null, value: null, headers })
  }

  /** Copies the records of the test's topics from another log, up to its current end. */
  async load(log: Log): Promise<void> {
    for (const [name, topic] of this.#topics) {
      topic.abilities = await log.abilities(name)
      topic.partitions.length = 0
      for (const { partition, start, end } of await log.partitions(name)) {
        while (topic.partitions.length <= partition) topic.partitions.push(emptyPartition())
        topic.partitions[partition] = await readPartition(log, name, partition, start, end)
      }
    }
  }

  input(): ReferenceInput {
    return [...this.#topics].flatMap(([topic, { abilities, partitions }]) =>
      partitions.map(({ records }, partition) => ({
        topic,
        partition,
        records: records.map(r => (abilities.timestamps ? r : { ...r, timestamp: null })),
      })),
    )
  }

  /** The same records as the executors read them. */
  memoryLog(): MemoryLog {
    const log = new MemoryLog()
    for (const [topic, { abilities, partitions }] of this.#topics) {
      log.createTopic(topic, partitions.length, abilities)
      for (const [partition, { records, start, end }] of partitions.entries()) {
        for (const record of records) log.append(topic, partition, [record], record.offset)
        log.skipTo(topic, partition, end)
        log.trim(topic, partition, start)
      }
    }
    return log
  }

  #topic(topic: string): TestTopic {
    const found = this.#topics.get(topic)
    if (found === undefined) throw new Error(`lyrebird invariant broken: no topic ${topic} in the test's log`)
    return found
  }
}

const emptyPartition = (): TestPartition => ({ records: [], start: 0n, end: 0n })

async function readPartition(
  log: Log,
  topic: string,
  partition: number,
  start: bigint,
  end: bigint,
): Promise<TestPartition> {
  const records: TestPartition['records'] = []
  const part = (bytes: Uint8Array, from: number | undefined, to: number | undefined): Uint8Array | null =>
    from === undefined || from < 0 ? null : new Uint8Array(bytes.subarray(from, to))
  for await (const chunk of log.read(topic, partition, start, end)) {
    for (let i = 0; i < chunk.count; i++) {
      records.push({
        offset: offsetAt(chunk, i),
        timestamp: chunk.timestamps?.[i] ?? 0,
        key: part(chunk.bytes, chunk.keyStart?.[i], chunk.keyEnd?.[i]),
        value: part(chunk.bytes, chunk.valueStart[i], chunk.valueEnd[i]),
        headers: chunk.headers(i),
        layout: chunk.layout,
      })
    }
  }
  return { records, start, end }
}
