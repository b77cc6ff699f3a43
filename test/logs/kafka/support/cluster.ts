// What the Kafka suites share: one broker for each test file, topics of their own, and reading a whole partition.
//
// Promises: without Java or Maven the suites skip, and `broker.test.ts` alone says so in one line; the broker and its
// directory are removed afterwards.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs, { type Admin, type Kafka, type Producer } from 'kafkajs'
import { type Chunk, offsetAt } from '../../../../core/log/chunk.ts'
import { openKafkaLog } from '../../../../logs/kafka/index.ts'
import type { KafkaLimits } from '../../../../logs/kafka/limits.ts'
import type { Log, ReadOptions } from '../../../../logs/log.ts'
import { type Broker, type BrokerOptions, startBroker } from '../../../../scripts/kafka/broker.ts'
import { clientOf } from '../../../../scripts/kafka/copy-topic.ts'
import { type KafkaParts, kafkaParts } from '../../../../scripts/kafka/jars.ts'

/** The parts of Kafka, or a sentence that says why it cannot run here. */
export const parts: KafkaParts | string = kafkaParts()
export const noKafka: boolean = typeof parts === 'string'

/** Short limits, so that failures come within the suite's time. */
export const QUICK: Partial<KafkaLimits> = { connectMs: 1_000, answerMs: 2_000, openMs: 3_000, outageMs: 30_000 }

const PRODUCER = { createPartitioner: kafkajs.Partitioners.DefaultPartitioner }

export class TestCluster {
  readonly broker: Broker
  readonly kafka: Kafka
  admin: Admin
  producer: Producer
  readonly #dir: string
  readonly #ends: (() => Promise<unknown>)[] = []
  /** The broker that was added last. */
  #last: Broker
  #topics = 0

  private constructor(dir: string, broker: Broker) {
    this.#dir = dir
    this.broker = broker
    this.#last = broker
    this.kafka = clientOf(broker.address)
    this.admin = this.kafka.admin()
    this.producer = this.kafka.producer(PRODUCER)
  }

  static async start(options: BrokerOptions = {}): Promise<TestCluster> {
    if (typeof parts === 'string') throw new Error(parts)
    const dir = mkdtempSync(join(tmpdir(), 'lyrebird-kafka-'))
    const cluster = new TestCluster(dir, await startBroker(parts, dir, options))
    await cluster.admin.connect()
    await cluster.producer.connect()
    return cluster
  }

  /** Replaces admin and producer: after a topic is deleted, those that have used it fail in every call. */
  async forget(): Promise<void> {
    await Promise.all([this.admin.disconnect(), this.producer.disconnect()])
    this.admin = this.kafka.admin()
    this.producer = this.kafka.producer(PRODUCER)
    await Promise.all([this.admin.connect(), this.producer.connect()])
  }

  /** Adds a broker to the cluster. */
  async further(properties: Readonly<Record<string, string>> = {}): Promise<Broker> {
    const joins = this.#last
    const broker = await startBroker(parts as KafkaParts, join(this.#dir, `further${joins.node}`), {
      joins,
      properties,
    })
    this.#last = broker
    this.#ends.push(() => broker.kill())
    return broker
  }

  async end(): Promise<void> {
    for (const end of this.#ends.reverse()) await end()
    await this.admin.disconnect().catch(() => {})
    await this.producer.disconnect().catch(() => {})
    await this.broker.kill()
    rmSync(this.#dir, { recursive: true, force: true })
  }

  /** Creates a topic; without a name, under a unique one. */
  async topic(
    options: { partitions?: number; name?: string; settings?: Record<string, string> } = {},
  ): Promise<string> {
    const topic = options.name ?? `t${++this.#topics}`
    const configEntries = Object.entries({ 'retention.ms': '-1', ...options.settings }).map(([name, value]) => ({
      name,
      value,
    }))
    const numPartitions = options.partitions ?? 1
    await this.admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions, configEntries }] })
    // The metadata of the topic reaches the broker shortly after the controller has answered.
    for (let tries = 0; ; tries++) {
      const found = await this.admin.fetchTopicMetadata({ topics: [topic] }).catch(() => null)
      if (found?.topics[0]?.partitions.every(({ leader }) => leader >= 0) === true) return topic
      if (tries === 500) throw new Error(`topic ${topic} did not come up`)
      await sleep(20)
    }
  }

  async log(limits: Partial<KafkaLimits> = {}): Promise<Log> {
    const log = await openKafkaLog(`kafka://${this.broker.address}`, {
      environment: {},
      limits: { ...QUICK, ...limits },
    })
    this.#ends.push(() => log.close())
    return log
  }

  /** A transactional producer, for cases that need one. */
  async transactional(id: string): Promise<Producer> {
    const producer = this.kafka.producer({
      transactionalId: id,
      idempotent: true,
      maxInFlightRequests: 1,
      ...PRODUCER,
      retry: { initialRetryTime: 10, maxRetryTime: 50, retries: 200 },
    })
    await producer.connect()
    this.#ends.push(() => producer.disconnect())
    return producer
  }

  /** Sends values to partition 0, one batch. */
  async send(topic: string, values: readonly string[], partition = 0): Promise<void> {
    await this.producer.send({ topic, messages: values.map(value => ({ value, partition })) })
  }
}

/** `offset:value` of all records of some chunks. */
export function texts(chunks: readonly Chunk[]): string[] {
  return chunks.flatMap(chunk =>
    Array.from({ length: chunk.count }, (_, i) => `${offsetAt(chunk, i)}:${valueText(chunk, i)}`),
  )
}

export function valueText(chunk: Chunk, i: number): string | null {
  const start = chunk.valueStart[i] as number
  return start < 0 ? null : Buffer.from(chunk.bytes.subarray(start, chunk.valueEnd[i])).toString('utf8')
}

/** All chunks of a range. */
export async function chunksOf(
  log: Log,
  topic: string,
  from: bigint,
  to: bigint,
  options: ReadOptions & { partition?: number } = {},
): Promise<Chunk[]> {
  const chunks: Chunk[] = []
  for await (const chunk of log.read(topic, options.partition ?? 0, from, to, options)) chunks.push(chunk)
  return chunks
}

/** `offset:value` of everything that the partition holds now. */
export async function everything(log: Log, topic: string, partition = 0): Promise<string[]> {
  const range = (await log.partitions(topic))[partition]
  if (range === undefined) throw new Error(`no partition ${partition}`)
  return texts(await chunksOf(log, topic, range.start, range.end, { partition }))
}
