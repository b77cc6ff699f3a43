// The engine as a user runs it: `lyrebird stream` or `run` in a process of its own, killed, stopped, started again,
// taken over by a second one, and replaced by another version of its job.
//
// Promises: an end that was not asked for is noted as a violation, with what the process said. A second one takes over
// from the first as from a machine that hangs: in another container, with no socket that answers for the first.

import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readCommit, readJobDocument, readPlan } from '../../../run/state/read-state.ts'
import { openStateReader } from '../../../store/index.ts'
import { containersPossible, IN_A, PLACES, type Place, processOf } from '../../logs/support/places.ts'
import { type Child, start } from '../../support/child.ts'
import { versionFile } from './versions.ts'

const HERE = PLACES[0] as Place
const POLL_MS = 100
/** A busy machine may need long for a process to start, compile and commit. */
const COMMIT_LIMIT_MS = 120_000
/** One that was stopped during a commit makes the next one, and sees that it was replaced, a minute later. */
const END_LIMIT_MS = 150_000
/** A second process waits 30 s for signs of life of the first. */
const TAKEOVER_MS = 60_000
/** One whose brokers are away does not answer another version, which is started again then. */
const UPGRADE_LIMIT_MS = 300_000
const ROOT = join(import.meta.dirname, '..', '..', '..')
export const JOB = versionFile(0, null)
export const CLI = join(ROOT, 'bin', 'lyrebird.mjs')

interface Life {
  readonly child: Child
  readonly place: Place
  /** Whether its end is asked for. */
  ending: boolean
}

export interface EngineCounts {
  kills: number
  freezes: number
  takeovers: number
  restarts: number
  fullDisks: number
  upgrades: number
}

/** Which of the two processes of an upgrade is killed meanwhile. */
export type Killed = 'neither' | 'new' | 'old'

interface EngineOptions {
  readonly state: string
  readonly log: string
  /** The folder of a configuration; where the process is started without. */
  readonly project?: string | undefined
  readonly violated: (what: string) => void
}

export class Engine {
  readonly counts: EngineCounts = { kills: 0, freezes: 0, takeovers: 0, restarts: 0, fullDisks: 0, upgrades: 0 }
  readonly #o: EngineOptions
  #life: Life | null = null
  #version = 0

  constructor(options: EngineOptions) {
    this.#o = options
  }

  /** Which version of the job the state has. */
  get version(): number {
    return this.#version
  }

  /** Now and then as `run`, which begins with a batch. */
  start(place: Place = HERE, shell = place.shell): void {
    const command = (this.counts.restarts & 2) === 0 ? 'stream' : 'run'
    this.#life = this.#watched(this.#spawn([command], shell), place)
  }

  /** SIGKILL, a pause, and another one; none where the pause is null. */
  async kill(downMs: number | null): Promise<void> {
    const life = await this.#running()
    this.counts.kills++
    await this.#end(life, 'SIGKILL')
    if (downMs === null) return
    await sleep(downMs)
    this.#restart()
  }

  async freeze(ms: number): Promise<void> {
    const life = await this.#running()
    this.counts.freezes++
    await send(life, 'SIGSTOP')
    await sleep(ms)
    await send(life, 'SIGCONT')
  }

