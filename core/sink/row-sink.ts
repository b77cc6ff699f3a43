// A sink for rows: a system that holds the rows of one view as an application reads them, such as a table of a
// database. The interface that `lyrebird/sinks` offers to authors.
//
// Promises: a sink that keeps this contract holds exactly the rows of the view at one commit of the state, through a
// crash at any point: rows and position change in one transaction, and only from the position before. Who writes is
// decided by the epoch of the state's owner: a sink that has seen a higher one refuses the lower one.
// Not here: which rows have changed and when they are written (`run/feed`).

import type { SchemaDocument } from '../plan/schema.ts'

/** What a sink is told of the view whose rows it holds. */
export interface SinkView {
  readonly name: string
  /** Type of the keys, as the job declares it. */
  readonly key: SchemaDocument
  /** Type of the values. */
  readonly value: SchemaDocument
  /** `none`, or how a window's end and the watermark tell whether it is closed: at the end, or only past it. */
  readonly windows: 'none' | 'closed-at-end' | 'closed-past-end'
}

/** A commit of the state whose rows a sink holds. */
export interface SinkPosition {
  /** Id of the state. */
  readonly state: string
  /** Epoch of its owner. */
  readonly epoch: number
  /** A random name of the run that made the commit: a restored state makes another commit of the same number. */
  readonly run: string
  readonly commit: number
  /** What of the log it covers: `topic/0:1200,topic/1:990`. */
  readonly cut: string
  /**
   * The view's watermark, in ms since 1970; minus infinity while there is none, plus infinity at the end of a history.
   */
  readonly watermark: number
}

export interface SinkHeld extends SinkPosition {
  /** Texts that the system could not hold as they were, so far; left out where that is not known. */
  readonly altered?: number
}

/** A row of a view, or that there is none of this key any more. */
export interface SinkRow {
  /** Canonical bytes of key and window, the same for the same row in every run; to be kept, not changed. */
  readonly id: Uint8Array
  readonly key: unknown
  /** ms since 1970; null where the view has no windows. */
  readonly window: { readonly start: number; readonly end: number } | null
  readonly content: SinkContent
}

/** `failed`: a lambda of the table threw for this row; `gone`: the view has no row of this key. */
export type SinkContent =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly node: string; readonly reason: string }
  | { readonly kind: 'gone' }

/** Rows some at a time. */
export type SinkRows = AsyncIterable<readonly SinkRow[]>

/** A key may come more than once among the rows: the later one counts. */
export interface SinkChange {
  readonly from: SinkPosition
  readonly to: SinkPosition
  readonly rows: SinkRows
}

/** All rows of a view, read while it changes: first `rows`, then `changes`. */
export interface SinkSnapshot {
  /** Each key once, none of them gone. */
  readonly rows: SinkRows
  /** What has changed meanwhile; a key may come more than once. */
  readonly changes: SinkRows
  /** What all of this is the view at; known when both have been read. */
  readonly position: () => SinkPosition
}

export interface RowSink {
  /**
   * Takes hold of the sink for the epoch of its owner, and returns where it stands; null where it is empty, or holds
   * nothing that can be continued. Called before anything else, and again after each failure. Throws `stale-owner`
   * where it has seen a higher epoch, `sink-owned` where it holds rows of another state, `sink-refused` where the
   * system is not as it must be, `SinkAway` where it does not answer.
   */
  position(): Promise<SinkPosition | null>
  /**
   * Moves from one position to another in one transaction: writes the rows that have changed, and the position. Throws
   * `stale-owner` where the sink is no longer at `from`, `SinkAway` where the outcome is not known.
   */
  apply(change: SinkChange): Promise<void>
  /** Replaces everything that it holds in one step: whoever reads sees the old rows until then. Throws as `apply`. */
  replace(snapshot: SinkSnapshot): Promise<void>
  /**
   * Where it stands, without taking hold; null where it has not been filled. Throws as `position`, also before anything
   * is computed for it: what it would refuse then is refused now.
   */
  held(): Promise<SinkHeld | null>
  /**
   * Compares what it holds with all rows of the view at a position; null where it is not at this position. Optional:
   * without it `verify` says that the sink was not compared.
   */
  compare?(at: SinkPosition, rows: SinkRows): Promise<SinkComparison | null>
  /** Ends what is under way without an outcome, and frees everything. */
  close(): Promise<void>
}

export interface SinkComparison {
  /** Rows that are equal. */
  readonly equal: number
  /** For people: keys of rows that differ, that are missing, that are too many; at most ten of each. */
  readonly differing: readonly string[]
  readonly missing: readonly string[]
  readonly foreign: readonly string[]
}

export interface RowSinkOptions {
  readonly view: SinkView
  /** Id of the state. */
  readonly state: string
  readonly epoch: number
  /**
   * Whether rows of another state may be replaced, and an owner with a higher epoch be passed over, since the state was
   * restored.
   */
  readonly takesOver: boolean
}

/** Where the rows of a view go: what `postgres(...)` and the like return, and a configuration file binds. */
export interface RowSinkDefinition {
  /** Such as `postgres`. */
  readonly kind: string
  /** For people, without secrets: such as `table traffic`. */
  readonly place: string
  /** Makes the sink; reaching the system is left to `position`. */
  open(options: RowSinkOptions): RowSink
}

/** The system does not answer for now, or the outcome of what was asked is not known: it is asked again later. */
export class SinkAway extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'SinkAway'
  }
}

/** True also for one of another copy of this module. */
export const isSinkAway = (error: unknown): error is SinkAway => error instanceof Error && error.name === 'SinkAway'
