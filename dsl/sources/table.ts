// `table`: a topic read as upserts, each record a version of a key.
//
// Promises: a record without value deletes its key; versions are ordered by event time. Leaves to `source.ts`: what
// both words share.

import type { Mistake, PlainKey, Settled } from '../mistake.ts'
import { Call } from '../node.ts'
import { upsertsOf } from '../streams/pipeline.ts'
import type { UpsertTable } from '../streams/streams.ts'
import type { SourceRecord } from './record.ts'
import { type SourceOptions, sourceNode } from './source.ts'

/** How a topic of upserts is read; the options of `source()` mean the same here. */
export interface TableOptions<V, K> extends SourceOptions<V> {
  /** The key of a version: `u => u.id`. Default: the record's own key, as text. */
  readonly key: (value: V, record: SourceRecord) => K & PlainKey<K>
  /** The key that a record without value deletes. Default: the record's own key, as text. */
  readonly deletedKey?: (record: SourceRecord) => NoInfer<K>
}

/** The same where a record's own key is the key. */
export interface KeyedTopicOptions<V> extends SourceOptions<V> {
  readonly key?: Mistake<"With its type, a table's key needs its own: table<User, string>('users', { key: u => u.id }), or table('users', { key: (u: User) => u.id }).">
  readonly deletedKey?: never
}

/**
 * A topic as a table of the newest version of each key; a record without value deletes its key.
 *
 *     const users = table<User, string>('users', { key: u => u.id, time: u => u.changedAt })
 *
 * As a result of a job it is a view. In `clicks.keyBy(c => c.user).joinTable(users)` each click meets the version of
 * its time.
 */
export function table<V, K>(topic: string, options: TableOptions<V, K>): UpsertTable<Settled<K>, V>
export function table<V>(topic: string, options?: KeyedTopicOptions<V>): UpsertTable<string | null, V>
export function table(...given: unknown[]): unknown {
  const call: Call = new Call(given)
  return upsertsOf(call, sourceNode(call, 'table'))
}
