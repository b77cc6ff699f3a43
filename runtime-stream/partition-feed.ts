// One partition as a live source of chunks: reads ahead up to the known end of the log.
//
// Promises: a chunk that is late is waited for once; after that the partition is one without a chunk until it has come.
// Not here: waiting for more (`run-stream.ts`).

import type { Chunk } from '../core/log/chunk.ts'
import { splitPartition } from '../core/log/cut.ts'
import { settledWithin } from '../core/settled-within.ts'
import type { Log, ReadOptions } from '../logs/log.ts'
import { prefetch } from '../run/reading/prefetch.ts'
import { LATE_CHUNK_MS } from './limits.ts'

export class PartitionFeed {
  readonly #log: Log
  readonly #topic: string
  readonly #partition: number
  readonly #options: ReadOptions
  #chunks: AsyncGenerator<Chunk> | null = null
  /** The next chunk of those, until it is taken. */
  #asked: Promise<IteratorResult<Chunk>> | null = null
  /** Whether that one has been waited for in vain. */
  #isLate = false

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
    this.#ask(this.#chunks)
  }

  /** The chunk that is waited for; null where there is none, or none is being read. */
  get late(): Promise<unknown> | null {
    return this.#isLate ? this.#asked : null
  }

  /**
   * The next chunk of from <= offset < to; null where there is none yet, or where it is late. `from` is where the last
   * chunk ended.
   */
  async next(from: bigint, to: bigint): Promise<Chunk | null> {
    this.begin(from, to)
    if (this.#chunks === null) return null
    const asked = this.#asked ?? this.#ask(this.#chunks)
    this.#isLate = !(await settledWithin(asked, this.#isLate ? 0 : LATE_CHUNK_MS))
    if (this.#isLate) return null
    this.#asked = null
    const item = await asked
    if (item.done !== true) return item.value
    this.#chunks = null
    return null
  }

  #ask(chunks: AsyncGenerator<Chunk>): Promise<IteratorResult<Chunk>> {
    this.#asked = chunks.next()
    // A failure is thrown when the chunk is wanted.
    this.#asked.catch(() => {})
    return this.#asked
  }

  async close(): Promise<void> {
    const untaken = await this.#asked?.catch(() => null)
    if (untaken?.done === false) untaken.value.release?.()
    await this.#chunks?.return(undefined)
    this.#chunks = null
  }
}
