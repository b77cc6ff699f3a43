// An operator: a node that keeps something between elements and flushes it.
//
// Promises: one interface for aggregations, nodes that hold elements, joins of tables, and outputs, so that the
// executor does not distinguish them.

import type { RunsHandle } from '../spill/spilled-runs.ts'
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
  /** The table name under which its partial rows go from workers to the coordinator. */
  readonly partials: string
  /** Brings state, views and emitted elements up to date with everything that has come. */
  flush(flush: Flush): void
  /** Whether what it keeps in memory takes more than it may. */
  readonly isFull?: boolean
  /** About the bytes that its groups take; only of operators that spill those as a whole. */
  readonly bytes?: number
  /** Spills what takes too much memory, or more than so many bytes; for batch, between chunks. */
  spill?(bytes: number): void
  /** Forgets what can be read again from the state where it takes too much memory; for stream, after a commit. */
  forget?(): void
  /**
   * Everything since the last flush as partial rows; the bytes of each are valid until the next one is read. Empties
   * the node.
   */
  takePartials(): Rows
  /**
   * Everything since the last flush, where it is so much that it is put aside for another executor: before
   * `takePartials`, which has the rest.
   */
  takeRuns?(): RunsHandle | null
  /** Takes in what `takeRuns` of another executor of the process gave. */
  addRuns?(runs: RunsHandle): void
  /** Takes in what `takePartials` of another executor gave; may read it only in the next flush. */
  addPartials(rows: Rows): void
}
