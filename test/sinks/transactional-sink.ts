// A sink over the fake server: an outbox beside the state, one transaction for each commit, a control record with its
// progress.
//
// Shows that the interface of sinks suits a system whose positions are unknown before its transaction ends: nothing
// here needs an offset. `to` is a sequence by itself, so that a sink that is behind continues in it and one that is
// ahead skips.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RecordCounts, Sink, SinkCommit, SinkOptions } from '../../sinks/sink.ts'
import type { FakeServer, Transaction } from './fake-server.ts'

interface OutboxRecord {
  readonly topic: string
  readonly partition: number
  /** The number of records before it in its partition. */
  readonly at: bigint
  readonly key: Uint8Array
  readonly value: Uint8Array
}

/** The records of a commit in the outbox. */
interface Batch {
  readonly commit: Pick<SinkCommit, 'number' | 'epoch' | 'records'>
  readonly records: readonly OutboxRecord[]
}

export function transactionalSink(server: FakeServer, outbox: string): (options: SinkOptions) => Promise<Sink> {
  return async options => {
    mkdirSync(outbox, { recursive: true })
    return new TransactionalSink(server, outbox, options)
  }
}

class TransactionalSink implements Sink {
  readonly #server: FakeServer
  readonly #outbox: string
  readonly #writer: string
  readonly #counts: Map<string, bigint[]>
  #released: OutboxRecord[] = []
  #prepared: Batch[] = []

  constructor(server: FakeServer, outbox: string, { topics, owner }: SinkOptions) {
    this.#server = server
    this.#outbox = outbox
    this.#writer = owner
    this.#counts = new Map(topics.map(({ topic, partitions }) => [topic, Array.from({ length: partitions }, () => 0n)]))
  }

  async recover(last: SinkCommit | null): Promise<void> {
    for (const [topic, partitions] of last?.records ?? []) this.#counts.set(topic, [...partitions])
    for (const batch of this.#stored()) {
      const { number } = batch.commit
      // The state did not make this commit; it will make another one of this number.
      if (number > (last?.number ?? 0)) rmSync(this.#path(number))
      else this.#prepared.push(batch)
    }
    await this.publish()
  }

  release(topic: string, partition: number, key: Uint8Array, value: Uint8Array): void {
    const counts = this.#counts.get(topic) as bigint[]
    const at = counts[partition] as bigint
    counts[partition] = at + 1n
    this.#released.push({ topic, partition, at, key: key.slice(), value: value.slice() })
  }

  async prepare({ number, epoch, records }: SinkCommit): Promise<void> {
    const batch: Batch = { commit: { number, epoch, records }, records: this.#released }
    writeFileSync(this.#path(number), JSON.stringify(batch, toJson))
    this.#prepared.push(batch)
    this.#released = []
  }

  async publish(): Promise<void> {
    for (const batch of this.#prepared) {
      const { number, epoch, records } = batch.commit
      const known = this.#server.control(this.#writer)?.records
      const news = batch.records.filter(r => r.at >= (known?.get(r.topic)?.[r.partition] ?? 0n))
      if (news.length > 0 || isBehind(known, records)) {
        const transaction: Transaction = this.#server.begin(this.#writer)
        for (const { topic, partition, key, value } of news) transaction.add(topic, partition, key, value)
        transaction.end({ epoch, commit: number, records })
      }
      rmSync(this.#path(number), { force: true })
    }
    this.#prepared = []
  }

  async close(): Promise<void> {
    this.#released = []
  }

  #stored(): Batch[] {
    const numbers = readdirSync(this.#outbox).map(name => Number.parseInt(name, 10))
    return numbers.sort((a, b) => a - b).map(n => JSON.parse(readFileSync(this.#path(n), 'utf8'), fromJson) as Batch)
  }

  #path(commit: number): string {
    return join(this.#outbox, `${commit}.json`)
  }
}

function isBehind(known: RecordCounts | undefined, records: RecordCounts): boolean {
  return [...records].some(([topic, counts]) => counts.some((n, p) => n > (known?.get(topic)?.[p] ?? 0n)))
}

function toJson(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return { bigint: String(value) }
  if (value instanceof Uint8Array) return { bytes: [...value] }
  return value instanceof Map ? { map: [...value] } : value
}

function fromJson(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  if ('bigint' in value) return BigInt(value.bigint as string)
  if ('bytes' in value) return Uint8Array.from(value.bytes as number[])
  return 'map' in value ? new Map(value.map as [unknown, unknown][]) : value
}
