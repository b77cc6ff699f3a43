// Brings the rows of one view to its sink, beside the commits.
//
// Promises: the sink holds the rows of one commit at any time. It moves from the commit that it says it is at; where
// the feed does not lead on from there (it is empty, it was restored, it lags too far) it is filled anew. While it is
// away the run goes on, and it is asked again; a failure that does not pass ends the feeding, and is thrown to whoever
// asks next.

import { invariant, LyrebirdError } from '../../core/errors.ts'
import { PROGRESS, Progress } from '../../core/executor/progress.ts'
import { cutText } from '../../core/log/cut.ts'
import type { Plan } from '../../core/plan/plan.ts'
import { isSinkAway, type RowSink, SinkAway, type SinkPosition, type SinkRow } from '../../core/sink/row-sink.ts'
import type { Patience } from '../../logs/patience.ts'
import type { StateReader } from '../../store/store.ts'
import { now } from '../clock.ts'
import { lastNumbered, viewOf, watermarkAt } from '../state/read-state.ts'
import { AWAY_MAX_MS, AWAY_MS, CATCH_UPS, ROWS_AT_ONCE, SNAPSHOT_ROWS } from './limits.ts'
import { ViewSnapshot } from './sink-rows.ts'
import { changedKeys, type FeedEntry, type ViewFeed } from './view-feed.ts'

interface FeederOptions {
  readonly view: string
  /** For people: `table traffic of Postgres`. */
  readonly place: string
  readonly plan: Plan
  readonly sink: RowSink
  readonly feed: ViewFeed
  /** Id and epoch of the state. */
  readonly state: string
  readonly epoch: number
  readonly snapshot: () => StateReader
  /** ms that the sink may be away before the feeding ends, until it was first there and afterwards. */
  readonly openMs: number
  readonly outageMs: number
  /** Told while it is away; null once it is there again. */
  readonly onAway: NonNullable<Patience['onAway']>
}

export class Feeder {
  readonly #o: FeederOptions
  #position: SinkPosition | null | undefined
  #failure: unknown = null
  #working: Promise<void> | null = null
  #closed = false
  #wake = (): void => {}
  /** Since when it has been away; null while it is there. */
  #awaySince: number | null = null
  #wasThere = false

  constructor(options: FeederOptions) {
    this.#o = options
  }

  /** A commit has been made, with its entry in the feed. */
  take(): void {
    this.#work()
  }

