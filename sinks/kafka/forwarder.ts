// Sends what a state has committed for one topic from its outbox to Kafka, in transactions beside the commits.
//
// Promises: each record once, in the order of its partition. What Kafka has is read when a hold on the topic begins;
// then records behind it follow. Elements that a state of an earlier moment makes again are passed over; changes of
// another line of commits than Kafka has are refused (`state-incompatible`). While the cluster is away it waits; a
// failure that does not pass ends it, and is thrown to whoever asks next.

import { LyrebirdError } from '../../core/errors.ts'
import type { StoredBatches } from '../../logs/embedded/stored-batches.ts'
import type { PlacedBatch } from '../../logs/kafka/calls/produce.ts'
import { Passing } from '../../logs/kafka/failures.ts'
import { Fenced } from '../../logs/kafka/producer/transaction-errors.ts'
import { compressBatch } from '../../logs/record-batch/compress-batch.ts'
import { TRANSACTION_BYTES, TRIM_BYTES } from '../limits.ts'
import type { SinkCommit } from '../sink.ts'
import { type ControlRecord, cutText } from './control-record.ts'
import type { OwnedTopic } from './owned-topic.ts'
import { Session } from './session.ts'

export interface HowToSend {
  readonly compresses: boolean
  /** Whether changes of another line are written anew. */
  readonly republishes: boolean
}

interface ForwarderOptions extends OwnedTopic, HowToSend {
  /** By partition. */
  readonly outbox: readonly StoredBatches[]
  /** The present run. */
  readonly run: string
}

export class Forwarder {
  readonly #o: ForwarderOptions
  readonly #outbox: readonly StoredBatches[]
  #session: Session | null = null
  /** Whether Kafka has changes of another line of commits. */
  #isOutdated = false
  /** Records that Kafka has, by partition. */
  #sent: bigint[] = []
  /** The last commit; null where there is none. */
  #target: SinkCommit | null = null
  #failure: unknown = null
  #working: Promise<void> | null = null
  /** Bytes sent since files of the outbox were last deleted. */
  #untrimmed = 0
  /**
   * What had been sent then: files from here on are kept. Brokers that lose power together may lose what they have
   * confirmed, and the control topic then says less than before.
   */
  #kept: readonly bigint[] = []
  #published: readonly bigint[] = []

  constructor(options: ForwarderOptions) {
    this.#o = options
    this.#outbox = options.outbox
  }

  /** Takes hold of the topic and sends what the last commit has left. */
  async start(last: SinkCommit | null): Promise<void> {
    this.#target = last
    await this.#o.cluster.persist(this.#what, () => this.#begin())
    this.#work()
  }

  /** Records of another commit are in the outbox. Throws the failure that has ended the forwarder. */
  take(commit: SinkCommit): void {
    this.#target = commit
    this.#work()
    this.check()
  }

  /** The files of the outbox end behind these records, for whoever opens it next. */
  published({ records }: SinkCommit): void {
    this.#published = records.get(this.#o.topic) ?? []
  }

  check(): void {
    if (this.#failure !== null) throw this.#failure
  }

  /** Resolves when Kafka has all records of the last commit. */
  async drain(): Promise<void> {
    while (this.#working !== null) await this.#working
    this.check()
  }

  get #what(): string {
    return `writing to topic ${this.#o.topic}`
  }

  #work(): void {
    if (this.#working !== null || this.#failure !== null) return
    this.#working = this.#send()
      .catch(error => {
        this.#failure = error
      })
      .finally(() => {
        this.#working = null
        // A commit may have come when the last look was over.
        if (this.#isBehind) this.#work()
      })
  }

  async #send(): Promise<void> {
    while (this.#isBehind) await this.#o.cluster.persist(this.#what, () => this.#transaction())
  }

  get #isBehind(): boolean {
    return this.#wanted.some((end, p) => end > (this.#sent[p] as bigint))
  }

  get #wanted(): readonly bigint[] {
    return this.#target?.records.get(this.#o.topic) ?? []
  }

  async #begin(): Promise<Session> {
    if (this.#session !== null) return this.#session
    const session = await Session.begin(this.#o).catch(error => {
      throw passing(error, this.#o)
    })
    const { record } = session
    this.#isOutdated = !this.#isOfOurLine(record)
    // All that was committed is in the rows that are written anew.
    this.#sent = this.#outbox.map((_, p) => (this.#isOutdated ? this.#wanted[p] : record?.records[p]) ?? 0n)
    this.#session = session
    return session
  }

  get isOutdated(): boolean {
    return this.#isOutdated
  }

  /** Whether changes that Kafka has are those of this state. Throws where they are not to be written anew. */
  #isOfOurLine(record: ControlRecord | null): boolean {
    const { content, journal, topic, republishes } = this.#o
    if (content === 'elements' || record === null || record.run === '') return true
    const last = this.#target?.number ?? 0
    if (journal.includes(record.run, record.commit, last)) return true
    if (republishes) return false
    throw new LyrebirdError(
      'state-incompatible',
      `topic ${topic} has changes of commit ${record.commit} of another line than this state, which is at commit ${last}`,
      {
        where: { topic, commit: record.commit, last },
        hint: 'was the state restored from a copy? Add --republish once: it writes all rows of the view, and that others are gone',
      },
    )
  }

  async #transaction(): Promise<void> {
    const session = await this.#begin()
    const { number: commit, epoch, cut } = this.#target as SinkCommit
    try {
      const records = await this.#write(session)
      const { run } = this.#o
      await session.commit({ run, commit, epoch, cut: cutText(cut), records })
      this.#sent = records
    } catch (error) {
      this.#session = null
      throw passing(error, this.#o)
    }
    if (this.#untrimmed >= TRIM_BYTES) await this.#trim()
  }

  /** Writes batches of all partitions in turn until there is enough for a transaction; returns where they end. */
  async #write(session: Session): Promise<bigint[]> {
    const ends = [...this.#sent]
    const wanted = this.#wanted
    const readers = this.#outbox.map((outbox, p) => outbox.read(ends[p] as bigint, wanted[p] as bigint))
    const open = new Set(readers.keys())
    try {
      for (let bytes = 0; bytes < TRANSACTION_BYTES && open.size > 0; ) {
        const batches: PlacedBatch[] = []
        for (const partition of open) {
          const next = await readers[partition]?.next()
          if (next === undefined || next.done === true) {
            open.delete(partition)
            continue
          }
          const { bytes: batch, end } = next.value
          batches.push({ topic: this.#o.topic, partition, batch: this.#o.compresses ? compressBatch(batch) : batch })
          ends[partition] = end
          bytes += batch.length
          this.#untrimmed += batch.length
        }
        if (batches.length > 0) await session.write(batches)
      }
    } finally {
      for (const reader of readers) await reader.return(undefined)
    }
    return ends
  }

  async #trim(): Promise<void> {
    this.#untrimmed = 0
    for (const [p, outbox] of this.#outbox.entries()) {
      const [kept = 0n, published = 0n] = [this.#kept[p], this.#published[p]]
      if (kept <= published) await outbox.deleteBefore(kept)
    }
    this.#kept = this.#sent
  }
}

/** Another producer under our name passes, if the state is still ours. */
function passing(error: unknown, { checkOwner, topic }: OwnedTopic): unknown {
  if (!(error instanceof Fenced)) return error
  try {
    checkOwner()
  } catch (stale) {
    return stale
  }
  return new Passing(`writing to topic ${topic}: ${error.message}`)
}
