// Three brokers that are controllers too, each behind a proxy that can lose answers; who has which role; and brokers
// that go away and come back.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import { findCoordinatorCall } from '../../../logs/kafka/calls/find-coordinator.ts'
import { type ApiCall, WireReader, WireWriter } from '../../../logs/kafka/calls/wire.ts'
import { type Broker, startCluster } from '../../../scripts/kafka/broker.ts'
import { clientOf } from '../../../scripts/kafka/copy-topic.ts'
import type { KafkaParts } from '../../../scripts/kafka/jars.ts'
import { API, KafkaProxy } from '../../sinks/kafka/proxy.ts'
import { withCluster } from '../../sinks/kafka/support.ts'
import type { Role } from './schedule.ts'

export interface BrokerCounts {
  kills: number
  freezes: number
  restarts: number
}

export const NODES: readonly number[] = [1, 2, 3]

export class Brokers {
  readonly counts: BrokerCounts = { kills: 0, freezes: 0, restarts: 0 }
  readonly #brokers: readonly Broker[]
  readonly #proxies: readonly KafkaProxy[]

  private constructor(brokers: readonly Broker[], proxies: readonly KafkaProxy[]) {
    this.#brokers = brokers
    this.#proxies = proxies
  }

  static async start(parts: KafkaParts, folder: string): Promise<Brokers> {
    const proxies = [await KafkaProxy.start(), await KafkaProxy.start(), await KafkaProxy.start()]
    const brokers = await startCluster(
      parts,
      folder,
      proxies.map(({ port }) => ({ behind: port })),
    )
    for (const [i, proxy] of proxies.entries()) proxy.target = (brokers[i] as Broker).proxiedPort
    return new Brokers(brokers, proxies)
  }

  get addresses(): readonly string[] {
    return this.#brokers.map(({ address }) => address)
  }

  /** For those that come without a proxy. */
  get direct(): string {
    return `kafka://${this.addresses.join(',')}`
  }

  /** For those whose answers may be lost. */
  get proxied(): string {
    return `kafka://${this.#proxies.map(({ port }) => `127.0.0.1:${port}`).join(',')}`
  }

  /** Answers that were lost, or came late. */
  get faults(): number {
    return this.#proxies.reduce((sum, { faults }) => sum + faults, 0)
  }

  /** Loses, or holds up, the nth answer from now on of each broker. */
  failAnswer(api: keyof typeof API, nth: number, fault: 'lost' | 'late'): void {
    for (const proxy of this.#proxies) proxy.fail(API[api], nth, fault)
  }

  /** Cuts the ways of clients that come through the proxies: to all brokers, or to some. */
  ways(way: KafkaProxy['way'], nodes: readonly number[] = NODES): void {
    for (const node of nodes) (this.#proxies[node - 1] as KafkaProxy).way = way
  }

  /** Does something before the next call of an API that contains a text reaches its broker; resolves afterwards. */
  async before(api: keyof typeof API, text: string, act: () => Promise<void>): Promise<void> {
    await new Promise<void>(done => {
      let acted: Promise<void> | null = null
      const once = (): Promise<void> => {
        acted ??= act().then(done)
        return acted
      }
      for (const proxy of this.#proxies) proxy.before(API[api], text, once)
    })
  }

  /** The number of the broker that has a role now; the first one where nobody can tell. */
  async having(role: Role, { topic, transactionalId }: { topic: string; transactionalId: string }): Promise<number> {
    const asked = withCluster(this.direct, async cluster => {
      if (role === 'controller') return await cluster.ask(describeQuorumCall())
      if (role === 'leader') return (await cluster.topic(topic)).partitions[0]?.leader ?? -1
      return (await cluster.ask(findCoordinatorCall(transactionalId))).node
    })
    const node = await asked.catch(() => -1)
    return Math.max(node, 1)
  }

  /** Makes topics with so many partitions, whose records are kept. */
  async makeTopics(partitions: Readonly<Record<string, number>>): Promise<void> {
    await this.withAdmin(async admin => {
      const configEntries = [{ name: 'retention.ms', value: '-1' }]
      const topics = Object.entries(partitions).map(([topic, numPartitions]) => ({
        topic,
        numPartitions,
        configEntries,
      }))
      await admin.createTopics({ waitForLeaders: false, topics })
    })
  }

  async withAdmin(use: (admin: Admin) => Promise<unknown>): Promise<void> {
    const admin = clientOf(this.addresses[0] as string).admin()
    await admin.connect()
    try {
      await use(admin)
    } finally {
      await admin.disconnect()
    }
  }

  /** Kills or stops brokers for a time; resolves when they are back. */
  async away(nodes: readonly number[], how: 'kill' | 'freeze', ms: number): Promise<void> {
    if (how === 'freeze') {
      const brokers = nodes.map(node => this.#brokers[node - 1] as Broker)
      this.counts.freezes += brokers.length
      for (const broker of brokers) broker.pause()
      await sleep(ms)
      for (const broker of brokers) broker.resume()
      return
    }
    await this.kill(nodes)
    await sleep(ms)
    await this.restart(nodes)
  }

  async kill(nodes: readonly number[]): Promise<void> {
    this.counts.kills += nodes.length
    await Promise.all(nodes.map(node => (this.#brokers[node - 1] as Broker).kill()))
  }

  /** At once: a controller that comes alone may wait for another one. */
  async restart(nodes: readonly number[]): Promise<void> {
    await Promise.all(nodes.map(node => (this.#brokers[node - 1] as Broker).restart()))
    this.counts.restarts += nodes.length
  }

  async end(): Promise<void> {
    await Promise.all(this.#brokers.map(broker => broker.kill()))
    await Promise.all(this.#proxies.map(proxy => proxy.end()))
  }
}

/** DescribeQuorum v0: the active controller. */
function describeQuorumCall(): ApiCall<number> {
  return {
    apiKey: 55,
    apiVersion: 0,
    apiName: 'DescribeQuorum',
    encode() {
      const w = new WireWriter().tags()
      w.topicPartitions('__cluster_metadata', [0], partition => w.i32(partition).tags())
      return w.tags().done()
    },
    decode(bytes) {
      const r = new WireReader(bytes)
      r.tags()
      const error = r.i16()
      if (error !== 0) return -1
      let leader = -1
      r.array(() => {
        r.string()
        r.array(() => {
          r.i32()
          r.i16()
          leader = r.i32()
        })
      })
      return leader
    },
  }
}
