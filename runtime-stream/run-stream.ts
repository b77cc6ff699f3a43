// The live stream: all partitions in turn, a chunk of each, commits at intervals, until its end or until its signal
// aborts.
//
// Promises: partitions are read evenly, but none waits for one whose broker does not answer; the run stops at a commit;
// what arrives while it is stopping waits for the next run. It ends in the same way where another process asks for the
// state. Where the log is away the run waits, for good unless it has an end or a limit, and commits meanwhile what it
// has read.
// Ticks for idle partitions are written where that was asked for (`ticks/idle-ticks.ts`).

import { closeAll, thenClose } from '../core/close-all.ts'
import { EXIT, isLyrebirdError, LyrebirdError } from '../core/errors.ts'
import type { Chunk } from '../core/log/chunk.ts'
import { splitPartition } from '../core/log/cut.ts'
import { settledWithin } from '../core/settled-within.ts'
import { withSystemFailures } from '../host/system-failure.ts'
import { isLogPlace, liveOf } from '../logs/index.ts'
import type { Patience } from '../logs/patience.ts'
import { now } from '../run/clock.ts'
import type { RunOptions } from '../run/job-run.ts'
import { type Tell, tellingUpgrade } from '../run/notices/notice.ts'
import { watchHandOver } from '../run/state/hand-over.ts'
import type { RunSummary } from '../run/summary.ts'
import { BUSY_LOOK_MS, COMMIT_INTERVAL_MS, KERNEL_FEEDS, LOOK_MS, STOP_DRAIN_MS } from './limits.ts'
import { PartitionFeed } from './partition-feed.ts'
import { Schedule } from './schedule.ts'
import { StreamRun } from './stream-run.ts'
import type { IdleTicks } from './ticks/idle-ticks.ts'
import { TransactionNotices } from './transaction-notices.ts'

export interface StreamProgress {
  readonly records: number
  readonly commits: number
  /** Offsets between the state and the end of the log as it was last seen. */
  readonly lag: number
}

export interface StreamOptions extends RunOptions {
  /** ms between commits where they are cheap. Default 1000. */
  readonly commitIntervalMs?: number | undefined
  /** ms until the first commit, where that is sooner. Default: the interval. */
  readonly firstCommitMs?: number | undefined
  /** When it aborts, the run commits and resolves. */
  readonly signal?: AbortSignal | undefined
  /** Is told what holds the log back. */
  readonly onNotice?: Tell | undefined
  /** Writes ticks into partitions that have been idle for so many ms. */
  readonly ticksMs?: number | undefined
  /** Called after each commit. */
  readonly onProgress?: ((progress: StreamProgress) => void) | undefined
}

/** Follows the log into the state directory, continuing what it holds. Throws the typed errors of a run. */
export async function runStream(options: StreamOptions): Promise<RunSummary> {
  if (options.final === true && options.until === undefined) {
    throw new LyrebirdError('usage', 'a stream can only be final at a cut', {
      hint: 'add --until end, or the cut at which the history is complete',
    })
  }
  const handOver = watchHandOver(options.state, options.signal, tellingUpgrade(options.onNotice))
  return await withSystemFailures(() =>
    thenClose(
      () => runWhole({ ...options, signal: handOver.signal }),
      () => handOver.dispose(),
    ),
  )
}

async function runWhole(options: StreamOptions): Promise<RunSummary> {
  const stream = await StreamRun.open({ ...options, patience: patienceOf(options) })
  const live = new Live(stream, options)
  const follow = async (): Promise<RunSummary> => {
    await live.begin()
    await live.follow()
    await live.drain()
    if (stream.finished) await stream.run.warnOfTransactions()
    return stream.summary()
  }
  return await thenClose(
    follow,
    () => live.close(),
    () => stream.close(),
  )
}

/** A log that is followed may be away for any time; one that is read to an end may not, by default. */
function patienceOf({ until, patience = {}, signal }: StreamOptions): Patience {
  const forGood = until === undefined ? { outageMs: Number.POSITIVE_INFINITY } : {}
  return { ...forGood, ...patience, signal }
}

class Live {
  readonly #stream: StreamRun
  readonly #options: StreamOptions
  readonly #feeds = new Map<string, PartitionFeed>()
  readonly #schedule: Schedule
  #pending = { bytes: 0, records: 0 }
  #lookedAt = now()
  #onArrival = (): void => {}
  readonly #notices: TransactionNotices
  #ticks: IdleTicks | null = null
  #commits = 0

  constructor(stream: StreamRun, options: StreamOptions) {
    this.#stream = stream
    this.#options = options
    this.#notices = new TransactionNotices(stream.run, options.onNotice)
    this.#schedule = new Schedule(options.commitIntervalMs ?? COMMIT_INTERVAL_MS, options.firstCommitMs)
  }

