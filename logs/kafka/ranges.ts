// First offset and last stable offset of partitions, and their sizes, asked of their leaders.
//
// Promises: the end is exact for readers of committed records, and that of a leader which is none any more is not
// taken; a topic that is created again between two requests is noticed.

import { LyrebirdError } from '../../core/errors.ts'
import type { PartitionRange } from '../log.ts'
import { describeLogDirsCall } from './calls/describe-log-dirs.ts'
import { EARLIEST, LATEST, type ListedOffset, listOffsetsCall, type Records } from './calls/list-offsets.ts'
import type { TopicMetadata } from './calls/metadata.ts'
import type { Cluster } from './cluster.ts'
import { checkError, Passing } from './failures.ts'

/**
 * The ranges of all partitions of a topic, sorted, from the newest leaders that any broker knows of. Throws
 * `unknown-topic`, `topic-recreated` and broker failures.
 */
export async function partitionRanges(cluster: Cluster, topic: string): Promise<readonly PartitionRange[]> {
  return cluster.persist(`offsets of topic ${topic}`, async () => {
    await cluster.learnLeaders(topic)
    return rangesNow(cluster, await cluster.topic(topic))
  })
}

/** The first offset whose record has a timestamp of at least `time`; the last stable offset where there is none. */
export function offsetFrom(cluster: Cluster, topic: string, partition: number, time: number): Promise<bigint> {
  return cluster.persist(`offsets of topic ${topic}`, async () => {
    await cluster.topic(topic)
    // Negative times are special to brokers, and no record is before 0.
    const first = await listedOffset(cluster, topic, partition, BigInt(Math.max(time, 0)))
    return first >= 0n ? first : await endOfPartition(cluster, topic, partition, 'committed')
  })
}

/** Where a partition ends, for readers of committed records or with all. Throws `Passing`, and typed failures. */
export function endOfPartition(cluster: Cluster, topic: string, partition: number, records: Records): Promise<bigint> {
  return listedOffset(cluster, topic, partition, LATEST, records)
}

async function listedOffset(
  cluster: Cluster,
  topic: string,
  partition: number,
  timestamp: bigint,
  records: Records = 'committed',
): Promise<bigint> {
  const link = await cluster.leader(topic, partition, 'read', false)
  return offsetIn(
    await link.send(listOffsetsCall(topic, [cluster.led(topic, partition)], timestamp, records)),
    topic,
    partition,
  )
}

/** The offset of a partition in an answer. */
function offsetIn(listed: readonly ListedOffset[], topic: string, partition: number): bigint {
  const found = listed.find(({ partition: number }) => number === partition)
  if (found === undefined) throw new Passing(`no offset of ${topic}/${partition} in the answer`)
  checkError(found.error, `the offsets of ${topic}/${partition}`, { topic, partition }, 'Describe')
  return found.offset
}

/** Bytes of the leaders' replicas; without those of brokers that do not tell this user. */
export async function partitionBytes(cluster: Cluster, topic: string): Promise<ReadonlyMap<number, number>> {
  return cluster.persist(`sizes of topic ${topic}`, async () => {
    const { partitions } = await cluster.topic(topic)
    const asked = [...byLeader(partitions)].map(async ([node, led]) => {
      const link = await cluster.node(node, 'read')
      return [...(await link.send(describeLogDirsCall(topic, numbersOf(led))))]
    })
    return new Map((await Promise.all(asked)).flat())
  })
}

/** Partitions by the number of the broker that leads them. */
export function byLeader(
  partitions: TopicMetadata['partitions'],
): ReadonlyMap<number, readonly TopicMetadata['partitions'][number][]> {
  const led = new Map<number, TopicMetadata['partitions'][number][]>()
  for (const partition of partitions) led.set(partition.leader, [...(led.get(partition.leader) ?? []), partition])
  return led
}

const numbersOf = (partitions: TopicMetadata['partitions']): readonly number[] =>
  partitions.map(({ partition }) => partition)

async function rangesNow(
  cluster: Cluster,
  { topic, partitions }: Pick<TopicMetadata, 'topic' | 'partitions'>,
): Promise<readonly PartitionRange[]> {
  const ranges = await Promise.all(
    [...byLeader(partitions)].map(([node, led]) => rangesOf(cluster, topic, node, numbersOf(led))),
  )
  return ranges.flat().sort((a, b) => a.partition - b.partition)
}

/** The ranges of partitions that one broker leads. Throws `Passing`, LinkFailure and typed failures. */
export async function rangesOf(
  cluster: Cluster,
  topic: string,
  node: number,
  led: readonly number[],
): Promise<PartitionRange[]> {
  const link = await cluster.node(node, 'read')
  const asked = led.map(partition => cluster.led(topic, partition))
  const [starts, ends] = await Promise.all([
    link.send(listOffsetsCall(topic, asked, EARLIEST)),
    link.send(listOffsetsCall(topic, asked, LATEST)),
  ])
  const at = (listed: typeof starts, partition: number): bigint => {
    const offset = offsetIn(listed, topic, partition)
    if (offset >= 0n) return offset
    throw new LyrebirdError('broker-error', `the broker gives ${offset} as an offset of ${topic}/${partition}`, {
      where: { topic, partition },
    })
  }
  return led.map(partition => {
    const start = at(starts, partition)
    const end = at(ends, partition)
    // The start may move on between the two requests; an end before it is an empty partition.
    const empty = end < start
    return { topic, partition, start, end: empty ? start : end }
  })
}
