// One hold on a topic: from taking its transactional id to the first failure.
//
// Promises: it begins with what the control topic says, read after earlier transactions have ended, so that an end
// whose outcome nobody heard of is known then, and behind a record of its own, so that a leader that is none any more
// cannot answer with an older one. Each transaction writes records and what there is of them so far, or
// nothing. A topic that another state has claimed is `topic-owned`; of two that claim it at once the first one gets it.
// Not here: when to begin anew (`forwarder.ts`).

import { invariant, LyrebirdError } from '../../core/errors.ts'
import type { PlacedBatch } from '../../logs/kafka/calls/produce.ts'
import { TransactionalProducer } from '../../logs/kafka/producer/transactional-producer.ts'
import { TRANSACTION_MS } from '../limits.ts'
import type { ControlRecord } from './control-record.ts'
import { barrierBatch, CONTROL_TOPIC, claimsOf, controlBatch } from './control-topic.ts'
import { checkLastRecords } from './last-records.ts'
import { endLeftOpen } from './left-open.ts'
import type { OwnedTopic } from './owned-topic.ts'

export class Session {
  readonly #producer: TransactionalProducer
  readonly #topic: OwnedTopic
  readonly #topicId: string
  /** Offset of the last record in each partition; -1 where there is none. */
  #ends: readonly bigint[]
  /** What is there; null where nothing was written yet. */
  readonly record: ControlRecord | null

  private constructor(
    topic: OwnedTopic,
    topicId: string,
    producer: TransactionalProducer,
    record: ControlRecord | null,
  ) {
    this.#topic = topic
    this.#topicId = topicId
    this.#producer = producer
    this.record = record
    this.#ends = record?.ends ?? Array.from({ length: topic.partitions }, () => -1n)
  }

  /** Throws `topic-owned`, `stale-owner`, `topic-recreated`, `range-lost`, and what a broken cluster gives. */
  static async begin(topic: OwnedTopic): Promise<Session> {
    const { cluster, owner, journal } = topic
    // Leaders may have changed.
    const [{ id }] = await Promise.all([cluster.topic(topic.topic), cluster.topic(CONTROL_TOPIC)])
    const transactionalId = `lyrebird-${owner}-${topic.topic}`
    await endLeftOpen(topic, transactionalId)
    const producer = await TransactionalProducer.begin({ cluster, transactionalId, timeoutMs: TRANSACTION_MS })
    // Whoever has just been fenced may be the owner, and this process one that has slept.
    topic.checkOwner()
    const written = await committed(producer, await barrierBatch(cluster, topic, topic.clock()))
    const claims = await claimsOf(cluster, { topic: topic.topic, topicId: id }, written)
    const other = claims.find(({ state }) => state !== owner)
    const own = claims.find(({ state }) => state === owner) ?? null
    if (other !== undefined && claims.indexOf(other) === 0) throw owned(topic.topic, other.state)
    const claimed = journal.claimed(topic.topic)
    if (own === null && claimed === id) throw lost(topic.topic)
    if (own === null && claimed !== null) throw recreated(topic.topic)
    if (own !== null) await checkLastRecords(cluster, topic, own)
    const session = new Session(topic, id, producer, own)
    if (own === null) await session.#claim()
    // Noted before any record is written: from here on no record in the control topic is a loss, not a beginning.
    if (claimed !== id) journal.claim(topic.topic, id)
    return session
  }

  /** Writes batches into the open transaction; no two of one partition. */
  async write(batches: readonly PlacedBatch[]): Promise<void> {
    await this.#producer.write(batches)
    await this.#producer.settle(WRITES_WITHOUT_ANSWER)
  }

  /** Ends the transaction, with what there is then; returns the offset of its control record. */
  async commit(record: Pick<ControlRecord, 'run' | 'commit' | 'epoch' | 'cut' | 'records'>): Promise<bigint> {
    const { topic, content, owner: state } = this.#topic
    await this.#producer.settle(0)
    const ends = this.#ends.map((end, partition) => this.#producer.lastOffset(topic, partition) ?? end)
    const written = await this.#end({ state, topic, topicId: this.#topicId, content, ...record, ends })
    this.#ends = ends
    return written
  }

  /** Returns the offset of the control record. */
  async #end(record: ControlRecord | null): Promise<bigint> {
    const { cluster, topic, owner: state, clock } = this.#topic
    return await committed(this.#producer, await controlBatch(cluster, { topic, state }, record, clock()))
  }

  /** Claims the topic: of two that do so at once the one whose claim came later takes it back. */
  async #claim(): Promise<void> {
    const { topic, partitions, owner, cluster } = this.#topic
    const nothing = { run: '', commit: 0, epoch: 0, cut: {}, records: Array.from({ length: partitions }, () => 0n) }
    const written = await this.commit(nothing)
    const claims = await claimsOf(cluster, { topic, topicId: this.#topicId }, written)
    const first = claims[0]
    if (first === undefined || first.state === owner) return
    await this.#end(null)
    throw owned(topic, first.state)
  }
}

/** Writes a batch, ends the transaction with it, and returns the offset of its last record. */
async function committed(producer: TransactionalProducer, placed: PlacedBatch): Promise<bigint> {
  await producer.write([placed])
  await producer.settle(0)
  const offset = producer.lastOffset(placed.topic, placed.partition)
  invariant(offset !== undefined, `${placed.topic}/${placed.partition} has been written without an offset`)
  await producer.commit()
  return offset
}

/** Batches of a partition on their way: brokers keep the sequence of the last five. */
const WRITES_WITHOUT_ANSWER = 4

function owned(topic: string, state: string): LyrebirdError {
  return new LyrebirdError('topic-owned', `topic ${topic} belongs to another state (${state})`, {
    where: { topic, state },
    hint: `write to another topic, or delete topic ${topic}: one that is made anew belongs to nobody`,
  })
}

function lost(topic: string): LyrebirdError {
  return new LyrebirdError(
    'range-lost',
    `the control topic says nothing of topic ${topic} any more: how much of it is there is not known`,
    {
      where: { topic },
      hint: 'was the control topic lyrebird-control deleted? Compute the state anew, with outputs in other topics',
    },
  )
}

function recreated(topic: string): LyrebirdError {
  return new LyrebirdError('topic-recreated', `topic ${topic} was deleted and made anew since the state wrote it`, {
    where: { topic },
    hint: 'compute the state anew, or write to another topic',
  })
}
