// A sink: where the outputs and changelogs of a job go. The interface of every system that takes records.
//
// Promises: a sink that keeps this protocol of a run writes each record exactly once, through a crash at any point:
//
//   recover(last)                 once, before anything else
//   release(...)*                 any number of records, in the order that they have in their partition
//   prepare(next)                 everything released is durable and invisible
//   -- the state commits `next` in its own transaction --
//   publish()                     everything prepared is visible
//
// A crash before the state's commit must leave nothing of `next` visible; a crash after it is repaired by the next
// `recover`. A sink gets the number of records that a commit counts, and reports no offsets: Kafka gives an offset when
// its transaction ends, and leaves gaps. What the sink needs to find its place again (an outbox beside the state, a
// record in a control topic, a fence row) it keeps itself, under number and epoch of the commit (semantics.md 6.3,
// 7.5).

import type { Cut } from '../core/log/cut.ts'

/** A topic that the job writes. */
export interface SinkTopic {
  readonly topic: string
  readonly partitions: number
  /**
   * `elements`: a function of the log, the same sequence in every run (`to`). `changes`: changed rows, which depend on
   * the commits (`changes().to`), so that they can only be continued from the commit that wrote them.
   */
  readonly content: 'elements' | 'changes'
  /** Most bytes of key and value of a record; null where the job sets no limit. */
  readonly maxBytes: number | null
}

/** Records by topic and partition number, counted from the beginning of the state. */
export type RecordCounts = ReadonlyMap<string, readonly bigint[]>

/** A commit of the state as a sink sees it. */
export interface SinkCommit {
  /**
   * One more than that of the commit before; says when, not what: a restored snapshot makes another commit of this
   * number.
   */
  readonly number: number
  /** Epoch of the state's owner. A sink that has seen a higher one refuses this owner. */
  readonly epoch: number
  readonly cut: Cut
  /** What the sink holds after this commit, its own records included. */
  readonly records: RecordCounts
}

export interface Sink {
  /**
   * Makes the sink hold exactly what the last commit counts: publishes what a crash left prepared, removes what the
   * state does not count. Null where nothing has been committed yet. Throws where records are missing (`truncated`) or
   * another state owns a topic (`topic-owned`).
   */
  recover(last: SinkCommit | null): Promise<void>
  /**
   * Takes one record, as the row of an output that holds it (`decodeHeld`, core/state/row-codec.ts). Copies the bytes.
   */
  release(topic: string, partition: number, key: Uint8Array, value: Uint8Array): void
  /** Makes everything released durable without showing it. Throws `disk-full` and the like; nothing is visible then. */
  prepare(next: SinkCommit): Promise<void>
  /** Shows everything prepared. The state holds the commit: a failure here is repaired by the next `recover`. */
  publish(): Promise<void>
  /** Resolves when all that was published is where it goes, for sinks that send it on. */
  drain?(): Promise<void>
  /** Throws what has ended the sending on, where anything has. */
  check?(): void
  /** After `recover`: topics whose changes are of another line of commits, where they are to be written anew. */
  readonly outdated?: readonly string[]
  /** The keys of the records with values in such a topic, some perhaps more than once; null for those without key. */
  keysOf?(topic: string): AsyncIterable<Uint8Array | null>
  /** Frees everything; what is prepared and not published stays unpublished. */
  close(): Promise<void>
}

export interface SinkOptions {
  readonly topics: readonly SinkTopic[]
  /** Id of the state that the topics belong to. */
  readonly owner: string
  /** A directory for what does not fit in memory; emptied when the run begins and ends. */
  readonly scratch: string
  /** A directory of the state for what is on its way. */
  readonly outbox: string
  /** Throws `stale-owner` where another process has taken the state over. */
  readonly checkOwner: () => void
  /** ms since 1970. */
  readonly clock: () => number
}

/** How topics of a cluster are made and written. */
export interface TopicOptions {
  /** Whether changes of another line of commits than the state has are written anew; default: they are refused. */
  readonly republish?: boolean | undefined
  /** How records are compressed; default `lz4`. */
  readonly compression?: 'none' | 'lz4' | undefined
  /** Replicas; default: that of the cluster. */
  readonly replication?: number | undefined
  /** Replicas that must confirm a record; default: that of the cluster. */
  readonly minInSync?: number | undefined
}

/** Opens a sink. Throws `topic-owned`, and a failure to reach the system. */
export type OpenSink = (options: SinkOptions) => Promise<Sink>
