// The job of the torture on three brokers for as long as a suite runs: records come in while a test does its harm, then
// all is mended, read to its end and compared.
//
// Promises: `through` fails with each difference as a sentence: an output without an element, with one twice or in
// another order, a changelog that does not end in the rows of its view, a view or an output whose digest is not that of
// a batch.

import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { compileJob, loadFunctions } from '../../../compiler/index.ts'
import type { FunctionsModule } from '../../../core/emitted/emitted-module.ts'
import type { Cut } from '../../../core/log/cut.ts'
import { DIGEST } from '../../../core/state/digests.ts'
import { openKafkaLog } from '../../../logs/kafka/index.ts'
import { readCommitted, writtenRecords } from '../../../run/state/read-state.ts'
import { runBatch } from '../../../runtime-batch/index.ts'
import type { KafkaParts } from '../../../scripts/kafka/jars.ts'
import { openStateReader } from '../../../store/index.ts'
import { QUICK } from '../../logs/kafka/support/cluster.ts'
import { Brokers } from '../../torture/support/brokers.ts'
import { type Compared, compare, outputLines } from '../../torture/support/compare.ts'
import { Engine, JOB } from '../../torture/support/engine.ts'
import { Producing, SOURCES } from '../../torture/support/producer.ts'
import type { Read } from '../../torture/support/recompute.ts'

const POLL_MS = 200
/** For a busy machine to come to an end after all was mended. */
const LEAST_RECORDS = 600
const PRODUCED_LIMIT_MS = 60_000
const DRAIN_LIMIT_MS = 150_000
/** Without the changelog, of which the brokers drop what was replaced. */
const OUTPUTS = ['ledger', 'audit', 'finished', 'matched']
const CHANGELOG = 'changes of balances'
const CHANGELOG_LIMIT_MS = 60_000

export class ClusteredJob {
  readonly brokers: Brokers
  readonly engine: Engine
  readonly state: string
  readonly #functions: FunctionsModule
  readonly #folder: string
  readonly #violations: string[] = []
  #batches = 0
  /** Of the next record. */
  #number = 1
  /** What the engine had said before the present harm began. */
  #heard = ''

  private constructor(brokers: Brokers, functions: FunctionsModule, folder: string) {
    this.brokers = brokers
    this.#functions = functions
    this.#folder = folder
    this.state = join(folder, 'state')
    const violated = (what: string): void => void this.#violations.push(what)
    this.engine = new Engine({ state: this.state, log: brokers.proxied, violated })
  }

  static async start(parts: KafkaParts, folder: string): Promise<ClusteredJob> {
    const brokers = await Brokers.start(parts, join(folder, 'brokers'))
    const { outDir } = await compileJob(JOB, { outDir: join(folder, 'job') })
    if (outDir === null) throw new Error('the job of the torture does not compile')
    const started = new ClusteredJob(brokers, await loadFunctions(outDir), folder)
    await brokers.makeTopics(SOURCES)
    started.engine.start()
    await started.engine.committed()
    return started
  }

  async end(): Promise<void> {
    await this.engine.kill(null)
    await this.brokers.end()
  }

  /** The broker that leads the first partition of a topic. */
  leaderOf(topic: string): Promise<number> {
    return this.brokers.having('leader', { topic, transactionalId: '' })
  }

  /** The broker that coordinates the transactions of an output. */
  coordinatorOf(topic: string): Promise<number> {
    const transactionalId = `lyrebird-${this.engine.owner()}-${topic}`
    return this.brokers.having('coordinator', { topic, transactionalId })
  }

  controller(): Promise<number> {
    return this.brokers.having('controller', { topic: '', transactionalId: '' })
  }

