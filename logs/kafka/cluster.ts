// One cluster: its brokers, who leads which partition, and the connections to them.
//
// Promises: a topic keeps the id under which it was first seen; another id, or a topic that is missing for long, is
// `topic-recreated`. The newest leader epoch that was heard of counts: a broker that has slept tells of leaders that
// are none any more, itself among them, and such an answer is not taken. A connection that failed is replaced, never
// repaired.
// Not here: trying again (`persist.ts`), and what is asked of the leaders (the readers).

import { invariant, LyrebirdError } from '../../core/errors.ts'
import { partitionName } from '../../core/log/cut.ts'
import { settledWithin } from '../../core/settled-within.ts'
import { isTopicName } from '../log.ts'
import type { Patience } from '../patience.ts'
import type { LedPartition } from './calls/list-offsets.ts'
import { type Metadata, metadataCall, type TopicMetadata } from './calls/metadata.ts'
import type { ApiCall } from './calls/wire.ts'
import { type Client, createClient, type Link } from './client.ts'
import { checkError, ERROR, LinkFailure, Passing } from './failures.ts'
import { type KafkaLimits, LATE_LEADER_MS, LOGIN_MS, MISSING_TOPIC_MS } from './limits.ts'
import { persist } from './persist.ts'
import type { KafkaSettings } from './settings.ts'
import { Waits } from './waits.ts'

/** Each has connections of its own: a broker answers the calls of a connection one after the other. */
type Purpose = 'read' | 'wait' | 'write'

export class Cluster {
  readonly limits: KafkaLimits
  readonly #client: Client
  readonly #seeds: readonly { host: string; port: number }[]
  readonly #links = new Map<string, Promise<Link>>()
  readonly #topics = new Map<string, TopicMetadata>()
  /** Where each partition was last read to, and the leader epoch of the record before that offset. */
  readonly #lastRead = new Map<string, { offset: bigint; epoch: number }>()
  readonly #missingSince = new Map<string, number>()
  /** The newest leader epoch of each partition, by the id of its topic. */
  readonly #epochs = new Map<string, number>()
  /** Links that are open. */
  readonly #open = new Map<string, Link>()
  /** Names of links to brokers whose last answer was behind what others had told, or did not come in time. */
  readonly #behind = new Set<string>()
  readonly #closing = new AbortController()
  readonly #stop: AbortSignal | undefined
  readonly #waits: Waits
  #nodes = new Map<number, { host: string; port: number }>()

