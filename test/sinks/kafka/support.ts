// What the suites of outputs in Kafka share: small jobs with topics of their own, and reading a topic as committed.

import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll } from 'vitest'
import { WireReader, WireWriter } from '../../../logs/kafka/calls/wire.ts'
import type { Cluster } from '../../../logs/kafka/cluster.ts'
import { connect } from '../../../logs/kafka/connect.ts'
import { Passing } from '../../../logs/kafka/failures.ts'
import { openKafkaLog } from '../../../logs/kafka/index.ts'
import { TransactionalProducer } from '../../../logs/kafka/producer/transactional-producer.ts'
import { endOfPartition } from '../../../logs/kafka/ranges.ts'
import { MemoryLog } from '../../../logs/memory.ts'
import type { RunOptions } from '../../../run/job-run.ts'
import { writtenRecords } from '../../../run/state/read-state.ts'
import { StreamRun } from '../../../runtime-stream/index.ts'
import { QUICK, TestCluster } from '../../logs/kafka/support/cluster.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import { GLOBAL, PlanBuilder } from '../../support/jobs/graph-plan.ts'

const utf8 = new TextEncoder()

interface Event {
  readonly k: string
  readonly n: number
}

/** A job that writes its events to one topic and the changes of a count by key to another. */
export function countingJob(events: string, changes: string | null = null, partitions = 1) {
  const plan = new PlanBuilder()
  const source = plan.source('in', { time: (e: Event) => e.n })
  const counts = plan.bare(
    plan.keyBy(source, (e: Event) => e.k),
    GLOBAL,
    { kind: 'count' },
  )
  plan.view('counts', counts).output('events', plan.to(source, events, { partitions }))
  if (changes !== null) plan.output('changes', plan.changes(counts, changes, { partitions: 2 }))
  return interpretedModule(plan.program('counting'))
}

export function newLog(): MemoryLog {
  const log = new MemoryLog()
  log.createTopic('in', 1)
  return log
}

/** Appends events with these numbers, of three keys. */
export function append(log: MemoryLog, from: number, to: number): void {
  for (let n = from; n < to; n++) {
    const value = utf8.encode(JSON.stringify({ k: `k${n % 3}`, n }))
    log.append('in', 0, [{ timestamp: n, key: null, value, headers: [] }])
  }
}

/** Follows the log to its present end, commits, and waits until Kafka has everything. */
export async function runToEnd(options: Omit<RunOptions, 'until'>): Promise<void> {
  const stream = await StreamRun.open({ ...options, until: 'end' })
  try {
    for (const name of stream.partitions) await stream.advance(name, stream.end(name))
    await stream.commit()
    await stream.run.drain()
  } finally {
    await stream.close()
  }
}

/** One broker for the tests of a suite, and names for their topics. */
export class SuiteCluster {
  readonly #prefix: string
  #cluster: TestCluster | null = null
  #topics = 0

  private constructor(prefix: string) {
    this.#prefix = prefix
  }

  /** `prepare` gets the address, before the first test. */
  static use(prefix: string, limitMs: number, prepare?: (out: string) => Promise<void>): SuiteCluster {
    const suite = new SuiteCluster(prefix)
    beforeAll(async () => {
      suite.#cluster = await TestCluster.start()
      await prepare?.(suite.out)
    }, limitMs)
    afterAll(() => suite.#cluster?.end())
    return suite
  }

  get cluster(): TestCluster {
    return this.#cluster as TestCluster
  }

  get out(): string {
    return `kafka://${this.cluster.broker.address}`
  }

  fresh(): string {
    return `${this.#prefix}${++this.#topics}`
  }
}

/** Waits for the markers of transactions that have ended: they are written a moment later. */
export async function settled(out: string, topic: string): Promise<void> {
  await withCluster(out, async cluster => {
    await cluster.persist(`the markers of ${topic}`, async () => {
      for (const { partition } of (await cluster.topic(topic)).partitions) {
        const [all, stable] = await Promise.all([
          endOfPartition(cluster, topic, partition, 'all'),
          endOfPartition(cluster, topic, partition, 'committed'),
        ])
        if (all !== stable) throw new Passing('not settled')
      }
    })
  })
}

/** `key=value` of all committed records of a topic, by partition, after all transactions have ended. */
export async function committed(out: string, topic: string): Promise<string[][]> {
  await settled(out, topic)
  return readable(out, topic)
}

/** The same as readers see it now. */
export async function readable(out: string, topic: string): Promise<string[][]> {
  const log = await openKafkaLog(out, { limits: QUICK })
  const text = (bytes: Uint8Array | null): string => (bytes === null ? 'null' : Buffer.from(bytes).toString('utf8'))
  try {
    const all: string[][] = []
    for (const { partition, start, end } of await log.partitions(topic)) {
      const records: string[] = []
      for await (const { key, value } of writtenRecords(log, topic, partition, start, end))
        records.push(`${text(key)}=${text(value)}`)
      all.push(records)
    }
    return all
  } finally {
    await log.close()
  }
}

/** The numbers of the events of the first partition. */
export const numbersOf = ([records = []]: readonly string[][]): number[] =>
  records.map(record => (JSON.parse(record.slice(record.indexOf('=') + 1)) as { n: number }).n)

/** Connects for as long as `use` takes. */
export async function withCluster<T>(out: string, use: (cluster: Cluster) => Promise<T>): Promise<T> {
  const cluster = await connect(out, { limits: QUICK })
  try {
    return await use(cluster)
  } finally {
    await cluster.close()
  }
}

/** Lowers a feature of a cluster to an older level (UpdateFeatures v1, KIP-584). */
export async function lowerFeature(cluster: Cluster, feature: string, level: number): Promise<void> {
  const SAFE_DOWNGRADE = 2
  const error = await cluster.ask({
    apiKey: 57,
    apiVersion: 1,
    apiName: 'UpdateFeatures',
    encode() {
      const w = new WireWriter().tags().i32(10_000)
      w.array([feature], name => w.string(name).i16(level).i8(SAFE_DOWNGRADE).tags())
      return w.bool(false).tags().done()
    },
    decode(bytes) {
      const r = new WireReader(bytes)
      r.tags()
      r.i32() // throttle time
      const whole = r.i16()
      const message = r.nullableString()
      const each = r.array(() => {
        r.string()
        const one = r.i16()
        const why = r.nullableString()
        r.tags()
        return one === 0 ? null : `${one} ${why}`
      })
      return whole === 0 ? (each.find(Boolean) ?? null) : `${whole} ${message}`
    },
  })
  if (error !== null) throw new Error(`${feature} stays as it is: ${error}`)
  await sleep(500)
}

/** Takes a transactional id, as another process would. */
export function takeId(cluster: Cluster, transactionalId: string): Promise<TransactionalProducer> {
  const options = { cluster, transactionalId, timeoutMs: 60_000 }
  return cluster.persist(`taking ${transactionalId}`, () => TransactionalProducer.begin(options))
}
