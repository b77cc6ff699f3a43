// What long fetches have brought and nobody has read yet: record batches of a partition from an offset on.
//
// Promises: an answer is given out once, to a read that would have asked the broker the same; the newest answer of a
// partition takes the place of an older one.

import { partitionName } from '../../../core/log/cut.ts'
import type { FetchedPartition } from '../calls/fetch.ts'

/** What was asked for: see `FetchPartition` (`calls/fetch.ts`). */
interface Asked {
  readonly offset: bigint
  readonly lastEpoch: number
}

export class News {
  readonly #answers = new Map<string, Asked & { readonly fetched: FetchedPartition }>()

  put(topic: string, asked: Asked, fetched: FetchedPartition): void {
    if (fetched.records.length === 0) return
    this.#answers.set(partitionName(topic, fetched.partition), { ...asked, fetched })
  }

  /** The answer to just this question; another one is dropped: the reader is elsewhere. */
  take(topic: string, partition: number, { offset, lastEpoch }: Asked): FetchedPartition | null {
    const name = partitionName(topic, partition)
    const answer = this.#answers.get(name)
    this.#answers.delete(name)
    return answer?.offset === offset && answer.lastEpoch === lastEpoch ? answer.fetched : null
  }
}
