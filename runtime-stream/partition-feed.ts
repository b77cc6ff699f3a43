// One partition as a live source of chunks: reads ahead up to the known end of the log.
//
// Promises: a chunk is waited for until it is late; from then on the partition has none until that one has come.
// Not here: waiting for more (`run-stream.ts`).

import type { Chunk } from '../core/log/chunk.ts'
import { splitPartition } from '../core/log/cut.ts'
import { settledWithin } from '../core/settled-within.ts'
import type { Log, ReadOptions } from '../logs/log.ts'
import { now } from '../run/clock.ts'
import { prefetch } from '../run/reading/prefetch.ts'
import { LATE_CHUNK_MS } from './limits.ts'

interface Asked {
  readonly item: Promise<IteratorResult<Chunk>>
  /** When it was asked for. */
  readonly at: number
  hasArrived: boolean
}

export class PartitionFeed {
  readonly #log: Log
  readonly #topic: string
  readonly #partition: number
  readonly #options: ReadOptions
  #chunks: AsyncGenerator<Chunk> | null = null
  /** The next chunk of those, until it is taken. */
  #asked: Asked | null = null
  readonly #onArrival: () => void

  /** `onArrival` is called whenever a chunk, or the end of a read, has arrived. */
  constructor(log: Log, name: string, options: ReadOptions, onArrival: () => void) {
    this.#onArrival = onArrival
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

  /** Whether a chunk is there that has not been taken. */
  get hasArrived(): boolean {
    return this.#asked?.hasArrived === true
  }

  /**
   * The next chunk of from <= offset < to; null where there is none yet, or where it is late. `from` is where the last
   * chunk ended.
   */
  async next(from: bigint, to: bigint): Promise<Chunk | null> {
    this.begin(from, to)
    if (this.#chunks === null) return null
    const asked = this.#asked ?? this.#ask(this.#chunks)
    const left = LATE_CHUNK_MS - (now() - asked.at)
    if (!asked.hasArrived && left > 0) await settledWithin(asked.item, left)
    if (!asked.hasArrived) return null
    this.#asked = null
    const item = await asked.item
    if (item.done !== true) return item.value
    this.#chunks = null
    return null
  }

  #ask(chunks: AsyncGenerator<Chunk>): Asked {
    const asked: Asked = { item: chunks.next(), at: now(), hasArrived: false }
    const arrived = (): void => {
      asked.hasArrived = true
      this.#onArrival()
    }
    // Once for each chunk, however often it is looked for. A failure is thrown when the chunk is wanted.
    asked.item.then(arrived, arrived)
    this.#asked = asked
    return asked
  }

  async close(): Promise<void> {
    const untaken = await this.#asked?.item.catch(() => null)
    if (untaken?.done === false) untaken.value.release?.()
    await this.#chunks?.return(undefined)
    this.#chunks = null
  }
}