  /** Stops the process, lets another one take the state over and commit, and lets the first one go on: it must end. */
  async takeOver(): Promise<void> {
    const old = await this.#running()
    const before = this.position()
    this.counts.freezes++
    await send(old, 'SIGSTOP')
    for (const name of readdirSync(this.#o.state, { recursive: true, encoding: 'utf8' }))
      if (name.endsWith('.sock')) rmSync(join(this.#o.state, name), { force: true })
    old.ending = true
    this.start(old.place === HERE ? IN_A : HERE)
    this.counts.restarts++
    const taken = async (): Promise<boolean> => {
      const { epoch, commit } = this.position()
      return epoch > before.epoch && commit > before.commit
    }
    // A first one that is stopped inside a transaction of the state keeps the second one out until it goes on.
    await within(TAKEOVER_MS, taken)
    await send(old, 'SIGCONT')
    this.counts.takeovers++
    const ended = await Promise.race([old.child.ended, sleep(END_LIMIT_MS)])
    if (ended === undefined) {
      this.#o.violated('a process that another one has replaced goes on')
      await this.#end(old, 'SIGKILL')
    } else if (!ended.stderr.includes('stale-owner')) {
      this.#o.violated(`a process that another one has replaced ended with ${ended.code}: ${ended.stderr.slice(-600)}`)
    }
    if (!(await within(COMMIT_LIMIT_MS, taken))) this.#o.violated('no second process took the state over')
  }

  /**
   * Puts the next version of the job in place, started beside the process of this one; one of them is killed after so
   * many ms, and the new one started again.
   */
  async upgrade(killed: Killed, afterMs: number): Promise<void> {
    const old = await this.#runningHere()
    old.ending = true
    const [before, owner] = [this.#results(), this.#version++]
    this.counts.upgrades++
    let next = this.#startUpgrade()
    if (killed !== 'neither') {
      await sleep(afterMs)
      this.counts.kills++
      await this.#end(killed === 'new' ? next : old, 'SIGKILL')
      if (killed === 'new') next = this.#startUpgrade()
    }
    for (const until = performance.now() + UPGRADE_LIMIT_MS; this.#results() === before; await sleep(POLL_MS)) {
      if (performance.now() > until) {
        this.#o.violated(`version ${owner} was not replaced: ${next.child.said().slice(-600)}`)
        this.#version = owner
        await this.#end(next, 'SIGKILL')
        await this.#end(old, 'SIGKILL')
        return
      }
      if (!(await hasEnded(next))) continue
      const { code, stderr } = await next.child.ended
      // The old one waits for brokers, or for its table.
      if (!stderr.includes('state-locked')) {
        this.#o.violated(`an upgrade ended with ${code}: ${stderr.slice(-600)}`)
      }
      next = this.#startUpgrade()
    }
    next.ending = false
    this.#life = this.#watched(next.child, next.place)
    const ended = await Promise.race([old.child.ended, sleep(END_LIMIT_MS)])
    if (ended?.code !== 0 && killed !== 'old')
      this.#o.violated(`an old version that was replaced ended with ${ended?.code}: ${ended?.stderr.slice(-600)}`)
    await this.committed()
  }

  /** Waits until the process has ended for want of room, makes room and starts another one. */
  async fullDisk(fill: () => void, makeRoom: () => void): Promise<void> {
    const life = await this.#running()
    life.ending = true
    fill()
    await this.#endsFull(life)
    makeRoom()
    this.#restart()
  }

  /** The same by a limit on the length of files, where no disk can be filled. */
  async shortFiles(kibibytes: number): Promise<void> {
    await this.#end(await this.#running(), 'SIGKILL')
    this.counts.kills++
    this.start(HERE, `ulimit -f ${kibibytes}; trap '' XFSZ`)
    const life = this.#life as Life
    life.ending = true
    await this.#endsFull(life)
    this.#restart()
  }

  /** What the process of now has written to stderr. */
  said(): string {
    return this.#life?.child.said() ?? ''
  }

  /** Commit and epoch of the state. */
  position(): { readonly commit: number; readonly epoch: number } {
    try {
      const reader = openStateReader(this.#o.state)
      try {
        const { number = 0, epoch = 0 } = readCommit(reader) ?? {}
        return { commit: number, epoch }
      } finally {
        void reader.close()
      }
    } catch {
      return { commit: 0, epoch: 0 }
    }
  }

  /** The id under which the state owns its topics; empty while there is none. */
  owner(): string {
    try {
      const reader = openStateReader(this.#o.state)
      try {
        return readJobDocument(reader)?.id ?? ''
      } finally {
        void reader.close()
      }
    } catch {
      return ''
    }
  }

  /** Waits for a commit behind a position. */
  async committed(before = this.position()): Promise<void> {
    if (await within(COMMIT_LIMIT_MS, async () => this.position().commit > before.commit)) return
    this.#o.violated(`no commit for ${COMMIT_LIMIT_MS / 1000} s`)
  }

  /** SIGTERM: ends in peace. */
  async stop(): Promise<void> {
    const life = await this.#running()
    life.ending = true
    await send(life, 'SIGTERM')
    const ended = await Promise.race([life.child.ended, sleep(END_LIMIT_MS)])
    if (ended?.code === 0) return
    this.#o.violated(`a process that was stopped ended with ${ended?.code}: ${ended?.stderr.slice(-600)}`)
    if (ended === undefined) await this.#end(life, 'SIGKILL')
  }

  #spawn([command, ...flags]: readonly [string, ...string[]], shell: string | undefined): Child {
    const { state, log, project = null } = this.#o
    const job = versionFile(this.#version, project)
    const to = ['--log', log, '--out', log, '--state', state, '--replication', '3', '--min-insync', '2']
    return start(
      CLI,
      [command, job, ...to, '--commit-interval', '200ms', '--give-up-after', '10m', ...flags],
      project === null ? shell : inProject(project, shell),
    )
  }

  /** Its end is looked at by who upgrades. */
  #startUpgrade(): Life {
    return { child: this.#spawn(['run', '--upgrade'], HERE.shell), place: HERE, ending: true }
  }

  /** The process of now, on this machine: what runs in a container is on another one. */
  async #runningHere(): Promise<Life> {
    const life = await this.#running()
    if (life.place === HERE) return life
    await this.#end(life, 'SIGKILL')
    this.counts.kills++
    this.counts.restarts++
    this.start(HERE)
    await this.committed()
    return this.#life as Life
  }

  /** What tells the results of one version from those of another. */
  #results(): string {
    try {
      const reader = openStateReader(this.#o.state)
      try {
        return JSON.stringify(readPlan(reader)?.results.map(({ name, hash }) => [name, hash]))
      } finally {
        void reader.close()
      }
    } catch {
      return ''
    }
  }

  async #endsFull(life: Life): Promise<void> {
    this.counts.fullDisks++
    const ended = await Promise.race([life.child.ended, sleep(END_LIMIT_MS)])
    if (ended?.code === 1 && ended.stderr.includes('disk-full')) return
    this.#o.violated(`a process on a full disk ended with ${ended?.code}: ${ended?.stderr.slice(-600)}`)
    if (ended === undefined) await this.#end(life, 'SIGKILL')
  }

  #watched(child: Child, place: Place): Life {
    const life: Life = { child, place, ending: false }
    void child.ended.then(({ code, signal, stderr }) => {
      if (!life.ending) this.#o.violated(`the engine ended by itself, ${code ?? signal}: ${stderr.slice(-600)}`)
    })
    return life
  }

  /** The process of now; another one where it has ended. */
  async #running(): Promise<Life> {
    const life = this.#life
    if (life !== null && !(await hasEnded(life))) return life
    this.#restart()
    return this.#life as Life
  }

  #restart(): void {
    this.counts.restarts++
    this.start(containersPossible && this.counts.restarts % 2 === 1 ? IN_A : HERE)
  }

  async #end(life: Life, signal: NodeJS.Signals): Promise<void> {
    life.ending = true
    await send(life, signal)
    await life.child.ended
  }
}

/** Shell text that begins in a folder. */
export const inProject = (folder: string, shell?: string): string =>
  `cd '${folder}'${shell === undefined ? '' : `; ${shell}`}`

/** Sends a signal to the program itself, which may stand below others that are just being started. */
async function send(life: Life, signal: NodeJS.Signals): Promise<void> {
  while (!(await hasEnded(life))) {
    const pid = processOf(life.child, life.place)
    if (pid > 0) {
      process.kill(pid, signal)
      return
    }
    await sleep(POLL_MS)
  }
}

const hasEnded = async ({ child }: Life): Promise<boolean> =>
  (await Promise.race([child.ended, sleep(0, null)])) !== null

/** Whether it came true within so many ms. */
async function within(ms: number, isTrue: () => Promise<boolean>): Promise<boolean> {
  for (const until = performance.now() + ms; performance.now() < until; await sleep(POLL_MS))
    if (await isTrue()) return true
  return false
}
