// Opens the feeds of a run.
//
// Promises: a run without sinks loads nothing of them; it drops what an earlier run with sinks has noted, since that
// leads nowhere after its commits.

import type { Plan } from '../../core/plan/plan.ts'
import type { Patience } from '../../logs/patience.ts'
import type { TopicOptions } from '../../sinks/sink.ts'
import type { StateTransaction, StateWriter } from '../../store/store.ts'
import type { OpenedState } from '../state/open-state.ts'
import { lastNumbered } from '../state/read-state.ts'
import { type Feeds, isFeedTable, type RowSinks, type Watched } from './feeds.ts'

/** What of the options of a run says where rows go. */
interface FeedPlace {
  readonly sinks?: RowSinks | undefined
  readonly feedsSinks?: boolean | undefined
  readonly patience?: Patience | undefined
  readonly outTopics?: TopicOptions | undefined
}

/** The feeds of a run. Throws `usage`; on a state without a commit also what a sink refuses. */
export async function openFeeds(plan: Plan, place: FeedPlace, { writer, id }: OpenedState): Promise<Feeds> {
  const { sinks = {}, feedsSinks = true, patience = {}, outTopics } = place
  if (Object.keys(sinks).length === 0) return new NoFeeds(writer)
  const { RowFeeds } = await import('./row-feeds.ts')
  if (lastNumbered(writer) === null) {
    // Not only after the first commit, which may be hours of history away.
    const { checkSinks } = await import('./check-sinks.ts')
    await checkSinks(plan, place, id)
  }
  const takesOver = outTopics?.republish === true
  return new RowFeeds({ sinks, plan, writer, state: id, patience, takesOver, sends: feedsSinks })
}

const NOTHING: Watched = new Map()

class NoFeeds implements Feeds {
  #leftOver: readonly string[]

  constructor(writer: StateWriter) {
    this.#leftOver = writer.tables().filter(isFeedTable)
  }

  watch(): Watched {
    return NOTHING
  }

  write(transaction: StateTransaction): void {
    for (const table of this.#leftOver) transaction.replaceTable(table, [])
  }

  committed(): void {
    this.#leftOver = []
  }

  check(): void {}

  async drain(): Promise<void> {}

  async close(): Promise<void> {}
}
