// A producer with a transactional id: transactions of record batches, one after the other (KIP-98, KIP-890).
//
// Promises: what `commit` has resolved for is there exactly once for readers of committed records; what an instance has
// not committed when it fails is aborted by the `begin` of the next one. After any failure an instance is of no use:
// whether its last transaction is there only what the transaction itself wrote can tell, read after the next `begin`.
// On clusters with transactions of version 2 each transaction has an epoch of its own, so that a call which comes late
// cannot reach into the next one; on older ones it can (fault KIP-890).
// Not here: which records, and when to try again.

import { readBatchHeader, viewOf } from '../../record-batch/batch-header.ts'
import { apiVersionsCall } from '../calls/api-versions.ts'
import { type PlacedBatch, produceCall } from '../calls/produce.ts'
import {
  addPartitionsCall,
  endTransactionCall,
  initProducerIdCall,
  type ProducerIdentity,
  type TopicPartitions,
} from '../calls/transaction-calls.ts'
import type { ApiCall } from '../calls/wire.ts'
import type { Link } from '../client.ts'
import type { Cluster } from '../cluster.ts'
import { Passing } from '../failures.ts'
import { PRODUCE_MS } from '../limits.ts'
import { coordinatorOf } from './coordinator.ts'
import type { Outcome, Place } from './lost-markers.ts'
import { checkEntered, checkProduced, checkTransaction } from './transaction-errors.ts'
import { makeTransactional, nextSequence } from './transactional-batch.ts'

interface ProducerOptions {
  readonly cluster: Cluster
  readonly transactionalId: string
  /** ms after which the coordinator aborts a transaction whose producer is gone. */
  readonly timeoutMs: number
}

const TRANSACTION_FEATURE = 'transaction.version'
/** From this level of the feature on partitions enter by being written to, and each end gives another epoch. */
const SECOND_VERSION = 2
const PRODUCE_KEY = 0
const PRODUCE_THAT_ENTERS = 12

export class TransactionalProducer {
  readonly #o: ProducerOptions
  readonly #coordinator: Link
  /** Whether transactions are of version 2. */
  readonly #second: boolean
  #producer: ProducerIdentity
  /** Next sequence by topic and partition. */
  #sequences = new Map<string, number>()
  /** Partitions of the open transaction. */
  #entered = new Set<string>()
  #written: Promise<void>[] = []
  /** Offset of the last record that was written into each partition since the last end. */
  #ends = new Map<string, bigint>()
  #isOpen = false

  private constructor(options: ProducerOptions, coordinator: Link, producer: ProducerIdentity, second: boolean) {
    this.#o = options
    this.#coordinator = coordinator
    this.#producer = producer
    this.#second = second
  }

  /**
   * Takes the transactional id: fences earlier producers and ends their transactions. Throws `Passing` and LinkFailure
   * where another try may help, and typed failures.
   */
  static async begin(options: ProducerOptions): Promise<TransactionalProducer> {
    const { cluster, transactionalId, timeoutMs } = options
    const what = `the transactional id ${transactionalId}`
    const versions = await cluster.ask(apiVersionsCall())
    const second =
      (versions.features.get(TRANSACTION_FEATURE) ?? 0) >= SECOND_VERSION &&
      (versions.greatest.get(PRODUCE_KEY) ?? 0) >= PRODUCE_THAT_ENTERS
    const coordinator = await coordinatorOf(cluster, transactionalId)
    const { error, producer } = await coordinator.send(initProducerIdCall(transactionalId, timeoutMs))
    checkTransaction(error, what, null, transactionalId)
    return new TransactionalProducer(options, coordinator, producer, second)
  }

