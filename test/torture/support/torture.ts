// The torture: a schedule of harms against an engine, its disk and the brokers that it reads from and writes to, while
// records come in; then everything is mended, read to its end and compared.
//
// Promises: a harm of the engine and one of brokers may fall together; two harms of one of them never do. All numbers
// of what was done are in the tally, with each violation as a sentence.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { KafkaParts } from '../../../scripts/kafka/jars.ts'
import { containersPossible } from '../../logs/support/places.ts'
import { start } from '../../support/child.ts'
import { Brokers } from './brokers.ts'
import { compare } from './compare.ts'
import { Database } from './database.ts'
import { CLI, Engine, inProject } from './engine.ts'
import { Producing, SOURCES } from './producer.ts'
import { type Harm, schedule } from './schedule.ts'
import { versionFile } from './versions.ts'

const DRAIN_LIMIT_MS = 600_000
/** Of the disk that is filled: more than a state and its outbox take. */
const DISK_BYTES = '1g'

export interface TortureOptions {
  readonly parts: KafkaParts
  readonly folder: string
  readonly seed: number
  readonly minutes: number
  readonly say: (line: string) => void
}

export interface Tally {
  readonly minutes: number
  readonly seed: number
  readonly records: number
  readonly written: number
  readonly kills: number
  readonly freezes: number
  readonly answers: number
  readonly databases: number
  readonly takeovers: number
  readonly fullDisks: number
  readonly upgrades: number
  readonly restarts: number
  readonly violations: readonly string[]
}

export async function torture(options: TortureOptions): Promise<Tally> {
  const { parts, folder } = options
  const brokers = await Brokers.start(parts, join(folder, 'brokers'))
  const disk = new Disk(join(folder, 'disk'))
  const database = await Database.start(join(folder, 'project'))
  try {
    return await new Torture(options, brokers, disk, database).run()
  } finally {
    await database.end()
    await brokers.end()
    disk.end()
  }
}

class Torture {
  readonly #o: TortureOptions
  readonly #brokers: Brokers
  readonly #disk: Disk
  readonly #database: Database
  readonly #engine: Engine
  readonly #began = performance.now()
  readonly #violations: string[] = []
  #engineLane: Promise<void> = Promise.resolve()
  #brokerLane: Promise<void> = Promise.resolve()
  #databaseLane: Promise<void> = Promise.resolve()

  constructor(options: TortureOptions, brokers: Brokers, disk: Disk, database: Database) {
    this.#o = options
    this.#brokers = brokers
    this.#disk = disk
    this.#database = database
    const violated = (what: string): void => {
      this.#violations.push(what)
      this.#say(`VIOLATION: ${what}`)
    }
    this.#engine = new Engine({ state: disk.state, log: brokers.proxied, project: database.project, violated })
  }

