// The ranges of a topic's partitions for who follows it: those of a leader that does not answer are the last known ones
// until it does, or until there is another leader.
//
// Promises: one leader that hangs holds back its own partitions only. A failure that does not pass is thrown at the
// next call. A partition that is new is left out until its leader has answered.
// Not here: ranges for a read to an end, which waits for all leaders (`ranges.ts`).

import { settledWithin } from '../../../core/settled-within.ts'
import type { PartitionRange } from '../../log.ts'
import type { Cluster } from '../cluster.ts'
import { LATE_LEADER_MS } from '../limits.ts'
import { byLeader, rangesOfSome } from '../ranges.ts'

interface Known {
  readonly ranges: Map<number, PartitionRange>
  /** Partitions whose leader has not answered yet. */
  readonly asked: Set<number>
  failure: unknown
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
    for (const range of ranges) known.ranges.set(range.partition, range)
  }

  /** Sorted. Waits for a leader for LATE_LEADER_MS once, not again while it is silent. */
  async now(topic: string): Promise<readonly PartitionRange[]> {
    const cluster = this.#cluster
    const metadata = await cluster.persist(`topic ${topic}`, () => cluster.topic(topic))
    const known = this.#known(topic)
    const unasked = metadata.partitions.filter(({ partition }) => !known.asked.has(partition))
    const asking = [...byLeader(unasked).values()].map(async partitions => {
      for (const partition of partitions) known.asked.add(partition)
      try {
        this.know(topic, await rangesOfSome(cluster, metadata, partitions))
      } catch (error) {
        known.failure = error
      }
      for (const partition of partitions) known.asked.delete(partition)
    })
    await settledWithin(Promise.all(asking), LATE_LEADER_MS)
    if (known.failure !== null) throw known.failure
    return metadata.partitions
      .flatMap(({ partition }) => known.ranges.get(partition) ?? [])
      .sort((a, b) => a.partition - b.partition)
  }

  #known(topic: string): Known {
    const known = this.#topics.get(topic) ?? { ranges: new Map(), asked: new Set(), failure: null }
    this.#topics.set(topic, known)
    return known
  }
}
