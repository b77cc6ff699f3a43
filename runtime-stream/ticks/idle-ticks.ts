// Writes ticks into partitions that nothing is appended to, so that windows, joins and outputs do not wait for them.
//
// Promises: only for partitions that have been read to their end and have not grown for so long, by the one private
// clock that a log ever learns of: what the tick says is a record, and every replay sees it. A tick says the clock's
// time less that while, or the newest event time of the topic where other partitions of it get records and that is
// earlier: a record that comes within that while of its event time is not late. One tick of a partition is on its way
// at a time, none that would move nothing is written, and none by a process that has lost its state. The stream does
// not wait for it; what hinders it is told once for each topic, tried again after the same while, and ends no run.
// Loaded only where it is asked for. Not here: how a tick is written (`logs/ticks.ts`).

import { isLyrebirdError } from '../../core/errors.ts'
import { partitionName, splitPartition } from '../../core/log/cut.ts'
import { isTimestamp } from '../../logs/append/record-fields.ts'
import type { IdleTick, TickWriter } from '../../logs/tick.ts'
import { openTickWriter, takesNoTick } from '../../logs/ticks.ts'
import { now, wallClock } from '../../run/clock.ts'
import type { JobRun } from '../../run/job-run.ts'
import type { Tell } from '../../run/notices/notice.ts'
import { durationText } from '../../run/number-text.ts'
import { sourceNodes } from '../../run/reading/bind-log.ts'

type Run = Pick<JobRun, 'log' | 'plan' | 'progress' | 'ranges' | 'checkOwner'>

interface Options {
  /** ms without a record after which a partition is idle. */
  readonly idleMs: number
  readonly writer: TickWriter
  readonly tell: Tell
}

/** Where a partition ended, and since when. */
interface Seen {
  readonly end: bigint
  readonly since: number
}

/** `log` is a directory, or an address of Kafka. Throws as `IdleTicks.open` does. */
export async function openIdleTicks(run: Run, log: string, options: Omit<Options, 'writer'>): Promise<IdleTicks> {
  return await IdleTicks.open(run, { ...options, writer: await openTickWriter(log) })
}

export class IdleTicks {
  readonly #run: Run
  readonly #options: Options
  readonly #topics: ReadonlySet<string>
  readonly #seen = new Map<string, Seen>()
  /** Offsets of the last ticks. */
  readonly #written = new Map<string, bigint>()
  /** Topics whose last tick has failed. */
  readonly #failing = new Set<string>()
  #writing: Promise<void> | null = null
  #lost: unknown = null
  #isClosed = false

  private constructor(run: Run, topics: ReadonlySet<string>, options: Options) {
    this.#run = run
    this.#topics = topics
    this.#options = options
  }

  /** Throws `not-appendable` where no topic of the job takes ticks, and tells of those that do not. */
  static async open(run: Run, options: Options): Promise<IdleTicks> {
    const all = [...new Set(sourceNodes(run.plan).map(({ params }) => params.topic))].sort()
    const taking = new Set<string>()
    for (const topic of all) if ((await run.log.abilities(topic)).ticks === true) taking.add(topic)
    const failures = all.filter(topic => !taking.has(topic)).map(topic => takesNoTick(topic, run.log.description))
    if (taking.size === 0 && failures[0] !== undefined) throw failures[0]
    for (const { message, where } of failures) {
      options.tell({ event: 'no-ticks', level: 'warn', text: message, fields: { topic: String(where?.topic) } })
    }
    return new IdleTicks(run, taking, options)
  }

