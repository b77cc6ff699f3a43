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

  constructor(log: Log, name: string, options: ReadOptions = {}) {
    const { topic, partition } = splitPartition(name)
    this.#log = log
    this.#options = options
    this.#topic = topic
    this.#partition = partition
  }

  /** The next chunk of from <= offset < to; null where there is none yet. `from` is where the last chunk ended. */
  async next(from: bigint, to: bigint): Promise<Chunk | null> {
    if (this.#chunks === null) {
      if (from >= to) return null
      this.#chunks = prefetch(this.#log.read(this.#topic, this.#partition, from, to, this.#options), c => c.release?.())
    }
    const item = await this.#chunks.next()
    if (item.done !== true) return item.value
    this.#chunks = null
    return null
  }

  async close(): Promise<void> {
    await this.#chunks?.return(undefined)
    this.#chunks = null
  }
}
