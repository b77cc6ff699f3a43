// One partition as a live source of chunks: reads ahead up to the known end of the log.
//
// Not here: waiting for more (`run-stream.ts`).

import type { Chunk } from '../core/log/chunk.ts'
import { splitPartition } from '../core/log/cut.ts'
import type { Log, ReadOptions } from '../logs/log.ts'
import { prefetch } from '../run/reading/prefetch.ts'

export class PartitionFeed {
  readonly #log: Log
  readonly #topic: string
  readonly #partition: number
  readonly #options: ReadOptions
  #chunks: AsyncGenerator<Chunk> | null = null
  /** The first chunk of those, until it is asked for. */
  #first: Promise<IteratorResult<Chunk>> | null = null

  constructor(log: Log, name: string, options: ReadOptions = {}) {
    const { topic, partition } = splitPartition(name)
    this.#log = log
    this.#options = options
    this.#topic = topic
    this.#partition = partition
  }

  /** Begins to read from <= offset < to, unless it does so already: partitions are read side by side. */
  begin(from: bigint, to: bigint): void {
    if (this.#chunks !== null || from >= to) return
    this.#chunks = prefetch(this.#log.read(this.#topic, this.#partition, from, to, this.#options), c => c.release?.())
    this.#first = this.#chunks.next()
    // A failure is thrown when the chunk is wanted.
    this.#first.catch(() => {})
  }

  /** The next chunk of from <= offset < to; null where there is none yet. `from` is where the last chunk ended. */
  async next(from: bigint, to: bigint): Promise<Chunk | null> {
    this.begin(from, to)
    if (this.#chunks === null) return null
    const asked = this.#first ?? this.#chunks.next()
    this.#first = null
    const item = await asked
    if (item.done !== true) return item.value
    this.#chunks = null
    return null
  }

  async close(): Promise<void> {
    const unasked = await this.#first?.catch(() => null)
    if (unasked?.done === false) unasked.value.release?.()
    await this.#chunks?.return(undefined)
    this.#chunks = null
  }
}
