// A sink: where the outputs and changelogs of a job go. One interface for every system that takes records.
//
// Promises: whoever keeps it writes each record exactly once, through a crash at any moment, under this protocol of a run:
//
//   recover(last)                 once, before anything else
//   release(...)*                 any number of records, in the order in which they must appear in their partition
//   prepare(next)                 everything released is durable and invisible
//   -- the state commits `next` in its own transaction --
//   publish()                     everything prepared is visible
//
// A crash before the state's commit must leave nothing visible of `next`; a crash after it is repaired by the next `recover`.
// A sink is told how many records a commit counts, and never needs to know where the system put them: Kafka gives an offset
// when its transaction ends, and leaves gaps. What it needs to find its place again (an outbox beside the state, a record in a
// control topic, a fence row) it keeps itself, under the number and epoch of the commit (docs/semantics.md, output topics).

import type { Cut } from '../core/log/cut.ts'

/** A topic that the job writes. */
export interface SinkTopic {
  readonly topic: string
  readonly partitions: number
  /**
   * `elements`: a function of the log, the same sequence in every run (`to`). `changes`: rows as they change, which depends
   * on the commits (`changes().to`), so that it can only be continued from the commit that wrote it.
   */
  readonly content: 'elements' | 'changes'
}

/** Records by topic and partition number, from the beginning of the state on. */
export type RecordCounts = ReadonlyMap<string, readonly bigint[]>

/** A commit of the state as a sink sees it. */
export interface SinkCommit {
  /** One more than that of the commit before; says when, not what: a restored snapshot makes another commit of this number. */
  readonly number: number
  /** Of the state's owner. Whoever has a lower one than the sink knows has been overtaken. */
  readonly epoch: number
  readonly cut: Cut
  /** What the sink holds after this commit, its own records included. */
  readonly records: RecordCounts
}

export interface Sink {
  /**
   * Makes the sink hold exactly what the last commit counts: publishes what a crash left prepared, takes back what the
   * state does not count. Null where nothing has been committed yet. Throws where records are missing (`truncated`) or
   * another state owns a topic (`topic-owned`).
   */
  recover(last: SinkCommit | null): Promise<void>
  /** Takes one record as the row that an output holds it in (`decodeHeld`, core/state/row-codec.ts). Copies the bytes. */
  release(topic: string, partition: number, key: Uint8Array, value: Uint8Array): void
  /** Makes everything released durable without showing it. Throws `disk-full` and the like; nothing is visible then. */
  prepare(next: SinkCommit): Promise<void>
  /** Shows everything prepared. The state holds the commit: a failure here is repaired by the next `recover`. */
  publish(): Promise<void>
  /** Frees everything; what is prepared and not published stays so. */
  close(): Promise<void>
}

export interface SinkOptions {
  readonly topics: readonly SinkTopic[]
  /** Id of the state that the topics belong to. */
  readonly owner: string
  /** A directory for what does not fit in memory; emptied when the run begins and ends. */
  readonly scratch: string
}

/** Opens a sink. Throws `topic-owned`, and whatever keeps the system from being reached. */
export type OpenSink = (options: SinkOptions) => Promise<Sink>
