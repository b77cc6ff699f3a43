// Waiting for records: one long fetch per leader, which the broker answers once there is something past the ends last
// returned.
//
// Promises: never misses a record; may wake for nothing; throws nothing, since the caller asks for the ranges next and
// gets the failure there. What the fetch returns is dropped: `read.ts` fetches from our own positions.

import { setTimeout as sleep } from 'node:timers/promises'
import type { PartitionRange } from '../../log.ts'
import { fetchCall } from '../calls/fetch.ts'
import type { Cluster } from '../cluster.ts'
import { Passing } from '../failures.ts'
import { NEWS_PAUSE_MS } from '../limits.ts'

export class Follower {
  readonly #cluster: Cluster
  /** The ranges last returned, by topic. */
  readonly #ends = new Map<string, readonly PartitionRange[]>()
  /** One long fetch at a time for each leader: a broker answers those of a connection one after the other. */
  readonly #waits = new Map<number, Promise<void>>()

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  handedOut(topic: string, ranges: readonly PartitionRange[]): void {
    this.#ends.set(topic, ranges)
  }

  /** Resolves when there may be records past the ends, after timeoutMs at the latest, or once the signal aborts. */
  async changed(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    const signals = signal === undefined ? [this.#cluster.signal] : [this.#cluster.signal, signal]
    if (signals.some(({ aborted }) => aborted)) return
    const leaders = this.#leaders()
    // Listeners by hand: signals live as long as the run, and what `AbortSignal.any` makes stays attached to them.
    await new Promise<void>(resolve => {
      const finish = (): void => {
        clearTimeout(timer)
        for (const each of signals) each.removeEventListener('abort', finish)
        resolve()
      }
      const timer = setTimeout(finish, timeoutMs)
      for (const each of signals) each.addEventListener('abort', finish)
      for (const node of leaders) void this.#wait(node, timeoutMs).then(finish)
    })
  }

  #leaders(): number[] {
    const leaders = new Set<number>()
    for (const topic of this.#ends.keys()) {
      for (const { leader } of this.#cluster.known(topic)?.partitions ?? []) leaders.add(leader)
    }
    return [...leaders]
  }

  #wait(node: number, timeoutMs: number): Promise<void> {
    const known = this.#waits.get(node)
    if (known !== undefined) return known
    const waiting = this.#fetch(node, timeoutMs)
      .catch(() => sleep(NEWS_PAUSE_MS, undefined, { signal: this.#cluster.signal }).catch(() => {}))
      .finally(() => this.#waits.delete(node))
    this.#waits.set(node, waiting)
    return waiting
  }

  async #fetch(node: number, maxWaitMs: number): Promise<void> {
    const link = await this.#cluster.node(node, 'wait')
    const topics = [...this.#ends].flatMap(([topic, ranges]) => {
      const known = this.#cluster.known(topic)
      if (known === undefined) return []
      const led = new Set(known.partitions.filter(({ leader }) => leader === node).map(({ partition }) => partition))
      const partitions = ranges.filter(({ partition }) => led.has(partition))
      return [
        {
          id: known.id,
          partitions: partitions.map(({ partition, end }) => {
            return { ...this.#cluster.led(topic, partition), offset: end, lastEpoch: -1 }
          }),
        },
      ]
    })
    const { error, partitions } = await link.send(fetchCall({ topics, maxWaitMs, maxBytes: 1 }), maxWaitMs)
    // An error comes at once, and says nothing of records.
    if (error !== 0 || partitions.some(partition => partition.error !== 0)) throw new Passing('no news')
  }
}
