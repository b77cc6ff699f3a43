// Open transactions that hold readers of committed records back: in which partitions, whose they are, since when.
//
// Promises: asks only where something is held back; what the cluster does not tell (an old broker, a user without the
// rights) is left out.

import type { HeldBack } from '../../log.ts'
import { describeProducersCall } from '../calls/describe-producers.ts'
import { LATEST, listOffsetsCall, type Records } from '../calls/list-offsets.ts'
import { describeTransactionCall, listTransactionsCall } from '../calls/transactions.ts'
import type { Link } from '../client.ts'
import type { Cluster } from '../cluster.ts'
import { partitionRanges } from '../ranges.ts'

/** Throws `unknown-topic` and failures of the broker. */
export async function heldBack(cluster: Cluster, topic: string): Promise<readonly HeldBack[]> {
  const ranges = await partitionRanges(cluster, topic)
  const held: HeldBack[] = []
  for (const { partition, end } of ranges) {
    const all = await endNow(cluster, topic, partition, 'all')
    if (all === null || all <= end) continue
    // Again, and after the other one: records that came between the two are not held back.
    const from = await endNow(cluster, topic, partition, 'committed')
    if (from === null || all <= from) continue
    const owner = await ownerOf(cluster, topic, partition, from).catch(() => null)
    held.push({ topic, partition, from, offsets: all - from, owner: owner?.text ?? null, since: owner?.since ?? null })
  }
  return held
}

/** Null where the leader does not say it. */
async function endNow(cluster: Cluster, topic: string, partition: number, records: Records): Promise<bigint | null> {
  const link = await cluster.leader(topic, partition, 'read', false)
  const [found] = await link.send(listOffsetsCall(topic, [cluster.led(topic, partition)], LATEST, records))
  return found === undefined || found.error !== 0 ? null : found.offset
}

interface Owner {
  readonly text: string
  /** ms since 1970; null where that is not known. */
  readonly since: number | null
}

/** The producer whose transaction begins first, which is what holds the partition back. */
async function ownerOf(cluster: Cluster, topic: string, partition: number, from: bigint): Promise<Owner | null> {
  const link = await cluster.leader(topic, partition, 'read', false)
  const [described] = await link.send(describeProducersCall(topic, [partition]))
  const open = (described?.producers ?? []).filter(({ transactionStart }) => transactionStart >= 0n)
  const first = open.find(({ transactionStart }) => transactionStart === from) ?? open[0]
  if (first === undefined) return null
  const transaction = await transactionOf(cluster, first.id)
  if (transaction !== null) {
    const { id, state, startedAt } = transaction
    return { text: `producer ${first.id} (transactional id ${id}, ${state})`, since: startedAt }
  }
  // No coordinator knows it: it will never end by itself.
  const abort = `kafka-transactions.sh abort --topic ${topic} --partition ${partition} --start-offset ${first.transactionStart}`
  return { text: `producer ${first.id}, which no coordinator knows (${abort})`, since: Number(first.lastTimestamp) }
}

async function transactionOf(cluster: Cluster, producer: bigint) {
  for (const node of cluster.nodes) {
    const link: Link = await cluster.node(node, 'read')
    const [id] = await link.send(listTransactionsCall(producer))
    if (id === undefined) continue
    const { error, state, startedAt } = await link.send(describeTransactionCall(id))
    return { id, state: state === '' ? 'state unknown' : state, startedAt: error === 0 ? Number(startedAt) : null }
  }
  return null
}
