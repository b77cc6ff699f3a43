// The second argument of lambdas: time, key and, of a record of the log, where it came from (semantics.md 2.9).

import type { Header } from '../../core/log/chunk.ts'
import type { TimeWindow } from '../../core/time/time-window.ts'

export type { Header, TimeWindow }

/** The second argument of a lambda, for an element that is still one record of the log. */
export interface SourceRecord<K = string | null> {
  /** Event time in ms since 1970 (UTC). */
  readonly time: number
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  /**
   * The log's own timestamp in ms. Reading it throws where the record has none (-1 in Kafka), and ends the run with a
   * typed error where the log has none at all (NDJSON).
   */
  readonly timestamp: number
  /** The key that `keyBy` gave; before that the record's key as UTF-8 text. Throws where the key is no UTF-8. */
  readonly key: K
  /** The record's own key as bytes. */
  readonly keyBytes: Uint8Array | null
  readonly headers: readonly Header[]
}

/** The second argument of a source's `time` lambda: the same without `time`. */
export type TimedRecord = Omit<SourceRecord, 'time'>

/** The second argument past `closed`, `joinTable`, `joinWithin`, `scan`, `distinct` and `dedupe`: time and key only. */
export interface DerivedRecord<K> {
  /** Event time in ms. Of a closed window its end less 1 ms, of a closed session its end. */
  readonly time: number
  readonly key: K
}

/** Where a stream's elements come from. */
export type Origin = 'log' | 'derived'

/** The second argument for elements of an origin; of a merge of both origins what both have. */
export type RecordOf<O extends Origin, K> = O extends 'log' ? SourceRecord<K> : DerivedRecord<K>

/** Whether a table has one row per key (`global`) or one per key and window (`time`). */
export type Windowing = 'global' | 'time'

/** The second argument of a lambda on a table. */
export interface RowContext<K, W extends Windowing> {
  readonly key: K
  readonly window: W extends 'time' ? TimeWindow : undefined
}