  /** To be called after the ends of the partitions were read. Throws `stale-owner`. */
  look(): void {
    if (this.#lost !== null) throw this.#lost
    const at = now()
    for (const name of this.#run.progress.cut.keys()) {
      const end = this.#run.ranges.get(name)?.end
      if (end !== undefined && this.#seen.get(name)?.end !== end) this.#seen.set(name, { end, since: at })
    }
    if (this.#writing !== null) return
    const due = [...this.#topics].flatMap(topic => this.#dueOf(topic, at))
    if (due.length === 0) return
    this.#writing = this.#write(due).finally(() => {
      this.#writing = null
    })
  }

  /** Ends the wait for brokers; a tick that is being written to a disk is waited for. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#options.writer.close()
    await this.#writing
  }

  /** Ticks for the idle partitions of a topic. */
  #dueOf(topic: string, at: number): readonly IdleTick[] {
    const { progress, plan } = this.#run
    const sources = sourceNodes(plan).filter(({ params }) => params.topic === topic)
    const names = [...progress.cut.keys()].filter(name => splitPartition(name).topic === topic)
    const idle = names.filter(name => this.#isIdle(name, at))
    if (idle.length === 0) return []
    const timesOf = (name: string): readonly number[] =>
      sources.map(({ id }) => progress.sourcePartition(id, name).maxTime)
    const newest = Math.max(...names.filter(name => !idle.includes(name)).flatMap(timesOf))
    const clock = wallClock() - this.#options.idleMs
    const time = Number.isFinite(newest) ? Math.min(clock, newest) : clock
    const stampable = sources.every(({ lambdas }) => lambdas.time === undefined)
    return idle.flatMap(name => {
      const { partition } = splitPartition(name)
      const { end } = this.#seen.get(name) as Seen
      const moves = isTimestamp(time) && timesOf(name).some(known => known < time)
      return moves ? [{ topic, partition, time, end, stampable }] : []
    })
  }

  #isIdle(name: string, at: number): boolean {
    const seen = this.#seen.get(name)
    const position = this.#run.progress.cut.get(name)
    if (seen === undefined || position === undefined || position < seen.end) return false
    return at - seen.since >= this.#options.idleMs && (this.#written.get(name) ?? -1n) < position
  }

  async #write(due: readonly IdleTick[]): Promise<void> {
    const begun: string[] = []
    for (const tick of due) {
      if (this.#isClosed) return
      const name = partitionName(tick.topic, tick.partition)
      try {
        this.#run.checkOwner()
        const offset = await this.#options.writer.write(tick)
        if (offset === null) continue
        if (!this.#written.has(name)) begun.push(name)
        this.#written.set(name, offset)
        this.#tellAgain(tick.topic)
      } catch (error) {
        if (this.#isClosed) return
        if (!isLyrebirdError(error) || error.code === 'stale-owner') {
          this.#lost = error
          return
        }
        this.#tellFailure(tick.topic, error)
        this.#seen.set(name, { end: tick.end, since: now() })
      }
    }
    if (begun.length > 0) this.#tellBegun(begun)
  }

  #tellBegun(partitions: readonly string[]): void {
    const { idleMs, tell } = this.#options
    const [last = '', ...others] = partitions.toReversed()
    const places = others.length === 0 ? last : `${others.toReversed().join(', ')} and ${last}`
    const text = `no records for ${durationText(idleMs)} in ${places}: ticks move event time on there`
    tell({ event: 'ticking', level: 'info', text, fields: { partitions, idleMs } })
  }

  #tellFailure(topic: string, { code, message, hint }: { code: string; message: string; hint?: string | undefined }) {
    if (this.#failing.has(topic)) return
    this.#failing.add(topic)
    const { idleMs, tell } = this.#options
    const remedy = hint === undefined ? '' : `; ${hint}`
    const text = `${topic} gets no ticks: ${message}${remedy}; tried again every ${durationText(idleMs)}`
    tell({ event: 'no-ticks', level: 'warn', text, fields: { topic, code } })
  }

  #tellAgain(topic: string): void {
    if (!this.#failing.delete(topic)) return
    this.#options.tell({ event: 'ticks-again', level: 'info', text: `${topic} gets ticks again`, fields: { topic } })
  }
}
