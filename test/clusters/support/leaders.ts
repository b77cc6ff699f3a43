// Moves the partitions of topics to other brokers, and their lead.

import { setTimeout as sleep } from 'node:timers/promises'
import { type ApiCall, WireReader, WireWriter } from '../../../logs/kafka/calls/wire.ts'
import { withCluster } from '../../sinks/kafka/support.ts'
import type { Brokers } from '../../torture/support/brokers.ts'

const POLL_MS = 50
const LIMIT_MS = 60_000

type ReplicasOf = (partition: number) => readonly number[]

/** Gives the partitions of the topics these replicas, the first of which are to lead; resolves when all of them do. */
export async function moveTo(brokers: Brokers, topics: readonly string[], replicasOf: ReplicasOf): Promise<void> {
  await withCluster(brokers.direct, async cluster => {
    const partitionsOf = async (topic: string) => (await cluster.topic(topic)).partitions
    await brokers.withAdmin(async admin => {
      for (const topic of topics) {
        const partitionAssignment = (await partitionsOf(topic)).map(({ partition }) => ({
          partition,
          replicas: [...replicasOf(partition)],
        }))
        await admin.alterPartitionReassignments({ topics: [{ topic, partitionAssignment }] })
      }
    })
    for (const topic of topics) {
      for (const until = performance.now() + LIMIT_MS; ; await sleep(POLL_MS)) {
        const partitions = await partitionsOf(topic)
        if (partitions.every(({ partition, leader }) => leader === replicasOf(partition)[0])) break
        if (performance.now() > until) throw new Error(`${topic} is not led as it should be`)
        const numbers = partitions.map(({ partition }) => partition)
        // Refused while the one that is to lead has not caught up yet.
        await cluster.ask(electPreferredCall(topic, numbers))
      }
    }
  })
}

/** ElectLeaders v2 (KIP-460): the first replica is to lead. */
function electPreferredCall(topic: string, partitions: readonly number[]): ApiCall<void> {
  const PREFERRED = 0
  return {
    apiKey: 43,
    apiVersion: 2,
    apiName: 'ElectLeaders',
    encode() {
      const w = new WireWriter().tags().i8(PREFERRED)
      w.topicPartitions(topic, partitions, partition => w.i32(partition))
      return w.i32(10_000).tags().done()
    },
    decode(bytes) {
      const r = new WireReader(bytes)
      r.tags()
      r.i32() // throttle time
      r.i16()
    },
  }
}