  /** Records come in while `harm` does its work; at its end all is mended, and then everything is compared. */
  async through(harm: () => Promise<void>): Promise<void> {
    const producing = new Producing(this.brokers.addresses, 1, { first: this.#number, most: 20 })
    try {
      await this.engine.committed()
      this.#heard = this.engine.said()
      await harm()
      // Enough for each partition, without which nothing is due.
      await expect.poll(() => producing.records, { timeout: PRODUCED_LIMIT_MS }).toBeGreaterThan(LEAST_RECORDS)
      await this.engine.committed()
    } finally {
      this.#number = await producing.end()
    }
    expect(producing.records).toBeGreaterThan(0)
    await this.#drained()
    const { written, differences } = await this.#compared()
    expect([...this.#violations.splice(0), ...differences]).toEqual([])
    expect(written).toBeGreaterThan(0)
  }

  /** Waits until the engine has said something since the present harm began. */
  async said(what: RegExp, limitMs: number): Promise<void> {
    const since = (): string => {
      const said = this.engine.said()
      return said.startsWith(this.#heard) ? said.slice(this.#heard.length) : said
    }
    await expect.poll(since, { timeout: limitMs, interval: POLL_MS }).toMatch(what)
  }

  /** How far the state has read. */
  cut(): Cut {
    return this.#committed(({ progress }) => progress.cut)
  }

  /** How many records of an output readers see now. */
  async count(topic: string): Promise<number> {
    return (await outputLines(this.brokers, topic)).flat().length
  }

  #committed<T>(look: (committed: ReturnType<typeof readCommitted>) => T): T {
    const reader = openStateReader(this.state)
    try {
      return look(readCommitted(reader, this.state))
    } finally {
      void reader.close()
    }
  }

  /** Again while the changelog has not got its last records. */
  async #compared(): Promise<Compared> {
    const how = {
      sourceRecords: (_: Brokers, topic: string) => this.#sourceRecords(topic),
      computedAnew: () => this.#batchDifferences(),
    }
    for (const until = performance.now() + CHANGELOG_LIMIT_MS; ; await sleep(POLL_MS)) {
      const compared = await compare(this.brokers, { state: this.state, project: null, version: 0 }, how)
      const behind = compared.differences.some(difference => difference.startsWith(CHANGELOG))
      if (!behind || performance.now() > until) return compared
    }
  }

  /** Waits until the state has read all, and the topics have all that it counts as written. */
  async #drained(): Promise<void> {
    const ends = await this.#sourceEnds()
    const open: string[] = []
    for (const until = performance.now() + DRAIN_LIMIT_MS; performance.now() < until; await sleep(POLL_MS)) {
      open.length = 0
      const { cut, written } = this.#committed(({ progress, written }) => ({ cut: progress.cut, written }))
      for (const [name, end] of ends) if (cut.get(name) !== end) open.push(`${name} is read to ${cut.get(name)}`)
      for (const topic of open.length > 0 ? [] : OUTPUTS) {
        const lines = await outputLines(this.brokers, topic)
        const there = lines.map(({ length }) => length).join()
        const counted = written.get(topic)?.join()
        if (there !== counted) open.push(`${topic} has ${there}, not ${counted}`)
      }
      if (open.length === 0) return
    }
    throw new Error(`not at its end after ${DRAIN_LIMIT_MS / 1000} s: ${open.join('; ')}; ${this.engine.said()}`)
  }

  async #sourceEnds(): Promise<ReadonlyMap<string, bigint>> {
    const log = await openKafkaLog(this.brokers.direct, { limits: QUICK })
    try {
      const ends = new Map<string, bigint>()
      for (const topic of Object.keys(SOURCES))
        for (const { partition, end } of await log.partitions(topic)) ends.set(`${topic}/${partition}`, end)
      return ends
    } finally {
      await log.close()
    }
  }

  async #sourceRecords(topic: string): Promise<readonly Read[]> {
    const log = await openKafkaLog(this.brokers.direct, { limits: QUICK })
    try {
      const records: Read[] = []
      for (const { partition, start, end } of await log.partitions(topic)) {
        let offset = Number(start)
        for await (const { value } of writtenRecords(log, topic, partition, start, end))
          records.push({ partition, offset: offset++, value: Buffer.from(value as Uint8Array).toString() })
      }
      return records
    } finally {
      await log.close()
    }
  }

  /** Digests of the state that are not those of a batch to the same cut. */
  async #batchDifferences(): Promise<readonly string[]> {
    const { progress, cut } = this.#committed(({ progress }) => ({ progress, cut: progress.cut }))
    const place = join(this.#folder, `batch${++this.#batches}`)
    const [state, out] = [join(place, 'state'), join(place, 'out')]
    const functions = this.#functions
    const { views, outputs } = await runBatch({ functions, log: this.brokers.direct, state, out, until: cut })
    const node = (name: string): string => functions.plan.results.find(result => result.name === name)?.node as string
    const digests = [
      ...views.map(({ name, digest }) => ({ name, digest, of: DIGEST.view(name) })),
      ...outputs.flatMap(({ name, digest }) =>
        digest === null ? [] : [{ name, digest, of: DIGEST.emitted(node(name)) }],
      ),
    ]
    expect(digests).toHaveLength(6)
    return digests.flatMap(({ name, digest, of }) => {
      const own = progress.digest(of).summary.digest
      return own === digest ? [] : [`${name}: the state has ${own}, a batch ${digest}`]
    })
  }
}
