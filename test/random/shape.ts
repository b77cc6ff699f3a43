// What stands at a place of a random job: a stream or a table, with its types.

import type { ValueType } from './words/value-type.ts'

/**
 * Unkeyed and keyed streams; tables with a row per key (`upserts`: one that joins may read), per key and window, per key and session.
 */
export type Shape = 'stream' | 'keyed' | 'global' | 'upserts' | 'timed' | 'session'

export interface Place {
  /** The variable. */
  readonly name: string
  readonly shape: Shape
  /** Null where there is none. */
  readonly key: ValueType | null
  readonly value: ValueType
  readonly lineage: 'log' | 'derived'
  /** What the node is called in pairs: its kind; for aggregations also those of its fields and its window. */
  readonly labels: readonly string[]
  /** Steps behind it on the longest way to a source. */
  readonly depth: number
  /** Of a table that joins may read: what its stream of versions is called in pairs, and how a join names it. */
  readonly versions: { readonly labels: readonly string[]; readonly text: string } | null
  /** Text of the window of a table. */
  readonly window: string | null
}

export const isStream = (place: Place): boolean => place.shape === 'stream' || place.shape === 'keyed'
