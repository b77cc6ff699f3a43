// The control topic of a cluster: what each topic of a state holds, written in the same transactions as its records.
//
// Promises: what is read is everything that was committed before the call, however many other states write: it is read
// up to a record of the caller, or not at all. Records are found by key; the order of claims is that in which they
// first came. Group offsets are no place for this: they expire with an idle group.

import { setTimeout as sleep } from 'node:timers/promises'
import { LyrebirdError } from '../../core/errors.ts'
import { type Chunk, offsetAt } from '../../core/log/chunk.ts'
import { partitionFor } from '../../core/values/murmur2.ts'
import type { PlacedBatch } from '../../logs/kafka/calls/produce.ts'
import type { Cluster } from '../../logs/kafka/cluster.ts'
import { Passing } from '../../logs/kafka/failures.ts'
import type { Place } from '../../logs/kafka/producer/lost-markers.ts'
import { partitionRanges } from '../../logs/kafka/ranges.ts'
import { readRange } from '../../logs/kafka/read.ts'
import type { PartitionRange } from '../../logs/log.ts'
import { BatchBuilder } from '../../logs/record-batch/batch-builder.ts'
import { type ControlRecord, controlKey, decodeControl, encodeControl } from './control-record.ts'

export const CONTROL_TOPIC = 'lyrebird-control'
const utf8 = new TextEncoder()

/** Settings of the topic: nothing of it may expire. */
export const CONTROL_SETTINGS: Readonly<Record<string, string>> = Object.freeze({
  'cleanup.policy': 'compact',
  'retention.ms': '-1',
  // Of two states that claim a topic at once, both must see who was first.
  'min.compaction.lag.ms': '600000',
})

/** Partitions of one that is made here: a state waits for open transactions in its partition only. */
export const CONTROL_PARTITIONS = 16

/** Where the records of a topic are, whatever state wrote them: in the order of one partition. */
export async function controlPlace(cluster: Cluster, topic: string): Promise<Place> {
  const { partitions } = cluster.known(CONTROL_TOPIC) ?? (await cluster.topic(CONTROL_TOPIC))
  return { topic: CONTROL_TOPIC, partition: partitionFor(utf8.encode(topic), partitions.length) }
}

/** The batch that writes a record; null takes the claim of a state back. */
export function controlBatch(
  cluster: Cluster,
  { topic, state }: Pick<ControlRecord, 'topic' | 'state'>,
  record: ControlRecord | null,
  timestamp: number,
): Promise<PlacedBatch> {
  const value = record === null ? null : utf8.encode(encodeControl(record))
  return batchOf(cluster, topic, controlKey({ topic, state }), value, timestamp)
}

/** The batch that says nothing, for who reads the topic afterwards: its leader must have this one. */
export function barrierBatch(
  cluster: Cluster,
  { topic, owner }: { readonly topic: string; readonly owner: string },
  timestamp: number,
): Promise<PlacedBatch> {
  return batchOf(cluster, topic, JSON.stringify(['session', topic, owner]), null, timestamp)
}

async function batchOf(
  cluster: Cluster,
  topic: string,
  key: string,
  value: Uint8Array | null,
  timestamp: number,
): Promise<PlacedBatch> {
  const builder = new BatchBuilder()
  builder.add({ timestamp, key: utf8.encode(key), value, headers: [] })
  return { ...(await controlPlace(cluster, topic)), batch: builder.finish(0n) }
}

/**
 * The newest record of each state that has claimed a topic, in the order in which their first ones came.
 * Throws `Passing` where committed records do not reach to `written`, the offset of a record that was written before: a
 * transaction that began earlier is open, and a record of ours may stand in it unseen; or who answers is no leader any
 * more, and newer records are elsewhere.
 */
export async function claimsOf(
  cluster: Cluster,
  { topic, topicId }: Pick<ControlRecord, 'topic' | 'topicId'>,
  written: bigint,
): Promise<readonly ControlRecord[]> {
  const { partition } = await controlPlace(cluster, topic)
  const range = await rangeBeyond(cluster, partition, written)
  const found = new Map<string, { readonly first: bigint; readonly value: string }>()
  const { start: from, end: to } = range
  for await (const chunk of readRange(cluster, { topic: CONTROL_TOPIC, partition, from, to })) {
    for (let i = 0; i < chunk.count; i++) {
      const key = textOf(chunk, chunk.keyStart?.[i] ?? -1, chunk.keyEnd?.[i]) ?? ''
      const value = textOf(chunk, chunk.valueStart[i] as number, chunk.valueEnd[i])
      if (value === null) found.delete(key)
      else found.set(key, { first: found.get(key)?.first ?? offsetAt(chunk, i), value })
    }
  }
  const inOrder = [...found.values()].sort((a, b) => (a.first < b.first ? -1 : 1))
  return inOrder.map(({ value }) => decodeControl(value)).filter(r => r.topic === topic && r.topicId === topicId)
}

/** The range of a partition once it shows a record that was written: the markers of its transaction come later. */
async function rangeBeyond(cluster: Cluster, partition: number, written: bigint): Promise<PartitionRange> {
  for (let looks = 1; ; looks++) {
    const ranges = await partitionRanges(cluster, CONTROL_TOPIC)
    const range = ranges.find(({ partition: number }) => number === partition)
    if (range === undefined) throw new Passing(`the control topic has no partition ${partition}`)
    if (range.end > written) return range
    if (looks === LOOKS) throw new Passing('the control topic does not show yet what was written last')
    await sleep(LOOK_PAUSE_MS)
  }
}

/** Some seconds: a marker takes milliseconds, on loaded disks more; a transaction of others may stay open. */
const LOOKS = 60
const LOOK_PAUSE_MS = 50

const textOf = ({ bytes }: Chunk, from: number, to: number | undefined): string | null =>
  from < 0 ? null : Buffer.from(bytes.subarray(from, to)).toString('utf8')

/** Throws `broker-error` where the topic is not kept as it must be. */
export function checkControlSettings(settings: ReadonlyMap<string, string>): void {
  const policy = settings.get('cleanup.policy') ?? ''
  if (policy === 'compact') return
  throw new LyrebirdError(
    'broker-error',
    `the control topic ${CONTROL_TOPIC} has cleanup.policy ${policy}: what it says of outputs would be lost`,
    {
      where: { topic: CONTROL_TOPIC },
      hint: `set its cleanup.policy to compact: kafka-configs --alter --topic ${CONTROL_TOPIC} --add-config cleanup.policy=compact`,
    },
  )
}
