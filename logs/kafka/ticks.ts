// Writes ticks into partitions of a cluster: the one thing that is ever written to topics that jobs read.
//
// Promises: a tick is confirmed by all replicas in sync; where an answer is lost it may be there twice, which means the
// same. A compacted topic takes records with keys only: there the tick has a key of its own, and compaction keeps the
// newest one. A topic whose records are stamped by the broker's clock takes ticks for now only.

import { LyrebirdError } from '../../core/errors.ts'
import { TICK_HEADER } from '../../core/log/chunk.ts'
import { BatchBuilder } from '../record-batch/batch-builder.ts'
import type { IdleTick, Tick, TickWriter, WrittenTick } from '../tick.ts'
import { type Produced, produceCall } from './calls/produce.ts'
import type { Cluster } from './cluster.ts'
import { connect } from './connect.ts'
import { checkError, ERROR } from './failures.ts'
import { IDLE_TICK_OUTAGE_MS, TICK_MS } from './limits.ts'
import { endOfPartition } from './ranges.ts'
import { topicSettings } from './topic-settings.ts'

/** Throws `usage`, `unknown-topic`, `broker-unreachable`, `broker-auth`, `broker-error`. */
export async function writeKafkaTicks(spec: string, ticks: readonly Tick[]): Promise<readonly WrittenTick[]> {
  const cluster = await connect(spec)
  try {
    const written: WrittenTick[] = []
    for (const tick of ticks) written.push(...(await writeTick(cluster, tick)))
    return written
  } finally {
    await cluster.close()
  }
}

/** Connects when it first writes. Records of open transactions count: a partition that has such is not idle. */
export class KafkaTickWriter implements TickWriter {
  readonly #spec: string
  readonly #closing = new AbortController()
  #cluster: Promise<Cluster> | null = null

  constructor(spec: string) {
    this.#spec = spec
  }

  async write({ topic, partition, time, end, stampable }: IdleTick): Promise<bigint | null> {
    const cluster = await this.#connected()
    const now = await cluster.persist(`offsets of topic ${topic}`, async () => {
      await cluster.topic(topic)
      return await endOfPartition(cluster, topic, partition, 'all')
    })
    if (now !== end) return null
    const [written] = await writeTick(cluster, { topic, partition, time, isNow: stampable })
    return written?.offset ?? null
  }

  async close(): Promise<void> {
    this.#closing.abort()
    const cluster = await this.#cluster?.catch(() => null)
    await cluster?.close()
  }

  #connected(): Promise<Cluster> {
    const times = { openMs: IDLE_TICK_OUTAGE_MS, outageMs: IDLE_TICK_OUTAGE_MS }
    this.#cluster ??= connect(this.#spec, { patience: { ...times, signal: this.#closing.signal } }).catch(error => {
      this.#cluster = null
      throw error
    })
    return this.#cluster
  }
}

async function writeTick(cluster: Cluster, tick: Tick): Promise<readonly WrittenTick[]> {
  const { topic, isNow } = tick
  const { partitions } = await cluster.persist(`topic ${topic}`, () => cluster.topic(topic))
  const { compacted, stampedByBroker } = await topicSettings(cluster, topic)
  if (stampedByBroker && !isNow) throw stamped(topic)
  const numbers = partitions.map(({ partition }) => partition).sort((a, b) => a - b)
  const asked = tick.partition === null ? numbers : [tick.partition]
  const written: WrittenTick[] = []
  for (const partition of asked) {
    const offset = await produce(cluster, topic, partition, tickBatch(tick.time, compacted))
    written.push({ topic, partition, offset, time: tick.time })
  }
  return written
}

function tickBatch(timestamp: number, keyed: boolean): Uint8Array {
  const builder = new BatchBuilder()
  const key = keyed ? Buffer.from(TICK_HEADER) : null
  builder.add({ timestamp, key, value: null, headers: [{ key: TICK_HEADER, value: null }] })
  return builder.finish(0n)
}

function produce(cluster: Cluster, topic: string, partition: number, batch: Uint8Array): Promise<bigint> {
  let tries = 0
  return cluster.persist(`writing to ${topic}/${partition}`, async () => {
    const link = await cluster.leader(topic, partition, 'read', tries++ > 0)
    const [produced] = await link.send(produceCall([{ topic, partition, batch }], { timeoutMs: TICK_MS }))
    const { error, message, offset } = produced as Produced
    if (error === ERROR.invalidTimestamp || error === ERROR.invalidRecord) throw refused(topic, partition, message)
    checkError(error, `a tick for ${topic}/${partition}`, { topic, partition }, 'Write')
    return offset
  })
}

function refused(topic: string, partition: number, message: string | null): LyrebirdError {
  return new LyrebirdError(
    'usage',
    `${topic}/${partition} takes no such tick: ${message ?? 'the broker says not why'}`,
    {
      where: { topic, partition },
      hint: 'the settings message.timestamp.before.max.ms and message.timestamp.after.max.ms of the topic say which times it takes',
    },
  )
}

function stamped(topic: string): LyrebirdError {
  return new LyrebirdError(
    'usage',
    `the broker stamps the records of topic ${topic} with its own clock (message.timestamp.type): a tick there can only say now`,
    { where: { topic }, hint: 'write --at now' },
  )
}
