// A topic with short retention on a real broker: records are produced without end while a stream is killed, stopped and
// started again; everything that was produced is kept here, for a run over all of it.
//
// Promises: nothing is removed any more once it is over; what the stream does follows from the seed but for the
// machine's speed; a life that ends by itself ends the campaign, with `tooSlow` where the broker had removed records
// before the machine had read them.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs from 'kafkajs'
import { PROGRESS, Progress } from '../../../../core/executor/progress.ts'
import { partitionName } from '../../../../core/log/cut.ts'
import type { Log } from '../../../../logs/log.ts'
import type { LogRecord } from '../../../../logs/log-record.ts'
import { openStateReader } from '../../../../store/index.ts'
import { seededRandom } from '../../../../testing/equivalence/random.ts'
import { startVictim } from '../../../crash/support/victims.ts'
import { AWKWARD_KEYS } from '../../../support/random-log.ts'
import type { TestCluster } from './cluster.ts'

export interface RetentionCampaign {
  readonly seed: number
  readonly durationMs: number
  readonly retentionMs: number
  readonly topic: string
  readonly partitions: number
  /** A job of test/support that reads the topic. */
  readonly job: string
  readonly state: string
}

export interface Survived {
  /** By partition, in order of offsets from 0 on. */
  readonly produced: readonly (readonly LogRecord[])[]
  readonly lives: number
  readonly kills: number
  /** Starts at which the log had lost records that the state had read. */
  readonly afterRetention: number
  readonly tooSlow: boolean
}

export async function retentionCampaign(cluster: TestCluster, campaign: RetentionCampaign): Promise<Survived> {
  const { seed, durationMs, retentionMs, topic, partitions, job, state } = campaign
  const random = seededRandom(seed)
  await cluster.topic({
    name: topic,
    partitions,
    settings: { 'retention.ms': String(retentionMs), 'segment.ms': String(Math.ceil(retentionMs / 10)) },
  })
  const log = await cluster.log()
  const producer = new Producing(cluster, topic, partitions, seed)
  const until = performance.now() + durationMs
  const survived = { lives: 0, kills: 0, afterRetention: 0, tooSlow: false }
  while (performance.now() < until && !survived.tooSlow) {
    if (await isPast(log, topic, (await progressOf(state)).starts)) survived.afterRetention++
    const stream = startVictim({ target: 'live', job, log: log.description, state, commitIntervalMs: 50 })
    survived.lives++
    // Most lives are left until they have committed: a busy machine may need seconds for the start of a process.
    if (random.chance(0.75)) await Promise.race([stream.line(), sleep(retentionMs), stream.ended])
    await Promise.race([sleep(random.below(retentionMs / 8)), stream.ended])
    const kill = random.chance(0.7)
    stream.kill(kill ? 'SIGKILL' : 'SIGTERM')
    const { code, signal, stderr } = await stream.ended
    // A SIGTERM before the process listens for it ends it too.
    if (signal !== null) survived.kills++
    else if (code === 5 && (await isPast(log, topic, (await progressOf(state)).cut))) survived.tooSlow = true
    else if (code !== 0) throw new Error(`life ${survived.lives} ended with ${code}, seed ${seed}: ${stderr}`)
  }
  const produced = await producer.end()
  const setting = { name: 'retention.ms', value: '-1' }
  await cluster.admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configEntries: [setting] }],
  })
  // What the broker has begun to remove goes on for a moment.
  await sleep(1000)
  return { produced, ...survived }
}

/** Whether the log begins past one of these positions now. */
async function isPast(log: Log, topic: string, positions: ReadonlyMap<string, bigint>): Promise<boolean> {
  const ranges = await log.partitions(topic)
  return ranges.some(({ partition, start }) => start > (positions.get(partitionName(topic, partition)) ?? start))
}

/** The committed progress; an empty one where there is none. */
async function progressOf(state: string): Promise<Progress> {
  if (!existsSync(join(state, 'state.mdb'))) return new Progress()
  const reader = await openStateReader(state)
  try {
    const bytes = reader.document(PROGRESS)
    return bytes === undefined ? new Progress() : Progress.decode(bytes)
  } finally {
    await reader.close()
  }
}

/** Appends a few events to each partition in turn, until it is ended. */
class Producing {
  readonly #records: LogRecord[][]
  readonly #running: Promise<void>
  #open = true

  constructor(cluster: TestCluster, topic: string, partitions: number, seed: number) {
    this.#records = Array.from({ length: partitions }, () => [])
    this.#running = this.#run(cluster, topic, seededRandom(seed + 1))
    this.#running.catch(() => {})
  }

  async end(): Promise<readonly (readonly LogRecord[])[]> {
    this.#open = false
    await this.#running
    return this.#records
  }

  async #run(cluster: TestCluster, topic: string, random: ReturnType<typeof seededRandom>): Promise<void> {
    while (this.#open) {
      const partition = random.below(this.#records.length)
      const records = this.#records[partition] as LogRecord[]
      const batch = Array.from({ length: 1 + random.below(8) }, (_, i) => event(random, records.length + i))
      const messages = batch.map(({ value, timestamp }) => ({
        value: Buffer.from(value as Uint8Array),
        timestamp: String(timestamp),
        partition,
      }))
      const [sent] = await cluster.producer.send({ topic, acks: -1, messages })
      if (sent?.baseOffset !== String(records.length))
        throw new Error(`offset ${sent?.baseOffset}, not ${records.length}`)
      records.push(...batch)
      await sleep(10)
    }
  }
}

/** Mostly events in rising time, some late; the timestamp is the clock, by which the broker removes. */
function event(random: ReturnType<typeof seededRandom>, index: number): LogRecord {
  const t = 1_000_000 + index * 100 - (random.chance(0.05) ? 20_000 : random.below(4000))
  const body = { t, k: random.pick(AWKWARD_KEYS), n: random.below(1000) / 7, tags: ['x'] }
  const text = random.chance(0.03) ? '{broken' : JSON.stringify(body)
  return { timestamp: Date.now(), key: null, value: new TextEncoder().encode(text), headers: [] }
}
