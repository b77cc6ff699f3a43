// The sinks of all views of a run that have one.
//
// Promises: what has changed in a commit is noted in the transaction of that commit, also while a sink is away; a state
// keeps no feed of a view that has no sink any more.

import { randomUUID } from 'node:crypto'
import { closeAll } from '../../core/close-all.ts'
import { didYouMean } from '../../core/did-you-mean.ts'
import { LyrebirdError } from '../../core/errors.ts'
import type { Plan } from '../../core/plan/plan.ts'
import { tableRoot } from '../../core/plan/plan-index.ts'
import { ANY_JSON } from '../../core/plan/schema.ts'
import type { RowSink, RowSinkDefinition, SinkView } from '../../core/sink/row-sink.ts'
import type { Patience } from '../../logs/patience.ts'
import type { StateTransaction, StateWriter } from '../../store/store.ts'
import { lastNumbered, storedView, viewOf } from '../state/read-state.ts'
import { Feeder } from './feeder.ts'
import { type Feeds, feedTable, isFeedTable, type RowSinks, type Watched } from './feeds.ts'
import type { KeyList } from './key-list.ts'
import { ViewFeed } from './view-feed.ts'

interface RowFeedsOptions {
  readonly sinks: RowSinks
  readonly plan: Plan
  readonly writer: StateWriter
  /** Id of the state. */
  readonly state: string
  readonly patience: Patience
  /** Whether rows of another state may be replaced. */
  readonly takesOver: boolean
  /** Whether rows are sent, or only noted for a later run. */
  readonly sends: boolean
}

interface Fed {
  readonly view: string
  readonly table: string
  readonly feed: ViewFeed
  readonly feeder: Feeder | null
}

export class RowFeeds implements Feeds {
  readonly #run = randomUUID()
  readonly #fed: readonly Fed[]
  /** Feeds that no sink reads. */
  #leftOver: readonly string[]
  #lists: ReadonlyMap<Fed, KeyList> = new Map()
  #written: readonly (() => void)[] = []
  #last: number

  /** Throws `usage` where a sink is bound to a view that the job does not have. */
  constructor(options: RowFeedsOptions) {
    const { plan, writer } = options
    const sinks = sinksOf(plan, options.sinks)
    this.#last = lastNumbered(writer)?.number ?? 0
    this.#fed = sinks.map(([view, sink]) => fedOf(options, view, sink, this.#last))
    const tables = new Set(this.#fed.map(({ view }) => feedTable(view)))
    this.#leftOver = writer.tables().filter(table => isFeedTable(table) && !tables.has(table))
    if (this.#last > 0) this.#start()
  }

  /** Lists for the keys that the next commit changes. */
  watch(): Watched {
    this.#lists = new Map(this.#fed.map(fed => [fed, fed.feed.newList()]))
    const watched = new Map<string, KeyList[]>()
    // The first commit changes every row: whoever follows it begins with all of them.
    if (this.#last === 0) {
      for (const list of this.#lists.values()) list.giveUp()
      return watched
    }
    for (const [{ table }, list] of this.#lists) watched.set(table, [...(watched.get(table) ?? []), list])
    return watched
  }

  /** In the transaction of a commit. */
  write(transaction: StateTransaction, commit: number): void {
    const entry = { commit, run: this.#run }
    this.#written = [...this.#lists].map(([{ feed }, list]) => feed.write(transaction, entry, list))
    for (const table of this.#leftOver) transaction.replaceTable(table, [])
  }

  /** The commit has been made. */
  committed(commit: number): void {
    for (const note of this.#written) note()
    this.#written = []
    this.#leftOver = []
    this.#last = commit
    this.#start()
  }

  /** Throws what has ended the feeding of a sink. */
  check(): void {
    for (const { feeder } of this.#fed) feeder?.check()
  }

  /** Resolves when all sinks hold the last commit. */
  async drain(): Promise<void> {
    await Promise.all(this.#fed.map(({ feeder }) => feeder?.drain()))
  }

  async close(): Promise<void> {
    await closeAll(
      ...this.#fed.map(
        ({ feeder }) =>
          () =>
            feeder?.close(),
      ),
    )
  }

  #start(): void {
    for (const { feeder } of this.#fed) feeder?.take()
  }
}

function fedOf(options: RowFeedsOptions, view: string, definition: RowSinkDefinition, last: number): Fed {
  const { plan, writer, state, patience, takesOver, sends } = options
  const feed = new ViewFeed(writer, view, last)
  const { table } = storedView(writer, plan, view)
  if (!sends) return { view, table, feed, feeder: null }
  const { epoch } = writer
  const sink = definition.open({ view: sinkView(plan, view), state, epoch, takesOver })
  const { openMs = 60_000, outageMs = 60_000, onAway = () => {} } = patience
  const snapshot = () => writer.snapshot()
  const times = { openMs, outageMs, onAway }
  const feeder = new Feeder({ view, place: definition.place, plan, sink, feed, state, epoch, snapshot, ...times })
  return { view, table, feed, feeder }
}

/** A sink that is only asked what it holds, with its view; its owner is not disturbed. */
export function askedSinks(plan: Plan, sinks: RowSinks, state: string): readonly AskedSink[] {
  return sinksOf(plan, sinks).map(([view, definition]) => {
    const sink = definition.open({ view: sinkView(plan, view), state, epoch: 0, takesOver: false })
    return { view, place: definition.place, sink }
  })
}

interface AskedSink {
  readonly view: string
  readonly place: string
  readonly sink: RowSink
}

function sinkView(plan: Plan, name: string): SinkView {
  const { node, row } = viewOf(plan, name)
  const { kind } = tableRoot(plan, node).params.window
  const windows = kind === 'global' ? 'none' : kind === 'session' ? 'closed-past-end' : 'closed-at-end'
  const { key = ANY_JSON, value = ANY_JSON } = row ?? {}
  return { name, key, value, windows }
}

/** The sinks of a job by view. Throws `usage` for a view that it does not have. */
function sinksOf(plan: Plan, sinks: RowSinks): readonly (readonly [string, RowSinkDefinition])[] {
  const views = plan.results.filter(r => r.kind === 'view').map(r => r.name)
  return Object.entries(sinks).flatMap(([name, sink]) => {
    const [job, view] = name.includes('/') ? splitName(name) : [plan.job, name]
    if (job !== plan.job) return []
    if (views.includes(view)) return [[view, sink] as const]
    const near = didYouMean(view, views)
    throw new LyrebirdError('usage', `a sink is bound to ${name}, and job ${plan.job} has no view ${view}`, {
      where: { view },
      hint: `${near === null ? `views: ${views.join(' ')}` : `did you mean ${near}?`} A view of another job is bound as JOB/VIEW`,
    })
  })
}

function splitName(name: string): [string, string] {
  const at = name.indexOf('/')
  return [name.slice(0, at), name.slice(at + 1)]
}
