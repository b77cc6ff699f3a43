// What the reference reads: plain arrays of records, up to a cut.

import type { Header } from '../log/chunk.ts'
import type { RowLayout } from '../log/row-layout.ts'

export interface InputRecord {
  readonly offset: bigint
  /**
   * The log's own timestamp in ms, `NO_TIMESTAMP` where the record has none; null where the log has none at all, and
   * then no keys and headers either (NDJSON).
   */
  readonly timestamp: number | null
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly Header[]
  /** How the value's row is laid out, where the log kept it. */
  readonly layout?: RowLayout | undefined
}

export interface InputPartition {
  readonly topic: string
  readonly partition: number
  /**
   * By source node: `T` before the first of these records. For the rest of a log whose beginning is gone, and for
   * partitions that were taken in at a watermark (semantics.md 2.6); absent where there was no time.
   */
  readonly before?: Readonly<Record<string, number>>
  /** In offset order, up to the cut. */
  readonly records: readonly InputRecord[]
}

/** Every partition of the cut, the empty ones too: a partition without any record holds watermarks back. */
export type ReferenceInput = readonly InputPartition[]
