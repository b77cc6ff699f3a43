// Writes transfers and clicks into the source topics until it is stopped: in rising time with some disorder, now and
// then one that is late.
//
// Promises: each number and time is given out once. A batch whose outcome is not known is not sent again: what the
// topics hold in the end is what counts.

import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs, { type Producer } from 'kafkajs'
import { type Random, seededRandom } from '../../../testing/equivalence/random.ts'
import { shuffled } from './schedule.ts'

export const SOURCES = { transfers: 4, clicks: 4 } as const
type Source = keyof typeof SOURCES

const LATE_MS = 250
const PAUSE_MS = 25

export class Producing {
  /** Records that were acknowledged. */
  records = 0
  /** Batches whose outcome nobody knows. */
  unsure = 0
  readonly #kafka: kafkajs.Kafka
  readonly #random: Random
  readonly #running: Promise<void>
  readonly #most: number
  #next: number
  #open = true

  /** From number `first` on, so that one goes on where another one has ended; so many records at most in a batch. */
  constructor(addresses: readonly string[], seed: number, { first = 1, most = 8 } = {}) {
    this.#next = first
    this.#most = most
    this.#random = seededRandom(seed + 1)
    this.#kafka = new kafkajs.Kafka({
      clientId: 'torture',
      brokers: [...addresses],
      logLevel: kafkajs.logLevel.NOTHING,
      connectionTimeout: 1_000,
      requestTimeout: 2_000,
      retry: { initialRetryTime: 50, maxRetryTime: 1_000, retries: 30 },
    })
    this.#running = this.#run()
    this.#running.catch(() => {})
  }

  /** Gives the first number that was not used. */
  async end(): Promise<number> {
    this.#open = false
    await this.#running
    return this.#next
  }

  async #run(): Promise<void> {
    let producer: Producer | null = null
    while (this.#open) {
      const topic: Source = this.#random.chance(0.5) ? 'transfers' : 'clicks'
      const partition = this.#random.below(SOURCES[topic])
      const values = shuffled(
        this.#random,
        Array.from({ length: 1 + this.#random.below(this.#most) }, () => this.#value(topic)),
      )
      try {
        producer ??= await this.#connect()
        await producer.send({ topic, acks: -1, messages: values.map(value => ({ value, partition })) })
        this.records += values.length
      } catch {
        this.unsure++
        void producer?.disconnect().catch(() => {})
        producer = null
      }
      await sleep(PAUSE_MS)
    }
    await producer?.disconnect()
  }

  async #connect(): Promise<Producer> {
    const producer = this.#kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      metadataMaxAge: 2_000,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    })
    await producer.connect()
    return producer
  }

  #value(topic: Source): string {
    const random = this.#random
    const id = this.#next++
    const at = 1_000_000 + id - (random.chance(0.01) ? LATE_MS : 0)
    const user = (): string => `u${random.below(16)}`
    return JSON.stringify(
      topic === 'clicks'
        ? { id, at, user: user() }
        : { id, at, from: user(), to: user(), amount: 1 + random.below(99) },
    )
  }
}
