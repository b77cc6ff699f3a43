// The second argument of lambdas: what is known of the element beside its value.

import type { Header } from '../../core/log/chunk.ts'
import type { TimeWindow } from '../../core/time/time-window.ts'

export type { Header, TimeWindow }

/** An element before any aggregation: the record of the log that it comes from. */
export interface SourceRecord<K = string | null> {
  /** Event time in ms since 1970 (UTC). */
  readonly time: number
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  /** The log's own timestamp in ms. Reading it from a log that has none (NDJSON) ends the run with a typed error. */
  readonly timestamp: number
  /** The key that `keyBy` gave; before that the record's key as UTF-8 text, which throws where it is none. */
  readonly key: K
  /** The record's own key as bytes. */
  readonly keyBytes: Uint8Array | null
  readonly headers: readonly Header[]
}

/** What a source's `time` lambda gets: the same without a time. */
export type TimedRecord = Omit<SourceRecord, 'time'>

/** An element past an aggregation: no single record of the log is behind it. */
export interface DerivedRecord<K> {
  /** Event time in ms: for a closed window its end less 1 ms, for a closed session its end. */
  readonly time: number
  readonly key: K
}

/** Where a stream's elements come from. */
export type Origin = 'log' | 'derived'

/** The second argument for elements of an origin; of a merge of both, what both have. */
export type RecordOf<O extends Origin, K> = O extends 'log' ? SourceRecord<K> : DerivedRecord<K>

/** Whether a table has one row per key (`global`) or one per key and window (`time`). */
export type Windowing = 'global' | 'time'

/** The second argument of a lambda on a table. */
export interface RowContext<K, W extends Windowing> {
  readonly key: K
  readonly window: W extends 'time' ? TimeWindow : undefined
}
