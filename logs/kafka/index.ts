// A Kafka cluster as a log: kafka://HOST:PORT[,HOST:PORT...], read by offset, without a consumer group.
//
// Promises: those of logs/log.ts. The end of a partition is its last stable offset, so that a bounded read ends exactly
// and no record of an open or aborted transaction is ever delivered. Positions come from the caller alone: no offset is
// committed to the cluster, none is reset.

import { orClose } from '../../core/close-all.ts'
import type { Chunk } from '../../core/log/chunk.ts'
import type { Log, PartitionRange, ReadOptions, TopicAbilities } from '../log.ts'
import type { Patience } from '../patience.ts'
import { describeTopicCall } from './calls/describe-configs.ts'
import { Cluster } from './cluster.ts'
import { checkError } from './failures.ts'
import { Follower } from './follow.ts'
import type { KafkaLimits } from './limits.ts'
import { partitionRanges } from './ranges.ts'
import { readRange } from './read.ts'
import { kafkaSettings } from './settings.ts'

interface KafkaOptions {
  /** Default: that of the process. Names of the variables: `VARIABLES` of settings.ts. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  readonly limits?: Partial<KafkaLimits>
  /** Its times win over those of `limits`. */
  readonly patience?: Patience
}

/** Connects. Throws `usage`, `broker-unreachable` (within limits.openMs), `broker-auth`, `broker-error`. */
export async function openKafkaLog(spec: string, options: KafkaOptions = {}): Promise<Log> {
  const { patience = {}, environment = process.env } = options
  const limits = { ...options.limits, ...defined({ openMs: patience.openMs, outageMs: patience.outageMs }) }
  const cluster = new Cluster(kafkaSettings(spec, environment, limits), patience)
  await orClose(
    () => cluster.reach(`reaching ${spec}`, () => cluster.everyTopic()),
    () => cluster.close(),
  )
  return new KafkaLog(spec, cluster)
}

/** Without what is undefined. */
const defined = (times: { openMs: number | undefined; outageMs: number | undefined }): Partial<KafkaLimits> =>
  Object.fromEntries(Object.entries(times).filter(([, value]) => value !== undefined))

const ABILITIES: TopicAbilities = Object.freeze({ timestamps: true, keys: true, headers: true })

class KafkaLog implements Log {
  readonly description: string
  readonly #cluster: Cluster
  readonly #follower: Follower

  constructor(description: string, cluster: Cluster) {
    this.description = description
    this.#cluster = cluster
    this.#follower = new Follower(cluster)
  }

  async topics(): Promise<readonly string[]> {
    const topics = await this.#cluster.persist('the list of topics', () => this.#cluster.everyTopic())
    return topics
      .filter(({ internal }) => !internal)
      .map(({ topic }) => topic)
      .sort()
  }

  async partitions(topic: string): Promise<readonly PartitionRange[]> {
    const ranges = await partitionRanges(this.#cluster, topic)
    this.#follower.handedOut(topic, ranges)
    return ranges
  }

  async abilities(topic: string): Promise<TopicAbilities> {
    await this.topicId(topic)
    return ABILITIES
  }

  async topicId(topic: string): Promise<string> {
    return (await this.#cluster.persist(`topic ${topic}`, () => this.#cluster.topic(topic))).id
  }

  compacted(topic: string): Promise<boolean> {
    return this.#cluster.persist(`the settings of topic ${topic}`, async () => {
      await this.#cluster.topic(topic)
      const { error, settings } = await this.#cluster.ask(describeTopicCall(topic, ['cleanup.policy']))
      checkError(error, `the settings of topic ${topic}`, { topic })
      return (settings.get('cleanup.policy') ?? '').split(',').some(policy => policy.trim() === 'compact')
    })
  }

  read(topic: string, partition: number, from: bigint, to: bigint, options: ReadOptions = {}): AsyncIterable<Chunk> {
    return readRange(this.#cluster, { topic, partition, from, to }, options)
  }

  changed(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    return this.#follower.changed(timeoutMs, signal)
  }

  close(): Promise<void> {
    return this.#cluster.close()
  }
}