  /**
   * Writes batches, no two of them of one partition, in a transaction that begins with them; changes their bytes. It
   * resolves once they are on their way: `commit` waits for the answers.
   */
  async write(batches: readonly PlacedBatch[]): Promise<void> {
    const byLeader = new Map<Link, PlacedBatch[]>()
    for (const placed of batches) {
      const link = await this.#o.cluster.leader(placed.topic, placed.partition, 'write', false)
      byLeader.set(link, [...(byLeader.get(link) ?? []), placed])
    }
    if (!this.#second) await this.#enter(batches)
    this.#isOpen = true
    for (const placed of batches) this.#takeSequence(placed)
    const { transactionalId } = this.#o
    for (const [link, own] of byLeader) {
      const call = produceCall(own, { timeoutMs: PRODUCE_MS, transactionalId, enters: this.#second })
      const counts = new Map(own.map(placed => [nameOf(placed), recordsOf(placed)]))
      const written = link.send(call, PRODUCE_MS).then(answers => {
        for (const answer of answers) {
          checkProduced(answer, transactionalId)
          const name = nameOf(answer)
          this.#ends.set(name, answer.offset + BigInt(counts.get(name) ?? 0) - 1n)
        }
      })
      written.catch(() => {})
      this.#written.push(written)
    }
  }

  /** Waits until no more than so many writes are without an answer. */
  async settle(most: number): Promise<void> {
    while (this.#written.length > most) await this.#written.shift()
  }

  /** Offset of the last record that the open transaction has in a partition, once all writes are settled. */
  lastOffset(topic: string, partition: number): bigint | undefined {
    return this.#ends.get(nameOf({ topic, partition }))
  }

  /**
   * Ends what this producer has open in partitions although its coordinator knows of no transaction (lost markers). The
   * instance is of no use afterwards: the calls are those of version 1.
   */
  async endLeftOpen(places: readonly Place[], outcome: Outcome): Promise<void> {
    const { transactionalId } = this.#o
    await this.#enter(places)
    const end = endTransactionCall(transactionalId, this.#producer, { commit: outcome === 'commit', bumps: false })
    await this.#ask(end, `the end of a transaction of ${transactionalId}`)
  }

  /** Ends the transaction: all its records are there. Where this throws they may be, or not. */
  async commit(): Promise<void> {
    await this.settle(0)
    if (!this.#isOpen) return
    const { transactionalId } = this.#o
    const end = endTransactionCall(transactionalId, this.#producer, { commit: true, bumps: this.#second })
    const { producer } = await this.#ask(end, `the end of a transaction of ${transactionalId}`)
    this.#isOpen = false
    this.#entered = new Set()
    this.#ends = new Map()
    if (producer.epoch === this.#producer.epoch && producer.id === this.#producer.id) return
    this.#producer = producer
    this.#sequences = new Map()
  }

  async #ask<Answer extends { readonly error: number }>(call: ApiCall<Answer>, what: string): Promise<Answer> {
    const answer = await this.#coordinator.send(call)
    checkTransaction(answer.error, what, null, this.#o.transactionalId)
    return answer
  }

  /** Tells the coordinator which partitions take part, where brokers do not tell it themselves. */
  async #enter(places: readonly Place[]): Promise<void> {
    const fresh = places.filter(placed => !this.#entered.has(nameOf(placed)))
    if (fresh.length === 0) return
    const { transactionalId } = this.#o
    const call = addPartitionsCall(transactionalId, this.#producer, byTopic(fresh))
    // The markers of the transaction before may still be on their way.
    for (let tries = 0; ; tries++) {
      try {
        checkEntered(await this.#coordinator.send(call), transactionalId)
        break
      } catch (e) {
        if (!(e instanceof Passing) || tries === ENTER_TRIES) throw e
        await new Promise(resolve => setTimeout(resolve, ENTER_PAUSE_MS))
      }
    }
    for (const placed of fresh) this.#entered.add(nameOf(placed))
  }

  #takeSequence({ topic, partition, batch }: PlacedBatch): void {
    const name = nameOf({ topic, partition })
    const sequence = this.#sequences.get(name) ?? 0
    makeTransactional(batch, this.#producer, sequence)
    this.#sequences.set(name, nextSequence(sequence, recordsOf({ batch })))
  }
}

const ENTER_TRIES = 50
const ENTER_PAUSE_MS = 4

const recordsOf = ({ batch }: Pick<PlacedBatch, 'batch'>): number => readBatchHeader(viewOf(batch), 0).count

const nameOf = ({ topic, partition }: Place): string => `${topic}/${partition}`

function byTopic(places: readonly Place[]): readonly TopicPartitions[] {
  const topics = [...new Set(places.map(({ topic }) => topic))]
  return topics.map(topic => ({
    topic,
    partitions: places.filter(b => b.topic === topic).map(({ partition }) => partition),
  }))
}
