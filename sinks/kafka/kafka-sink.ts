// The sink of a Kafka cluster: records go through an outbox beside the state, and from there into transactions.
//
// Promises: those of sink.ts, given that `publish` makes records of a commit due and `drain` waits for them: Kafka is
// off the path of the commit. The outbox is an embedded log in the directory of the state, and keeps what Kafka has not
// got yet; what was committed is sent by the next run if not by this one.

import { closeAll, orClose } from '../../core/close-all.ts'
import { LyrebirdError } from '../../core/errors.ts'
import { decodeHeld, HeldRow } from '../../core/state/row-codec.ts'
import { compareBytes } from '../../core/values/bytes.ts'
import { StoredBatches } from '../../logs/embedded/stored-batches.ts'
import { partitionDirectory } from '../../logs/embedded/topic-file.ts'
import type { Cluster } from '../../logs/kafka/cluster.ts'
import { connect, type KafkaOptions } from '../../logs/kafka/connect.ts'
import { openEmbeddedSink } from '../embedded/embedded-sink.ts'
import { KEPT_BYTES, PUBLISH_MS } from '../limits.ts'
import type { Sink, SinkCommit, SinkOptions, TopicOptions } from '../sink.ts'
import { Forwarder, type HowToSend } from './forwarder.ts'
import { Journal } from './journal.ts'
import { givenKey, keysIn, NULL_KEY } from './keys-in-topic.ts'
import { ensureControlTopic, ensureTopic } from './topics.ts'

interface KafkaSinkOptions extends KafkaOptions, TopicOptions {}

/** Throws `usage`, `broker-unreachable`, `broker-auth`, `broker-error`, `partition-count`. */
export async function openKafkaSink(place: string, options: SinkOptions, kafka: KafkaSinkOptions = {}): Promise<Sink> {
  const journal = Journal.open(options.outbox, place)
  const batches = outboxesOf(options)
  const outbox = await openEmbeddedSink(options.outbox, options, (topic, partition, batch) =>
    batches.get(topic)?.[partition]?.keep(batch),
  )
  return await orClose(
    async () => {
      const cluster = await connect(place, kafka)
      return await orClose(
        async () => {
          await ensureControlTopic(cluster, kafka)
          for (const topic of options.topics) await ensureTopic(cluster, topic, kafka)
          return new KafkaSink(options, outbox, batches, cluster, journal, {
            compresses: kafka.compression !== 'none',
            republishes: kafka.republish === true,
          })
        },
        () => cluster.close(),
      )
    },
    () => outbox.close(),
  )
}

/** What the outbox holds, by topic and partition. */
type Outboxes = ReadonlyMap<string, readonly StoredBatches[]>

function outboxesOf({ topics, outbox }: SinkOptions): Outboxes {
  return new Map(
    topics.map(({ topic, partitions }) => {
      const kept = Math.floor(KEPT_BYTES / partitions)
      const open = (_: unknown, partition: number): StoredBatches =>
        new StoredBatches({ topic, partition }, partitionDirectory(outbox, topic, partition), kept)
      return [topic, Array.from({ length: partitions }, open)]
    }),
  )
}

const reservedKey = (topic: string): LyrebirdError =>
  new LyrebirdError('job-failed', `the key "lyrebird-null" cannot be written to topic ${topic}: it stands for no key`, {
    where: { topic },
    hint: 'give the rows other keys, or write the changes to a log directory with --out DIR',
  })

class KafkaSink implements Sink {
  readonly #o: SinkOptions
  readonly #outbox: Sink
  readonly #batches: Outboxes
  readonly #cluster: Cluster
  readonly #journal: Journal
  readonly #how: HowToSend
  /** Topics whose records must have keys. */
  readonly #compacted: ReadonlySet<string>
  readonly #row = new HeldRow()
  #forwarders: readonly Forwarder[] = []
  #next: SinkCommit | null = null
  /** ms since 1970. */
  #publishedAt = 0

  constructor(
    options: SinkOptions,
    outbox: Sink,
    batches: Outboxes,
    cluster: Cluster,
    journal: Journal,
    how: HowToSend,
  ) {
    this.#o = options
    this.#outbox = outbox
    this.#batches = batches
    this.#cluster = cluster
    this.#journal = journal
    this.#how = how
    this.#compacted = new Set(options.topics.filter(({ content }) => content === 'changes').map(({ topic }) => topic))
  }

  async recover(last: SinkCommit | null): Promise<void> {
    await this.#outbox.recover(last)
    const run = this.#journal.begin(last?.number ?? 0)
    const { topics, owner, checkOwner, clock } = this.#o
    this.#forwarders = topics.map(topic => {
      const outbox = this.#batches.get(topic.topic) ?? []
      const held = { cluster: this.#cluster, journal: this.#journal, owner, checkOwner, clock }
      return new Forwarder({ ...topic, ...held, outbox, run, ...this.#how })
    })
    // At once: one may wait for a transaction that another of them ends.
    await Promise.all(this.#forwarders.map(forwarder => forwarder.start(last)))
  }

  get outdated(): readonly string[] {
    return this.#o.topics.filter((_, i) => this.#forwarders[i]?.isOutdated).map(({ topic }) => topic)
  }

  async *keysOf(topic: string): AsyncGenerator<Uint8Array | null> {
    for await (const key of keysIn(this.#cluster, topic)) yield givenKey(key)
  }

  release(topic: string, partition: number, key: Uint8Array, value: Uint8Array): void {
    if (!this.#compacted.has(topic)) return this.#outbox.release(topic, partition, key, value)
    const row = this.#withKey(topic, partition, key, value)
    this.#outbox.release(topic, partition, row.key, row.value)
  }

  /** The row of a change; brokers refuse a record without a key in a compacted topic. */
  #withKey(
    topic: string,
    partition: number,
    key: Uint8Array,
    value: Uint8Array,
  ): { key: Uint8Array; value: Uint8Array } {
    const held = decodeHeld(key, value)
    if (held.key === null) return this.#row.encode({ ...held, partition, key: NULL_KEY })
    if (compareBytes(held.key, NULL_KEY) === 0) throw reservedKey(topic)
    return { key, value }
  }

  async prepare(next: SinkCommit): Promise<void> {
    await this.#outbox.prepare(next)
    this.#next = next
  }

  /**
   * What is in the outbox is counted by the state: its mark matters only to the files that may be deleted, and to how
   * much of them the next run reads, so that it is not written with each commit.
   */
  async publish(): Promise<void> {
    const [commit, now] = [this.#next, this.#o.clock()]
    if (commit === null) return
    for (const forwarder of this.#forwarders) forwarder.take(commit)
    if (Math.abs(now - this.#publishedAt) < PUBLISH_MS) return
    await this.#outbox.publish()
    this.#publishedAt = now
    for (const forwarder of this.#forwarders) forwarder.published(commit)
  }

  check(): void {
    for (const forwarder of this.#forwarders) forwarder.check()
  }

  async drain(): Promise<void> {
    for (const forwarder of this.#forwarders) await forwarder.drain()
  }

  async close(): Promise<void> {
    await closeAll(
      () => this.#cluster.close(),
      () => Promise.all(this.#forwarders.map(forwarder => forwarder.drain().catch(() => {}))),
      () => this.#outbox.close(),
    )
  }
}
