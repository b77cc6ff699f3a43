// Three brokers that are controllers too, each behind a proxy that can lose answers; who has which role; and brokers
// that go away and come back.

import { setTimeout as sleep } from 'node:timers/promises'
import { findCoordinatorCall } from '../../../logs/kafka/calls/find-coordinator.ts'
import { type ApiCall, WireReader, WireWriter } from '../../../logs/kafka/calls/wire.ts'
import { type Broker, startCluster } from '../../../scripts/kafka/broker.ts'
import type { KafkaParts } from '../../../scripts/kafka/jars.ts'
import { API, KafkaProxy } from '../../sinks/kafka/proxy.ts'
import { withCluster } from '../../sinks/kafka/support.ts'
import type { Role } from './schedule.ts'

export interface BrokerCounts {
  kills: number
  freezes: number
  restarts: number
}

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

  /** Kills or stops brokers for a time; resolves when they are back. */
  async away(nodes: readonly number[], how: 'kill' | 'freeze', ms: number): Promise<void> {
    const brokers = nodes.map(node => this.#brokers[node - 1] as Broker)
    if (how === 'freeze') {
      this.counts.freezes += brokers.length
      for (const broker of brokers) broker.pause()
      await sleep(ms)
      for (const broker of brokers) broker.resume()
      return
    }
    this.counts.kills += brokers.length
    await Promise.all(brokers.map(broker => broker.kill()))
    await sleep(ms)
    // At once: a controller that comes alone may wait for another one.
    await Promise.all(brokers.map(broker => broker.restart()))
    this.counts.restarts += brokers.length
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
