// The ranges of a topic's partitions for who follows it: those of a leader that does not answer are the last known ones
// until it does, or until another one leads.
//
// Promises: a leader that hangs holds back its own partitions only. A failure that does not pass is thrown at the next
// call. A partition that is new is left out until its leader has answered.
// What long fetches tell makes a range longer; that one is shorter only its leader can say when it is asked.
// Not here: ranges for a read to an end, which waits for all leaders (`ranges.ts`).

import { partitionName } from '../../../core/log/cut.ts'
import { settledWithin } from '../../../core/settled-within.ts'
import type { PartitionRange } from '../../log.ts'
import type { FetchedPartition } from '../calls/fetch.ts'
import type { TopicMetadata } from '../calls/metadata.ts'
import type { Cluster } from '../cluster.ts'
import { LATE_LEADER_MS, RANGES_MS } from '../limits.ts'
import { byLeader, rangesOf } from '../ranges.ts'

/** A question to a leader. */
interface Question {
  readonly topic: string
  readonly leader: number
}

interface Known {
  readonly ranges: Map<number, PartitionRange>
  /** Questions without an answer, by partition: the newest one of each. */
  readonly asked: Map<number, { readonly question: Question; readonly leaderEpoch: number }>
  failure: unknown
  /** When metadata and offsets were last asked for, in ms of the process's clock. */
  askedAt: number
}

export class LiveRanges {
  readonly #cluster: Cluster
  readonly #topics = new Map<string, Known>()

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  /** All partitions have answered with these. */
  know(topic: string, ranges: readonly PartitionRange[]): void {
    const known = this.#known(topic)
    known.failure = null
    for (const range of ranges) known.ranges.set(range.partition, range)
  }

  /** What the answer to a long fetch says of a partition. */
  heard(topic: string, { partition, logStart, lastStableOffset }: FetchedPartition): void {
    const { ranges } = this.#known(topic)
    const range = ranges.get(partition)
    if (range === undefined) return
    const start = logStart > range.start ? logStart : range.start
    const end = lastStableOffset > range.end ? lastStableOffset : range.end
    const empty = end < start
    ranges.set(partition, { ...range, start, end: empty ? start : end })
  }

  /**
   * Sorted. Where `isHeard` says that long fetches have told all there is, nobody is asked. Waits for a leader for
   * LATE_LEADER_MS once, not again while it is silent.
   */
  async now(topic: string, isHeard = false): Promise<readonly PartitionRange[]> {
    const cluster = this.#cluster
    const known = this.#known(topic)
    if (isHeard && known.failure === null && performance.now() - known.askedAt < RANGES_MS) {
      return rangesIn(known, cluster.known(topic)?.partitions ?? [])
    }
    const { partitions } = await cluster.persist(`topic ${topic}`, () => cluster.topic(topic))
    known.askedAt = performance.now()
    const unasked = partitions.filter(({ partition, leader, leaderEpoch }) => {
      const asked = known.asked.get(partition)
      return asked?.question.leader !== leader || asked.leaderEpoch !== leaderEpoch
    })
    const asking = [...byLeader(unasked)].map(([leader, led]) => this.#ask(known, { topic, leader }, led))
    if (asking.length > 0) await settledWithin(Promise.all(asking), LATE_LEADER_MS)
    const { failure } = known
    known.failure = null
    if (failure !== null) throw failure
    return rangesIn(known, partitions)
  }

  /** Asks until there is an answer; for a partition that is asked for anew, the newer question alone counts. */
  async #ask(known: Known, question: Question, partitions: TopicMetadata['partitions']): Promise<void> {
    const { topic, leader } = question
    for (const { partition, leaderEpoch } of partitions) known.asked.set(partition, { question, leaderEpoch })
    const open = (): readonly number[] =>
      partitions.flatMap(({ partition }) => (known.asked.get(partition)?.question === question ? [partition] : []))
    const names = partitions.map(({ partition }) => partitionName(topic, partition)).join(', ')
    try {
      const ranges = await this.#cluster.persist(`offsets of ${names}`, async () => {
        const left = open()
        return left.length === 0 ? [] : await rangesOf(this.#cluster, topic, leader, left)
      })
      const left = open()
      for (const range of ranges) if (left.includes(range.partition)) known.ranges.set(range.partition, range)
    } catch (error) {
      if (open().length > 0) known.failure = error
    }
    for (const partition of open()) known.asked.delete(partition)
  }

  #known(topic: string): Known {
    const known = this.#topics.get(topic) ?? {
      ranges: new Map(),
      asked: new Map(),
      failure: null,
      askedAt: Number.NEGATIVE_INFINITY,
    }
    this.#topics.set(topic, known)
    return known
  }
}

const rangesIn = ({ ranges }: Known, partitions: TopicMetadata['partitions']): readonly PartitionRange[] =>
  partitions.flatMap(({ partition }) => ranges.get(partition) ?? []).sort((a, b) => a.partition - b.partition)
