// Writes orders into a topic until it is stopped, through the deaths of brokers.
//
// Promises: each order once, numbered from 1 on: the client is idempotent and tries again. A failure that does not pass
// is thrown by `end`.

import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs from 'kafkajs'

const SHOPS = ['Berlin', 'Busan', 'Lagos', 'Lima', 'Oslo']
const BATCH = 20
const PAUSE_MS = 40

export class OrderWriter {
  /** Orders that the brokers have confirmed. */
  written = 0
  readonly #running: Promise<void>
  #open = true

  constructor(addresses: readonly string[], topic: string, partitions: number) {
    this.#running = this.#run(addresses, topic, partitions)
    this.#running.catch(() => {})
  }

  async end(): Promise<void> {
    this.#open = false
    await this.#running
  }

  async #run(addresses: readonly string[], topic: string, partitions: number): Promise<void> {
    const kafka = new kafkajs.Kafka({
      clientId: 'orders',
      brokers: [...addresses],
      logLevel: kafkajs.logLevel.NOTHING,
      requestTimeout: 5_000,
      retry: { initialRetryTime: 50, maxRetryTime: 500, retries: 200 },
    })
    const producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      metadataMaxAge: 2_000,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    })
    await producer.connect()
    try {
      for (let batch = 0; this.#open; batch++) {
        const messages = Array.from({ length: BATCH }, (_, i) => ({
          value: orderText(this.written + i + 1),
          partition: batch % partitions,
        }))
        await producer.send({ topic, acks: -1, messages })
        this.written += BATCH
        await sleep(PAUSE_MS)
      }
    } finally {
      await producer.disconnect()
    }
  }
}

/** An order each 10 ms from 2026 on. */
function orderText(id: number): string {
  const at = Date.UTC(2026, 0, 1) + id * 10
  return JSON.stringify({ id, at, shop: SHOPS[(id * 7) % SHOPS.length], cents: 100 + ((id * 37) % 9_900) })
}
