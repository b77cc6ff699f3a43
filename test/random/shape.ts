// A place in a random job: a stream or a table, with its types.

import type { ValueType } from './words/value-type.ts'

/**
 * Unkeyed and keyed streams; tables with a row per key (`upserts`: joins may read it), per key and window, per key and
 * session.
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
  /** Labels of the node in pairs: its kind; for aggregations also the kinds of its fields and its window. */
  readonly labels: readonly string[]
  /** Steps on the longest path from a source. */
  readonly depth: number
  /**
   * Of a table that joins may read: labels of its stream of versions in pairs, and the text by which a join names it.
   */
  readonly versions: { readonly labels: readonly string[]; readonly text: string } | null
  /** Text of the window of a table. */
  readonly window: string | null
}

export const isStream = (place: Place): boolean => place.shape === 'stream' || place.shape === 'keyed'