  constructor(settings: KafkaSettings, { signal, onAway }: Patience) {
    this.limits = settings.limits
    this.#stop = signal
    this.#waits = new Waits(`kafka://${settings.brokers.join(',')}`, onAway)
    this.#client = createClient(settings)
    this.#seeds = settings.brokers.map(broker => {
      const [host, port] = broker.split(':') as [string, string]
      return { host, port: Number(port) }
    })
  }

  /** Aborted once the cluster is closed. */
  get signal(): AbortSignal {
    return this.#closing.signal
  }

  /** The first answer of the cluster, within limits.openMs. */
  reach<T>(what: string, attempt: () => Promise<T>): Promise<T> {
    return this.#persist(what, attempt, this.limits.openMs, 0)
  }

  /** Calls until there is an answer, within limits.outageMs. */
  persist<T>(what: string, attempt: () => Promise<T>): Promise<T> {
    const { outageMs } = this.limits
    return this.#persist(what, attempt, outageMs, Math.min(outageMs, LOGIN_MS))
  }

  #persist<T>(what: string, attempt: () => Promise<T>, limitMs: number, loginMs: number): Promise<T> {
    const [closed, stop, waits] = [this.signal, this.#stop, this.#waits]
    return persist({ what, limitMs, loginMs, closed, stop, waits }, attempt)
  }

  /** Metadata of all topics from any broker that answers. */
  async everyTopic(): Promise<readonly TopicMetadata[]> {
    return this.#taken(await this.#metadata(null)).topics
  }

  /** A topic as it is now, asked of a broker. Throws `unknown-topic`, `topic-recreated`, `Passing`, LinkFailure. */
  async topic(topic: string): Promise<TopicMetadata> {
    if (!isTopicName(topic)) throw unknownTopic(topic, [])
    const metadata = await this.#metadata([topic])
    const found = metadata.topics.find(({ topic: name }) => name === topic)
    if (found !== undefined) this.#checkLeaders(found, metadata.answeredBy)
    this.#taken(metadata)
    const known = this.#topics.get(topic)
    if (found === undefined || found.error === ERROR.unknownTopic) {
      if (known !== undefined) throw this.#missing(topic)
      throw unknownTopic(
        topic,
        (await this.everyTopic()).map(({ topic: name }) => name),
      )
    }
    checkError(found.error, `topic ${topic}`, { topic }, 'Describe')
    if (known !== undefined && known.id !== found.id) throw recreated(topic, 'was deleted and made anew')
    this.#topics.set(topic, found)
    this.#missingSince.delete(topic)
    return found
  }

  /**
   * Asks all brokers who leads the partitions of a topic; those that are silent, or do not know the topic, are passed
   * over. True where an epoch was newer than the last known one.
   */
  async learnLeaders(topic: string): Promise<boolean> {
    let isNewer = false
    const learning = this.nodes.map(async node => {
      const { topics } = await (await this.node(node, 'wait')).send(metadataCall([topic]))
      for (const found of topics) if (this.#learn(found)) isNewer = true
    })
    await settledWithin(Promise.allSettled(learning), LATE_LEADER_MS)
    return isNewer
  }

  /** A partition with its newest leader epoch. */
  led(topic: string, partition: number): LedPartition {
    return { partition, leaderEpoch: this.#epochOf(this.#topics.get(topic)?.id ?? '', partition) }
  }

  /** Whether there is such a topic now. A user without the right to see it hears that, not that there is none. */
  async has(topic: string): Promise<boolean> {
    const { topics } = this.#taken(await this.#metadata([topic]))
    const found = topics.find(({ topic: name }) => name === topic)
    if (found === undefined || found.error === ERROR.unknownTopic) return false
    checkError(found.error, `topic ${topic}`, { topic }, 'Describe')
    return true
  }

  /** A topic as it was last seen. */
  known(topic: string): TopicMetadata | undefined {
    return this.#topics.get(topic)
  }

  /** The id under which the topic was first seen. */
  idOf(topic: string): string {
    const known = this.#topics.get(topic)
    invariant(known !== undefined, `topic ${topic} was not looked up before it is read`)
    return known.id
  }

  /** Remembers the leader epoch of the record before `offset`. */
  readTo(topic: string, partition: number, offset: bigint, epoch: number): void {
    this.#lastRead.set(partitionName(topic, partition), { offset, epoch })
  }

  /** That epoch where the partition was read up to exactly `offset`; -1 otherwise. */
  epochBefore(topic: string, partition: number, offset: bigint): number {
    const last = this.#lastRead.get(partitionName(topic, partition))
    return last?.offset === offset ? last.epoch : -1
  }

  /** The link to the last known leader of a partition; with `fresh` the cluster is asked who leads now. */
  async leader(topic: string, partition: number, purpose: Purpose, fresh: boolean): Promise<Link> {
    const known = fresh ? undefined : this.#topics.get(topic)
    const { partitions } = known ?? (await this.topic(topic))
    const found = partitions.find(({ partition: number }) => number === partition)
    if (found === undefined) {
      throw new LyrebirdError('usage', `topic ${topic} has no partition ${partition}`, { where: { topic, partition } })
    }
    return this.node(found.leader, purpose)
  }

  /** Numbers of the brokers that were last seen. */
  get nodes(): readonly number[] {
    return [...this.#nodes.keys()]
  }

  /** The link to a broker. Throws `Passing` for -1 (no leader) and a LinkFailure. */
  async node(node: number, purpose: Purpose): Promise<Link> {
    const address = this.#nodes.get(node)
    if (address === undefined) throw new Passing(node < 0 ? 'a partition has no leader' : `broker ${node} is not there`)
    return this.#link(address, purpose)
  }

  /** The answer of any broker; those with a connection are tried first, and those that were behind last. */
  async ask<Answer>(call: ApiCall<Answer>): Promise<Answer> {
    return (await this.#askAny(call, false)).answer
  }

  async close(): Promise<void> {
    this.#closing.abort()
    const links = [...this.#links.values()]
    this.#links.clear()
    await Promise.all(
      links.map(opening =>
        opening.then(
          link => link.close(),
          () => {},
        ),
      ),
    )
  }

  /** A new link, whose calls are heard of while they have no answer; but for those that nobody has to wait for. */
  async #opened({ host, port }: { host: string; port: number }, purpose: Purpose): Promise<Link> {
    if (purpose === 'wait') return this.#client.link(host, port)
    const why = `${host}:${port} gives no answer`
    const link = await this.#waits.answerTo(this.#client.link(host, port), why)
    return { ...link, send: (call, waitMs) => this.#waits.answerTo(link.send(call, waitMs), why) }
  }

  /** For a topic that is no longer in the metadata: a broker that has not caught up, or the topic was deleted. */
  #missing(topic: string): Error {
    const since = this.#missingSince.get(topic) ?? performance.now()
    this.#missingSince.set(topic, since)
    if (performance.now() - since > MISSING_TOPIC_MS) return recreated(topic, 'was deleted')
    return new Passing(`topic ${topic} is not there any more`)
  }

  async #metadata(topics: readonly string[] | null): Promise<Metadata & { readonly answeredBy: string }> {
    const { answer, answeredBy } = await this.#askAny(metadataCall(topics), true)
    return { ...answer, answeredBy }
  }

  /** With `passesOver` a broker that is silent for long is not waited for where there is another one. */
  async #askAny<Answer>(call: ApiCall<Answer>, passesOver: boolean): Promise<{ answer: Answer; answeredBy: string }> {
    let last: LinkFailure | null = null
    const candidates = this.#candidates()
    for (const [i, address] of candidates.entries()) {
      const answeredBy = linkName(address, 'read')
      const asked = this.#link(address, 'read').then(link => link.send(call))
      try {
        if (passesOver && i < candidates.length - 1 && !(await settledWithin(asked, LATE_LEADER_MS))) {
          throw new LinkFailure('unreachable', `${address.host}:${address.port} gives no answer`)
        }
        return { answer: await asked, answeredBy }
      } catch (e) {
        if (!(e instanceof LinkFailure) || e.kind !== 'unreachable') throw e
        if (passesOver) this.#behind.add(answeredBy)
        last = e
      }
    }
    throw last ?? new LinkFailure('unreachable', 'no broker is known')
  }

  #taken<M extends Metadata>(metadata: M): M {
    this.#nodes = new Map(metadata.brokers.map(({ node, host, port }) => [node, { host, port }]))
    return metadata
  }

  /** Throws `Passing` where a broker tells of leaders that are none any more, or does not know of partitions. */
  #checkLeaders(found: TopicMetadata, answeredBy: string): void {
    const { id, topic, partitions } = found
    const known = this.#topics.get(topic)
    const old = partitions.find(
      ({ partition, leaderEpoch }) => leaderEpoch >= 0 && leaderEpoch < this.#epochOf(id, partition),
    )
    const lacks = known?.id === id && found.error === ERROR.none && partitions.length < known.partitions.length
    if (old !== undefined || lacks) {
      this.#behind.add(answeredBy)
      throw new Passing(`a broker does not know yet who leads topic ${topic}`)
    }
    this.#behind.delete(answeredBy)
    this.#learn(found)
  }

  /** True where an epoch is newer than the last known one. */
  #learn({ id, partitions }: TopicMetadata): boolean {
    const newer = partitions.filter(({ partition, leaderEpoch }) => leaderEpoch > this.#epochOf(id, partition))
    for (const { partition, leaderEpoch } of newer) this.#epochs.set(`${id}/${partition}`, leaderEpoch)
    return newer.length > 0
  }

  #epochOf(id: string, partition: number): number {
    return this.#epochs.get(`${id}/${partition}`) ?? -1
  }

  /** Those with an open link first; last those that others were asked in place of. */
  #candidates(): readonly { host: string; port: number }[] {
    const all = new Map([...this.#nodes.values(), ...this.#seeds].map(address => [linkName(address, 'read'), address]))
    const rank = (name: string): number => {
      if (this.#behind.has(name)) return 3
      if (this.#open.get(name)?.alive() === true) return 0
      // One that is being opened may take its time.
      return this.#links.has(name) ? 2 : 1
    }
    return [...all].sort(([a], [b]) => rank(a) - rank(b)).map(([, address]) => address)
  }

  async #link(address: { host: string; port: number }, purpose: Purpose): Promise<Link> {
    const name = linkName(address, purpose)
    const known = this.#links.get(name)
    if (known !== undefined) {
      const link = await known
      if (link.alive()) return link
      link.close()
      if (this.#links.get(name) === known) this.#links.delete(name)
      return this.#link(address, purpose)
    }
    if (this.signal.aborted) throw new LinkFailure('unreachable', 'the log is closed')
    const opening = this.#opened(address, purpose)
    this.#links.set(name, opening)
    opening.catch(() => {
      if (this.#links.get(name) === opening) this.#links.delete(name)
    })
    const link = await opening
    this.#open.set(name, link)
    if (this.signal.aborted) link.close()
    return link
  }
}

const linkName = ({ host, port }: { host: string; port: number }, purpose: Purpose): string =>
  `${host}:${port} ${purpose}`

function recreated(topic: string, what: string): LyrebirdError {
  return new LyrebirdError(
    'topic-recreated',
    `topic ${topic} ${what}: its offsets no longer mean what the state holds`,
    {
      where: { topic },
      hint: 'start with a new state directory',
    },
  )
}

function unknownTopic(topic: string, known: readonly string[]): LyrebirdError {
  const list = known.length === 0 ? 'it has no topics' : `it has ${[...known].sort().slice(0, 20).join(', ')}`
  return new LyrebirdError('unknown-topic', `the cluster has no topic "${topic.slice(0, 249)}"; ${list}`, {
    where: { topic },
  })
}