  async run(): Promise<Tally> {
    const { seed, minutes } = this.#o
    await this.#brokers.makeTopics(SOURCES)
    const producing = new Producing(this.#brokers.addresses, seed)
    this.#engine.start()
    await this.#engine.committed()
    const until = performance.now() + minutes * 60_000
    for (const { pauseMs, harm } of schedule(seed)) {
      await sleep(Math.min(pauseMs, Math.max(0, until - performance.now())))
      if (performance.now() >= until) break
      await this.#begin(harm)
    }
    await Promise.all([this.#engineLane, this.#brokerLane, this.#databaseLane])
    this.#say(`mended; ${producing.records} records were acknowledged, ${producing.unsure} batches not`)
    // A process that has just been started in a container is deaf to SIGTERM.
    await this.#engine.committed()
    await producing.end()
    await this.#engine.stop()
    await this.#drain()
    const { version } = this.#engine
    const { project } = this.#database
    const tortured = { state: this.#disk.state, project, version }
    const { records, written, late, differences } = await compare(this.#brokers, tortured)
    this.#say(`compared ${records} records (${late} late) and ${written} of outputs`)
    const { engine, brokers } = { engine: this.#engine.counts, brokers: this.#brokers.counts }
    return {
      minutes,
      seed,
      records,
      written,
      kills: engine.kills + brokers.kills,
      freezes: engine.freezes + brokers.freezes,
      answers: this.#brokers.faults,
      databases: this.#database.harms,
      takeovers: engine.takeovers,
      fullDisks: engine.fullDisks,
      upgrades: engine.upgrades,
      restarts: engine.restarts + brokers.restarts,
      violations: [...this.#violations, ...differences],
    }
  }

  /** Starts a harm once the last one of its kind is over. */
  async #begin(harm: Harm): Promise<void> {
    const what = Object.values(harm).join(' ')
    if (harm.kind === 'answer') {
      this.#say(what)
      return this.#brokers.failAnswer(harm.api, harm.nth, harm.fault)
    }
    if (harm.kind === 'database-kill' || harm.kind === 'database-freeze') {
      await this.#databaseLane
      this.#say(what)
      const [database, isKill] = [this.#database, harm.kind === 'database-kill']
      this.#databaseLane = isKill ? database.kill(harm.ms) : database.freeze(harm.ms)
    } else if (harm.kind === 'broker-kill' || harm.kind === 'broker-freeze' || harm.kind === 'two-brokers') {
      await this.#brokerLane
      this.#say(what)
      this.#brokerLane = this.#harmBrokers(harm)
    } else {
      await this.#engineLane
      this.#say(what)
      this.#engineLane = this.#harmEngine(harm)
    }
  }

  async #harmBrokers(harm: Extract<Harm, { ms: number }>): Promise<void> {
    if (harm.kind === 'two-brokers') return this.#brokers.away([1, 2], 'kill', harm.ms)
    if (harm.kind !== 'broker-kill' && harm.kind !== 'broker-freeze') return
    const topic = 'ledger'
    const transactionalId = `lyrebird-${this.#engine.owner()}-${topic}`
    const node = await this.#brokers.having(harm.role, { topic, transactionalId })
    this.#say(`  broker ${node} is the ${harm.role}`)
    await this.#brokers.away([node], harm.kind === 'broker-kill' ? 'kill' : 'freeze', harm.ms)
    this.#say(`  broker ${node} is back`)
  }

  async #harmEngine(harm: Harm): Promise<void> {
    if (harm.kind === 'engine-kill') return this.#engine.kill(harm.downMs)
    if (harm.kind === 'engine-freeze') return this.#engine.freeze(harm.ms)
    if (harm.kind === 'upgrade') {
      await this.#engine.upgrade(harm.killed, harm.afterMs)
      return this.#say(`  version ${this.#engine.version} is in place`)
    }
    if (harm.kind === 'takeover' && containersPossible) {
      await this.#engine.takeOver()
      return this.#say('  taken over')
    }
    if (harm.kind === 'disk-full') {
      if (this.#disk.isSmall)
        await this.#engine.fullDisk(
          () => this.#disk.fill(),
          () => this.#disk.makeRoom(),
        )
      else await this.#engine.shortFiles(this.#disk.shortKibibytes())
      this.#say('  there is room again')
    }
  }

  /** Reads to the end of the topics, and waits until Kafka has everything. */
  async #drain(): Promise<void> {
    const { direct } = this.#brokers
    const to = ['--log', direct, '--out', direct, '--state', this.#disk.state, '--until', 'end']
    this.#say('reading to the end')
    const { project } = this.#database
    const job = versionFile(this.#engine.version, project)
    const child = start(CLI, ['stream', job, ...to, '--give-up-after', '5m'], inProject(project))
    const ended = await Promise.race([child.ended, sleep(DRAIN_LIMIT_MS)])
    if (ended?.code === 0) return
    child.kill('SIGKILL')
    this.#violations.push(`the run to the end ended with ${ended?.code}: ${ended?.stderr.slice(-1000)}`)
  }

  #say(line: string): void {
    this.#o.say(`${((performance.now() - this.#began) / 1000).toFixed(1).padStart(7)} s  ${line}`)
  }
}

/** Where the state lies: a small file system, where this process may mount one. */
class Disk {
  readonly state: string
  readonly isSmall: boolean
  readonly #folder: string
  readonly #ballast: string

  constructor(folder: string) {
    this.#folder = folder
    this.state = join(folder, 'state')
    this.#ballast = join(folder, 'ballast')
    mkdirSync(folder, { recursive: true })
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', folder])
    this.isSmall = mounted.status === 0
  }

  fill(): void {
    const { bavail, bsize } = statfsSync(this.#folder)
    try {
      writeFileSync(this.#ballast, new Uint8Array(Math.max(0, bavail * bsize - 4096)))
    } catch (error) {
      // The engine has taken some of it meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    }
  }

  makeRoom(): void {
    rmSync(this.#ballast, { force: true })
  }

  /** A length of files with which the state cannot be written on. */
  shortKibibytes(): number {
    const files = existsSync(this.state) ? readdirSync(this.state).filter(name => name.endsWith('.mdb')) : []
    return Math.max(64, ...files.map(name => Math.ceil(statSync(join(this.state, name)).size / 2048)))
  }

  end(): void {
    if (this.isSmall) spawnSync('umount', ['-l', this.#folder])
  }
}
