// A Kafka cluster as a log: kafka://HOST:PORT[,HOST:PORT...], read by offset, without a consumer group.
//
// Promises: those of logs/log.ts. The end of a partition is its last stable offset, so that a bounded read ends exactly
// and no record of an open or aborted transaction is ever delivered. Positions come from the caller alone: no offset is
// committed to the cluster, none is reset.

import type { Chunk } from '../../core/log/chunk.ts'
import type { HeldBack, Log, PartitionRange, RangeOptions, ReadOptions, TopicAbilities, TopicFacts } from '../log.ts'
import type { Cluster } from './cluster.ts'
import { connect, type KafkaOptions } from './connect.ts'
import { Follower } from './follow/follower.ts'
import { LiveRanges } from './follow/live-ranges.ts'
import { offsetFrom, partitionBytes, partitionRanges } from './ranges.ts'
import { readRange } from './read.ts'
import { topicSettings } from './topic-settings.ts'
import { heldBack } from './transactions/held-back.ts'

/** Connects. Throws `usage`, `broker-unreachable` (within limits.openMs), `broker-auth`, `broker-error`. */
export async function openKafkaLog(spec: string, options: KafkaOptions = {}): Promise<Log> {
  return new KafkaLog(spec, await connect(spec, options))
}

const ABILITIES: TopicAbilities = Object.freeze({ timestamps: true, keys: true, headers: true, ticks: true })

class KafkaLog implements Log {
  readonly description: string
  readonly #cluster: Cluster
  readonly #follower: Follower
  readonly #live: LiveRanges

  constructor(description: string, cluster: Cluster) {
    this.description = description
    this.#cluster = cluster
    this.#live = new LiveRanges(cluster)
    this.#follower = new Follower(cluster, this.#live)
  }

  async topics(): Promise<readonly string[]> {
    const topics = await this.#cluster.persist('the list of topics', () => this.#cluster.everyTopic())
    return topics
      .filter(({ internal }) => !internal)
      .map(({ topic }) => topic)
      .sort()
  }

  async partitions(topic: string, { live = false }: RangeOptions = {}): Promise<readonly PartitionRange[]> {
    const ranges = await (live
      ? this.#live.now(topic, this.#follower.knowsRanges(topic))
      : partitionRanges(this.#cluster, topic))
    if (!live) this.#live.know(topic, ranges)
    this.#follower.handedOut(topic, ranges)
    return ranges
  }

  async abilities(topic: string): Promise<TopicAbilities> {
    await this.topicId(topic)
    return ABILITIES
  }

  /** That under which the topic was first seen: where it has another one, its partitions cannot be asked for. */
  async topicId(topic: string): Promise<string> {
    const known = this.#cluster.known(topic)
    if (known !== undefined) return known.id
    return (await this.#cluster.persist(`topic ${topic}`, () => this.#cluster.topic(topic))).id
  }

  heldBack(topic: string): Promise<readonly HeldBack[]> {
    return heldBack(this.#cluster, topic)
  }

  async facts(topic: string): Promise<TopicFacts> {
    const { compacted } = await topicSettings(this.#cluster, topic)
    return { storage: 'Kafka', compacted, bytes: await partitionBytes(this.#cluster, topic) }
  }

  async compacted(topic: string): Promise<boolean> {
    return (await topicSettings(this.#cluster, topic)).compacted
  }

  async compactionLagMs(topic: string): Promise<number> {
    return (await topicSettings(this.#cluster, topic)).compactionLagMs
  }

  offsetFrom(topic: string, partition: number, time: number): Promise<bigint> {
    return offsetFrom(this.#cluster, topic, partition, time)
  }

  read(topic: string, partition: number, from: bigint, to: bigint, options: ReadOptions = {}): AsyncIterable<Chunk> {
    return readRange(this.#cluster, { topic, partition, from, to }, { ...options, news: this.#follower.news })
  }

  changed(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    return this.#follower.changed(timeoutMs, signal)
  }

  close(): Promise<void> {
    return this.#cluster.close()
  }
}
