// The feeds of a run as the run sees them: where the rows of views go besides the state.
//
// Not here: feeds and sinks (`row-feeds.ts`).

import type { RowSinkDefinition } from '../../core/sink/row-sink.ts'
import type { StateTransaction } from '../../store/store.ts'
import type { KeyList } from './key-list.ts'

/** By view, as `VIEW`, or `JOB/VIEW` where a configuration has sinks of several jobs. */
export type RowSinks = Readonly<Record<string, RowSinkDefinition>>

/** Keys that change, by table of the state. */
export type Watched = ReadonlyMap<string, readonly KeyList[]>

export interface Feeds {
  /** Lists for the keys that the next commit changes. */
  watch(): Watched
  /** In the transaction of a commit. */
  write(transaction: StateTransaction, commit: number): void
  /** The commit has been made. */
  committed(commit: number): void
  /** Throws what has ended the feeding of a sink. */
  check(): void
  /** Resolves when all sinks hold the last commit. */
  drain(): Promise<void>
  close(): Promise<void>
}

export const feedTable = (view: string): string => `feed/${view}`
export const isFeedTable = (table: string): boolean => table.startsWith('feed/')
