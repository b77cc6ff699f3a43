// `table`: a topic read as upserts, each record a version of a key.
//
// Promises: a record without value deletes its key; versions are ordered by event time (semantics.md 3.8). What it
// shares with `source` is in `source.ts`.

import type { Mistake, PlainKey, Settled } from '../mistake.ts'
import { Call } from '../node.ts'
import { upsertsOf } from '../streams/pipeline.ts'
import type { UpsertTable } from '../streams/streams.ts'
import type { SourceRecord } from './record.ts'
import { type SourceOptions, sourceNode } from './source.ts'

/** How a topic of upserts is read. The options of `source()` mean the same here. */
export interface TableOptions<V, K> extends SourceOptions<V> {
  /** The key of a version: `u => u.id`. Default: the record's own key, as text. */
  readonly key: (value: V, record: SourceRecord) => K & PlainKey<K>
  /** The key that a record without value deletes. Default: the record's own key, as text. */
  readonly deletedKey?: (record: SourceRecord) => NoInfer<K>
}

/** The same for a topic whose records have their keys as text. */
export interface KeyedTopicOptions<V> extends SourceOptions<V> {
  readonly key?: Mistake<"With its type, a table's key needs its own: table<User, string>('users', { key: u => u.id }), or table('users', { key: (u: User) => u.id }).">
  readonly deletedKey?: never
}

/**
 * Reads a topic as a table of the newest version of each key. A record without value deletes its key.
 *
 *     const users = table<User, string>('users', { key: u => u.id, time: u => u.changedAt })
 *
 * As a result of a job it is a view. `clicks.keyBy(c => c.user).joinTable(users)` joins each click with the version
 * that was the newest at the time of the click.
 */
export function table<V, K>(topic: string, options: TableOptions<V, K>): UpsertTable<Settled<K>, V>
export function table<V>(topic: string, options?: KeyedTopicOptions<V>): UpsertTable<string | null, V>
export function table(...given: unknown[]): unknown {
  const call: Call = new Call(given)
  return upsertsOf(call, sourceNode(call, 'table'))
}