  check(): void {
    if (this.#failure !== null) throw this.#failure
  }

  /** Resolves when the sink holds the last commit. */
  async drain(): Promise<void> {
    while (this.#working !== null) await this.#working
    this.check()
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#wake()
    await this.#o.sink.close()
    await this.#working
  }

  #work(): void {
    if (this.#working !== null || this.#failure !== null || this.#closed) return
    this.#working = this.#bring()
      .catch(error => {
        if (!this.#closed) this.#failure = error
      })
      .finally(() => {
        this.#working = null
        if (this.#isBehind) this.#work()
      })
  }

  /** Two lines of commits are not ordered by number. A commit that the feed does not know has no name. */
  get #isBehind(): boolean {
    const [position, last] = [this.#position, this.#o.feed.last]
    if (position === undefined) return true
    return last !== undefined && (position?.commit !== last.commit || position.run !== last.run)
  }

  async #bring(): Promise<void> {
    let pause = AWAY_MS
    while (this.#isBehind && !this.#closed) {
      try {
        await this.#step()
        this.#isThere()
        pause = AWAY_MS
      } catch (error) {
        // What it holds is to be asked anew: the outcome of the last step may not be known.
        this.#position = undefined
        if (!isSinkAway(error)) throw error
        if (this.#closed) return
        this.#isAway(error)
        await this.#sleep(pause)
        pause = Math.min(2 * pause, AWAY_MAX_MS)
      }
    }
  }

  async #step(): Promise<void> {
    const { sink, feed } = this.#o
    if (this.#position === undefined) {
      this.#position = await sink.position()
      return
    }
    const from = this.#position
    const entries = from === null ? null : feed.after(from.run, from.commit)
    if (from === null || entries === null) return await this.#fill()
    const snapshot = this.#o.snapshot()
    try {
      const to = this.#positionOf(snapshot)
      // Of a commit that is just being made the feed knows in a moment.
      if (to === null) return await nextTurn()
      if (entries.length > 0) await sink.apply({ from, to, rows: this.#changed(snapshot, entries) })
      this.#holds(to)
    } finally {
      await snapshot.close()
    }
  }

  #holds(position: SinkPosition): void {
    this.#position = position
    this.#o.feed.keepFrom(position.commit)
  }

  /** Null where the feed does not know the commit of the snapshot yet. */
  #positionOf(snapshot: StateReader): SinkPosition | null {
    const { plan, view, state, epoch, feed } = this.#o
    const last = feed.last
    if (last === undefined || last.commit !== lastNumbered(snapshot)?.number) return null
    const progress = Progress.decode(snapshot.document(PROGRESS) as Uint8Array)
    const watermark = watermarkAt(progress, plan, viewOf(plan, view).node)
    return { state, epoch, run: last.run, commit: last.commit, cut: cutText(progress.cut), watermark }
  }

  async *#changed(snapshot: StateReader, entries: readonly FeedEntry[]): AsyncGenerator<readonly SinkRow[]> {
    const { plan, view } = this.#o
    const rows = new ViewSnapshot(snapshot, plan, view)
    let keys: Uint8Array[] = []
    for (const entry of entries) {
      for (const key of changedKeys(snapshot, view, entry)) {
        if (keys.push(key) < ROWS_AT_ONCE) continue
        yield rows.rowsOf(keys)
        keys = []
        // An end of the rows would be taken for all of them.
        if (this.#closed) throw new SinkAway('the run ends')
      }
    }
    if (keys.length > 0) yield rows.rowsOf(keys)
  }

  /** Fills the sink: rows of many short snapshots, then what has changed since the first one. */
  async #fill(): Promise<void> {
    const { sink, feed } = this.#o
    const first = feed.last as FeedEntry
    feed.filling = true
    feed.keepFrom(first.commit)
    const reached: SinkPosition[] = []
    const position = (): SinkPosition => {
      const last = reached.at(-1)
      invariant(last !== undefined, 'a fill has a position once its changes were read')
      return last
    }
    try {
      await sink.replace({ rows: this.#all(), changes: this.#caughtUp(first, reached), position })
      this.#holds(position())
    } finally {
      feed.filling = false
    }
  }

  async *#all(): AsyncGenerator<readonly SinkRow[]> {
    const { plan, view } = this.#o
    let last: Uint8Array | null = null
    for (;;) {
      const snapshot = this.#o.snapshot()
      try {
        const rows = new ViewSnapshot(snapshot, plan, view)
        for (let given = 0; given < SNAPSHOT_ROWS; given += ROWS_AT_ONCE) {
          if (this.#closed) throw new SinkAway('the run ends')
          const some = rows.rowsAfter(last, ROWS_AT_ONCE)
          if (some === null) return
          last = some.last
          yield some.rows
        }
      } finally {
        await snapshot.close()
      }
    }
  }

  /** Notes the position of each snapshot up to which all changes were given. */
  async *#caughtUp(first: FeedEntry, reached: SinkPosition[]): AsyncGenerator<readonly SinkRow[]> {
    const { feed } = this.#o
    let from = first
    for (let times = 0; times < CATCH_UPS; ) {
      const snapshot = this.#o.snapshot()
      try {
        const at = this.#positionOf(snapshot)
        if (at === null) {
          await nextTurn()
          continue
        }
        const entries = feed.after(from.run, from.commit)
        invariant(entries !== null, 'a feed keeps what a fill needs')
        yield* this.#changed(snapshot, entries)
        reached.push(at)
        if (entries.length === 0) return
        from = entries.at(-1) as FeedEntry
        times++
      } finally {
        await snapshot.close()
      }
    }
  }

  #isThere(): void {
    this.#wasThere = true
    if (this.#awaySince !== null) this.#o.onAway(null, this.#o.place)
    this.#awaySince = null
  }

  #isAway({ message }: Error): void {
    const { openMs, outageMs, place } = this.#o
    this.#awaySince ??= now()
    const forMs = now() - this.#awaySince
    this.#o.onAway({ message, forMs }, place)
    const most = this.#wasThere ? outageMs : openMs
    if (forMs < most) return
    throw new LyrebirdError('sink-away', `${place} has not answered for ${Math.round(forMs / 1000)} s: ${message}`, {
      hint: 'is it running, and can it be reached from here? --give-up-after D waits longer; the next run goes on',
    })
  }

  #sleep(ms: number): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

const nextTurn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