  async begin(): Promise<void> {
    const { log, ticksMs: idleMs, onNotice: tell = () => {} } = this.#options
    if (idleMs === undefined || !isLogPlace(log)) return
    const { openIdleTicks } = await import('./ticks/idle-ticks.ts')
    this.#ticks = await openIdleTicks(this.#stream.run, liveOf(log), { idleMs, tell })
  }

  async follow(): Promise<void> {
    const stream = this.#stream
    while (!stream.finished && !this.#stopped) await this.#step().catch(error => this.#unlessStopped(error))
    await this.#commit().catch(error => this.#unlessStopped(error))
  }

  /** Waits for what goes elsewhere; a run that is stopped waits a moment only: the next run sends what is left. */
  async drain(): Promise<void> {
    const drained = this.#stream.run.drain()
    if (!this.#stopped) return await drained
    drained.catch(() => {})
    await settledWithin(drained, STOP_DRAIN_MS)
  }

  async #step(): Promise<void> {
    const stream = this.#stream
    const fed = await this.#round()
    if (!stream.finished && (!fed || now() - this.#lookedAt >= BUSY_LOOK_MS)) await this.#look(!fed)
  }

  /**
   * A log that is away does not matter to a run that is to stop: what it has read is whole, and what it has committed
   * is sent by the next one.
   */
  #unlessStopped(error: unknown): void {
    if (!this.#stopped || !isLyrebirdError(error) || error.exitCode !== EXIT.broker) throw error
  }

  async close(): Promise<void> {
    const { log } = this.#stream.run
    await closeAll(
      () => this.#ticks?.close(),
      // A read that waits for a broker ends with the log.
      () => (isLogPlace(this.#options.log) ? log.close() : undefined),
      ...[...this.#feeds.values()].map(feed => () => feed.close()),
    )
  }

  /** Resolves when a chunk is there that was late. */
  #arrival(): Promise<void> {
    return new Promise(resolve => {
      this.#onArrival = resolve
      if ([...this.#feeds.values()].some(({ hasArrived }) => hasArrived)) resolve()
    })
  }

  get #stopped(): boolean {
    return this.#options.signal?.aborted === true
  }

  /** Feeds one chunk of each partition that has one; false where none had. */
  async #round(): Promise<boolean> {
    const stream = this.#stream
    let fed = false
    const { partitions } = stream
    for (const name of partitions) this.#feedOf(name).begin(stream.position(name), stream.end(name))
    for (const name of partitions) {
      if (this.#stopped) break
      const chunk = await this.#meanwhile(this.#feedOf(name).next(stream.position(name), stream.end(name)))
      if (chunk === null) continue
      stream.feed(chunk)
      this.#count(chunk)
      fed = true
      if (this.#schedule.isDue(this.#waiting)) await this.#commit()
    }
    return fed
  }

  /** Waits for changes of the log where there was nothing to do, then reads its ends again. */
  async #look(idle: boolean): Promise<void> {
    const { run } = this.#stream
    if (idle) {
      const dirty = this.#pending.records > 0 || !run.clean
      const changed = run.log.changed(dirty ? Math.min(this.#schedule.waitMs, LOOK_MS) : LOOK_MS, this.#options.signal)
      await Promise.race([changed, this.#arrival()])
      if (dirty && this.#schedule.isDue(this.#waiting)) await this.#commit()
    }
    await this.#meanwhile(run.refresh(this.#stream.ends === null))
    this.#lookedAt = now()
    this.#ticks?.look()
    if (idle) this.#notices.look()
  }

  /** Awaits the log, and commits meanwhile what has been read and is due. */
  async #meanwhile<T>(asked: Promise<T>): Promise<T> {
    while (this.#pending.records > 0 && !(await settledWithin(asked, this.#schedule.waitMs))) await this.#commit()
    return await asked
  }

  async #commit(): Promise<void> {
    const stream = this.#stream
    await this.#schedule.commit(() => stream.commit())
    this.#pending = { bytes: 0, records: 0 }
    this.#commits++
    this.#options.onProgress?.({ records: stream.run.executor.records, commits: this.#commits, lag: this.#lag() })
  }

  #lag(): number {
    const stream = this.#stream
    return stream.partitions.reduce((sum, name) => sum + Number(stream.end(name) - stream.position(name)), 0)
  }

  get #waiting() {
    return { ...this.#pending, full: this.#stream.run.executor.isFull }
  }

  #count(chunk: Chunk): void {
    this.#pending.bytes += chunk.bytes.length
    this.#pending.records += chunk.count
  }

  #feedOf(name: string): PartitionFeed {
    let feed = this.#feeds.get(name)
    if (feed === undefined) {
      const { run, partitions } = this.#stream
      const { topic } = splitPartition(name)
      const kernel = partitions.length <= KERNEL_FEEDS ? run.executor.kernelOf(topic) : undefined
      feed = new PartitionFeed(run.log, name, { kernel }, () => this.#onArrival())
      this.#feeds.set(name, feed)
    }
    return feed
  }
}
