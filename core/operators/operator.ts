// What an executor flushes: a node that keeps something between the elements that reach it and the state.
//
// Promises: one interface for aggregations, nodes that hold elements, and outputs, so that the executor knows none of them apart.

import type { ChangeSink } from '../state/environment.ts'
import type { Rows } from '../state/rows.ts'

/** One flush of one node. */
export interface Flush {
  /** The node's watermark now; plus infinity under `final`. */
  readonly now: number
  /** The same before `final` (semantics.md 4.6). */
  readonly keepNow: number
  readonly sink: ChangeSink
}

export interface Operator {
  /** Name of the table that its partial rows are called by, between workers and coordinator. */
  readonly partials: string
  /** Brings state, views and all that is emitted up to date with everything that has come. */
  flush(flush: Flush): void
  /** Puts aside what takes too much memory; for batch, between chunks. */
  relieve?(): void
  /** Forgets what can be read again from the state where it takes too much memory; for stream, after a commit. */
  forget?(): void
  /** Everything since the last flush as rows, whose bytes are valid until the next one is asked for. Empties the node. */
  takePartials(): Rows
  /** Takes in the rows of another executor. */
  addPartials(rows: Rows): void
}
