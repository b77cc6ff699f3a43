// Transactions that have ended for their coordinator and are still open in partitions: their markers were never
// written.
//
// A coordinator that starts before its broker knows who leads a partition takes the partition for deleted, passes over
// its marker and calls the transaction complete (seen with Kafka 4.4: one broker, kill -9 right after the answer to
// EndTxn). Readers of committed records then wait there for ever, and the next transaction of the same producer ends
// this one together with itself, whatever its outcome was.
//
// Promises: told apart from a transaction that is still ending, and from those of other producers.

import { describeProducersCall } from '../calls/describe-producers.ts'
import { describeTransactionCall } from '../calls/transactions.ts'
import type { Cluster } from '../cluster.ts'
import { checkError, Passing } from '../failures.ts'
import { endOfPartition } from '../ranges.ts'
import { coordinatorOf } from './coordinator.ts'
import { checkTransaction } from './transaction-errors.ts'

/** How a transaction ended. */
export type Outcome = 'commit' | 'abort'

/** The last transaction of a transactional id that has no open one. */
interface EndedTransaction {
  readonly producer: bigint
  /** Null where a producer has taken the id since: the coordinator has forgotten it. */
  readonly outcome: Outcome | null
}

/** A partition of a topic. */
export interface Place {
  readonly topic: string
  readonly partition: number
}

const NOT_FOUND = 105
const OUTCOMES: ReadonlyMap<string, Outcome | null> = new Map([
  ['Empty', null],
  ['CompleteCommit', 'commit'],
  ['CompleteAbort', 'abort'],
])
const ENDING: ReadonlySet<string> = new Set(['PrepareCommit', 'PrepareAbort', 'PrepareEpochFence'])

/** Null where there was none, or one is open. Throws `Passing` while one ends, and failures of the broker. */
export async function endedTransaction(cluster: Cluster, transactionalId: string): Promise<EndedTransaction | null> {
  const what = `the transactional id ${transactionalId}`
  const coordinator = await coordinatorOf(cluster, transactionalId)
  const { error, state, producer } = await coordinator.send(describeTransactionCall(transactionalId))
  if (error === NOT_FOUND) return null
  checkTransaction(error, what, null, transactionalId, 'Describe')
  if (ENDING.has(state)) throw new Passing(`${what}: its last transaction is still ending`)
  const outcome = OUTCOMES.get(state)
  return outcome === undefined ? null : { producer, outcome }
}

/** The partitions in which a producer has an open transaction. */
export async function openPlaces(
  cluster: Cluster,
  producer: bigint,
  places: readonly Place[],
): Promise<readonly Place[]> {
  const open = await Promise.all(places.map(place => isOpen(cluster, producer, place)))
  return places.filter((_, i) => open[i])
}

async function isOpen(cluster: Cluster, producer: bigint, { topic, partition }: Place): Promise<boolean> {
  const [stable, written] = await Promise.all([
    endOfPartition(cluster, topic, partition, 'committed'),
    endOfPartition(cluster, topic, partition, 'all'),
  ])
  // Nothing is open there, and brokers want more rights for the next question.
  if (stable === written) return false
  const what = `the producers of ${topic}/${partition}`
  const link = await cluster.leader(topic, partition, 'read', false)
  const [described] = await link.send(describeProducersCall(topic, [partition]))
  if (described === undefined) throw new Passing(`${what}: nothing in the answer`)
  checkError(described.error, what, { topic, partition }, 'Read')
  return described.producers.some(({ id, transactionStart }) => id === producer && transactionStart >= 0n)
}
