// What `append` is told, and what it tells.

import type { RowDialect, RowLayout } from '../../core/log/row-layout.ts'
import type { LockWait } from '../embedded/partition-lock.ts'

/** `bytes`: each input as a whole is one record. */
export type AppendFormat = 'json' | 'lines' | 'csv' | 'bytes'

/** Something to append, named for messages (a path, or `stdin`). */
export interface AppendInput {
  readonly name: string
  readonly bytes: AsyncIterable<Uint8Array>
  /** Whether `bytes` may be read from its start again, as a file can. Default false. */
  readonly repeatable?: boolean
}

/** How rows of CSV are written; what is left out is found out from their beginning. */
export interface RowOptions extends Partial<RowDialect> {
  /** Names of the columns, instead of those in a header line. */
  readonly columns?: readonly string[]
  /** Whether the first line is a header. Default: it is, unless `columns` are given. */
  readonly header?: boolean
}

/** What a job that will read the records wants of them. */
export interface Reading {
  /** For messages: the job's file. */
  readonly job: string
  /** Columns that it cannot do without, and those that it reads where they are there. */
  readonly needed: readonly string[]
  readonly optional: readonly string[]
  /** Why it could not read a value; null where it can. Throws what would end its run. */
  fault(value: Uint8Array, layout: RowLayout | undefined): string | null
}

export interface AppendOptions {
  readonly directory: string
  readonly topic: string
  readonly inputs: readonly AppendInput[]
  /** Default `json`. */
  readonly format?: AppendFormat
  readonly rows?: RowOptions
  /** Label of the Encoding Standard, such as `windows-1252`. Default: UTF-8, or UTF-16 where it shows. */
  readonly encoding?: string
  /** Count for a new topic, default 1; `partition-count` where an existing topic has another. */
  readonly partitions?: number
  /** Field whose value is the key. Not for `lines` and `bytes`. */
  readonly key?: string
  /** Field whose value is the timestamp. Not for `lines` and `bytes`. Default: the clock. */
  readonly timestamp?: string
  /**
   * Keys, each appended as a record without value after the inputs: a job that reads the topic as a table deletes the
   * key.
   */
  readonly deletions?: readonly string[]
  /** Time of the deletions in ms. Default: the clock. */
  readonly deletedAt?: number
  /** After all that, a tick with this time (ms) in every partition. */
  readonly tick?: number
  /** Every record must be one that this job can read. */
  readonly reading?: Reading
  /** Takes what looks wrong: content of another format, fields that no record has. */
  readonly unchecked?: boolean
  /** Reads and checks everything and writes nothing. */
  readonly dryRun?: boolean
  /** Whether to wait for a process that writes the topic. Default: not. */
  readonly wait?: LockWait
  /** The clock, in ms. */
  readonly now: () => number
  /** Called after each batch with what has been written so far. */
  readonly progress?: (soFar: AppendSummary) => void
}

export interface AppendSummary {
  /** Records without deletions and ticks. */
  readonly records: number
  readonly bytes: number
  /** Lines of CSV files that are empty: no rows, left out. */
  readonly emptyLines: number
  readonly deletions: number
  readonly ticks: number
  /** Exclusive end of each partition. */
  readonly ends: readonly bigint[]
  /** How the rows of the last input are laid out; null where there were none. */
  readonly layout: RowLayout | null
}
