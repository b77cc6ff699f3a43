// Waiting for records: one long fetch per leader, which the broker answers once there is something past the ends last
// returned.
//
// Promises: never misses a record; may wake for nothing; throws nothing, since the caller asks for the ranges next and
// gets the failure there. An answer tells where the partitions end now, and brings their first records (`news.ts`).

import { setTimeout as sleep } from 'node:timers/promises'
import type { PartitionRange } from '../../log.ts'
import { type FetchedPartition, fetchCall } from '../calls/fetch.ts'
import type { Cluster } from '../cluster.ts'
import { Passing } from '../failures.ts'
import { LONG_FETCH_MS, NEWS_BYTES, NEWS_PAUSE_MS } from '../limits.ts'
import type { LiveRanges } from './live-ranges.ts'
import { News } from './news.ts'

/** What is asked of a leader about one topic. */
type AskedTopic = Parameters<typeof fetchCall>[0]['topics'][number] & { readonly topic: string }

export class Follower {
  readonly news = new News()
  readonly #cluster: Cluster
  readonly #live: LiveRanges
  /** The ranges last returned, by topic. */
  readonly #ends = new Map<string, readonly PartitionRange[]>()
  /** One long fetch at a time for each leader: a broker answers those of a connection one after the other. */
  readonly #waits = new Map<number, Promise<void>>()
  /** Leaders that have such a fetch and have not answered it. */
  readonly #asked = new Set<number>()
  /** Leaders that have answered since ranges were last handed out, by topic. */
  readonly #heard = new Map<string, Set<number>>()

  constructor(cluster: Cluster, live: LiveRanges) {
    this.#cluster = cluster
    this.#live = live
  }

  handedOut(topic: string, ranges: readonly PartitionRange[]): void {
    this.#ends.set(topic, ranges)
    this.#heard.set(topic, new Set())
  }

  /**
   * Whether the ranges of a topic are known without asking for them: each leader has just told them, or a long fetch
   * waits there, which anything new would have ended.
   */
  knowsRanges(topic: string): boolean {
    const heard = this.#heard.get(topic)
    const partitions = this.#cluster.known(topic)?.partitions
    if (heard === undefined || partitions === undefined) return false
    return partitions.every(({ leader }) => heard.has(leader) || this.#asked.has(leader))
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
      for (const node of leaders) void this.#wait(node).then(finish)
    })
  }

  #leaders(): number[] {
    const leaders = new Set<number>()
    for (const topic of this.#ends.keys()) {
      for (const { leader } of this.#cluster.known(topic)?.partitions ?? []) leaders.add(leader)
    }
    return [...leaders]
  }

  #wait(node: number): Promise<void> {
    const known = this.#waits.get(node)
    if (known !== undefined) return known
    const waiting = this.#fetch(node)
      .catch(() => sleep(NEWS_PAUSE_MS, undefined, { signal: this.#cluster.signal }).catch(() => {}))
      .finally(() => this.#waits.delete(node))
    this.#waits.set(node, waiting)
    return waiting
  }

  async #fetch(node: number): Promise<void> {
    const link = await this.#cluster.node(node, 'wait')
    const topics = [...this.#ends].flatMap(([topic, ranges]) => this.#questions(node, topic, ranges))
    const call = fetchCall({ topics, maxWaitMs: LONG_FETCH_MS, maxBytes: NEWS_BYTES })
    this.#asked.add(node)
    const { error, partitions } = await link.send(call, LONG_FETCH_MS).finally(() => this.#asked.delete(node))
    // An error comes at once, and says nothing of records.
    const bad = partitions.some(partition => partition.error !== 0 || partition.divergedAt !== null)
    if (error !== 0 || bad) throw new Passing('no news')
    for (const asked of topics) this.#take(node, asked, partitions)
  }

  #questions(node: number, topic: string, ranges: readonly PartitionRange[]): AskedTopic[] {
    const cluster = this.#cluster
    const known = cluster.known(topic)
    if (known === undefined) return []
    const led = new Set(known.partitions.filter(({ leader }) => leader === node).map(({ partition }) => partition))
    const partitions = ranges
      .filter(({ partition }) => led.has(partition))
      .map(({ partition, end }) => {
        const lastEpoch = cluster.epochBefore(topic, partition, end)
        return { ...cluster.led(topic, partition), offset: end, lastEpoch }
      })
    return [{ topic, id: known.id, partitions }]
  }

  #take(node: number, { topic, id, partitions }: AskedTopic, answers: readonly FetchedPartition[]): void {
    for (const asked of partitions) {
      const fetched = answers.find(answer => answer.id === id && answer.partition === asked.partition)
      if (fetched === undefined) continue
      this.news.put(topic, asked, fetched)
      this.#live.heard(topic, fetched)
    }
    this.#heard.get(topic)?.add(node)
  }
}
