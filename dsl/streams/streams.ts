// The types of a pipeline: streams of elements, keyed and windowed ones, and the tables that aggregations make of them.
//
// Promises: every value is immutable and every method gives a new one. The types refer to each other, so they share a
// file. What the methods do is in `pipeline.ts`.

import type { Aggregated, AggregationOver, Sum, Summable } from '../aggregations/aggregations.ts'
import type { Duration } from '../duration.ts'
import type { Mistake, PlainKey, PlainValue, Settled, Sync } from '../mistake.ts'
import type { Encodes } from '../sources/format.ts'
import type { DerivedRecord, Origin, RecordOf, RowContext, Windowing } from '../sources/record.ts'
import type { Snapshot } from '../sources/snapshot.ts'
import type { Window } from '../window.ts'
import type { Joined, JoinType, SameKeys, WithinOptions } from './joined.ts'
import type { NeedsKey } from './needs-key.ts'

declare const STREAM: unique symbol
declare const VIEW: unique symbol
declare const VERSIONS: unique symbol
declare const OUTPUT: unique symbol

/** Types: what a stream holds, to be inferred from any stream. */
interface StreamShape {
  readonly [STREAM]: {
    readonly keyed: boolean
    readonly key: unknown
    readonly value: unknown
    readonly origin: Origin
  }
}
type ValueOf<S> = S extends { readonly [STREAM]: { readonly value: infer V } } ? V : never
type OriginOf<S> = S extends { readonly [STREAM]: { readonly origin: infer O extends Origin } } ? O : never
type KeyOf<S> = S extends { readonly [STREAM]: { readonly key: infer K } } ? K : never

type Alike<Streams extends readonly unknown[], Keyed extends boolean> = {
  readonly [I in keyof Streams]: Streams[I] extends { readonly [STREAM]: { readonly keyed: Keyed } }
    ? unknown
    : Mistake<'merge() takes streams alike: all keyed or all unkeyed. Call keyBy(...) before, or merge before keyBy(...).'>
}

/** How an output's records are written. */
export interface ToOptions<T, R> {
  /**
   * Gives the record's key: a string as UTF-8, anything else as canonical JSON, null for no key. Default: the key of
   * the stream, none where it is not keyed.
   */
  readonly key?: (value: T, record: R) => unknown
  /** Partitions of the output topic. Default 1. */
  readonly partitions?: number
  /**
   * Most bytes of a record, its key and its value together. A larger one is a dead letter. Default: any size; a record
   * that the brokers of a topic do not take ends the run.
   */
  readonly maxBytes?: number
  /** The format of values. Default: canonical JSON. A value that the format cannot hold is a dead letter. */
  readonly value?: Encodes<T>
}

type Partner<K, S> = S extends { readonly [STREAM]: { readonly keyed: true; readonly key: infer J } }
  ? SameKeys<K, J>
  : Mistake<'joinWithin() takes another keyed stream: call keyBy(...) on it first.'>

/** A stream of elements with values `T`, made by `source` or by a word below. */
export interface Stream<T, O extends Origin = 'log'> extends StreamShape, NeedsKey {
  readonly [STREAM]: { readonly keyed: false; readonly key: string | null; readonly value: T; readonly origin: O }

  /** Replaces the value of each element: `views.map(v => v.page)`. */
  map<U>(fn: (value: T, record: RecordOf<O, string | null>) => U & Sync<U>): Stream<U, O>

  /** Keeps the elements for which the lambda returns a truthy value: `views.filter(v => v.bytes > 0)`. */
  filter<S extends T>(fn: (value: T, record: RecordOf<O, string | null>) => value is S): Stream<S, O>
  filter<B>(fn: (value: T, record: RecordOf<O, string | null>) => B & Sync<B>): Stream<T, O>

  /** Replaces each element by any number of elements: `lines.flatMap(line => line.split(' '))`. */
  flatMap<U>(
    fn: (
      value: T,
      record: RecordOf<O, string | null>,
    ) =>
      | (Iterable<U> & object)
      | Mistake<'flatMap() and flatMapKeys() take an array or another iterable of results, and no promise.'>,
  ): Stream<U, O>

  /** The elements of several streams as one: `clicks.merge(views)`. */
  merge<S extends readonly StreamShape[]>(
    ...others: S & Alike<S, false>
  ): Stream<T | ValueOf<S[number]>, O | OriginOf<S[number]>>

  /** Gives each element a key, to aggregate and join by: `views.keyBy(v => v.country)`. Any plain data may be a key. */
  keyBy<const K>(fn: (value: T, record: RecordOf<O, string | null>) => K & PlainKey<K>): KeyedStream<Settled<K>, T, O>

  /**
   * Joins each element with fixed data: `bids.lookup(auctions, { key: b => b.auction })`. The value becomes
   * `{ left, right }`. An element without a match is dropped, or has `right: null` with `type: 'left'`.
   */
  lookup<J, V, SK, Type extends 'inner' | 'left' = 'inner'>(
    data: Snapshot<SK, V>,
    options: {
      readonly key: (value: T, record: RecordOf<O, string | null>) => J & PlainKey<J> & SameKeys<J, SK>
      readonly type?: Type
    },
  ): Stream<Joined<T, V, Type>, O>
  /** Needs a key. */
  lookup(
    this: Mistake<'lookup() on an unkeyed stream needs a key: lookup(data, { key: v => v.country }).'>,
    data: unknown,
  ): Stream<unknown, O>

  /** Needs a key: `keyBy(...)` first. */
  joinWithin(
    this: Mistake<'joinWithin() needs a keyed stream: call keyBy(...) first.'>,
    other: unknown,
    options: object,
  ): KeyedStream<unknown, unknown, 'derived'>

  /**
   * Writes the elements to a topic, in (time, identity) order, each as soon as no earlier one can come:
   * `views.to('clean-views')`.
   */
  to(topic: string, options?: ToOptions<T, RecordOf<O, string | null>>): Output<T>

  /** Needs a key: `keyBy(...)` first. */
  window(
    this: Mistake<'window() needs a keyed stream: call keyBy(...) first.'>,
    window: Window,
  ): WindowedStream<unknown, T, O>
  /** Needs a key: `keyBy(...)` first. */
  aggregate(
    this: Mistake<'aggregate() needs a keyed stream: call keyBy(...) first.'>,
    fields: object,
  ): Table<unknown, unknown, 'global'>
  /** Needs a key: `keyBy(...)` first. */
  count(this: Mistake<'count() needs a keyed stream: call keyBy(...) first.'>): Table<unknown, number, 'global'>
  /** Needs a key: `keyBy(...)` first. */
  sum(
    this: Mistake<'sum() needs a keyed stream: call keyBy(...) first.'>,
    of: (value: T) => unknown,
  ): Table<unknown, number, 'global'>
  /** Needs a key: `keyBy(...)` first. */
  min(
    this: Mistake<'min() needs a keyed stream: call keyBy(...) first.'>,
    of: (value: T) => unknown,
  ): Table<unknown, unknown, 'global'>
  /** Needs a key: `keyBy(...)` first. */
  max(
    this: Mistake<'max() needs a keyed stream: call keyBy(...) first.'>,
    of: (value: T) => unknown,
  ): Table<unknown, unknown, 'global'>
  /** Needs a key: `keyBy(...)` first. */
  mean(
    this: Mistake<'mean() needs a keyed stream: call keyBy(...) first.'>,
    of: (value: T) => unknown,
  ): Table<unknown, number, 'global'>
}

/** A stream whose elements have keys `K`. */
export interface KeyedStream<K, T, O extends Origin = 'log'>
  extends StreamShape,
    ShortForms<K, T, RecordOf<O, K>, 'global'> {
  readonly [STREAM]: { readonly keyed: true; readonly key: K; readonly value: T; readonly origin: O }

  /** Replaces the value of each element and keeps the key. */
  map<U>(fn: (value: T, record: RecordOf<O, K>) => U & Sync<U>): KeyedStream<K, U, O>

  /** Replaces the value of each element and keeps the key: `orders.mapValues(o => o.price * o.quantity)`. */
  mapValues<U>(fn: (value: T, record: RecordOf<O, K>) => U & Sync<U>): KeyedStream<K, U, O>

  /** Keeps the elements for which the lambda returns a truthy value. */
  filter<S extends T>(fn: (value: T, record: RecordOf<O, K>) => value is S): KeyedStream<K, S, O>
  filter<B>(fn: (value: T, record: RecordOf<O, K>) => B & Sync<B>): KeyedStream<K, T, O>

  /** Keeps the elements for whose key the lambda returns a truthy value: `byUser.filterKeys(user => user !== '')`. */
  filterKeys<J extends K>(fn: (key: K, record: RecordOf<O, K>) => key is J): KeyedStream<J, T, O>
  filterKeys<B>(fn: (key: K, record: RecordOf<O, K>) => B & Sync<B>): KeyedStream<K, T, O>

  /** Replaces each element by any number of elements with the same key. */
  flatMap<U>(
    fn: (
      value: T,
      record: RecordOf<O, K>,
    ) =>
      | (Iterable<U> & object)
      | Mistake<'flatMap() and flatMapKeys() take an array or another iterable of results, and no promise.'>,
  ): KeyedStream<K, U, O>

  /** Repeats each element for each key that the lambda gives: `byPage.flatMapKeys(page => [page, 'all'])`. */
  flatMapKeys<J>(
    fn: (
      key: K,
      record: RecordOf<O, K>,
    ) =>
      | (Iterable<J & PlainKey<J>> & object)
      | Mistake<'flatMap() and flatMapKeys() take an array or another iterable of results, and no promise.'>,
  ): KeyedStream<Settled<J>, T, O>

  /** The elements of several keyed streams as one. */
  merge<S extends readonly StreamShape[]>(
    ...others: S & Alike<S, true>
  ): KeyedStream<K | KeyOf<S[number]>, T | ValueOf<S[number]>, O | OriginOf<S[number]>>

  /** Replaces the key of each element. */
  keyBy<const J>(fn: (value: T, record: RecordOf<O, K>) => J & PlainKey<J>): KeyedStream<Settled<J>, T, O>

  /**
   * Joins each element with fixed data, by the stream's key or another one: `byCountry.lookup(countries)`. The value
   * becomes `{ left, right }`. An element without a match is dropped, or has `right: null` with `type: 'left'`.
   */
  lookup<J, V, SK, Type extends 'inner' | 'left' = 'inner'>(
    data: Snapshot<SK, V>,
    options: {
      readonly key: (value: T, record: RecordOf<O, K>) => J & PlainKey<J> & SameKeys<J, SK>
      readonly type?: Type
    },
  ): KeyedStream<K, Joined<T, V, Type>, O>
  lookup<V, SK, Type extends 'inner' | 'left' = 'inner'>(
    data: Snapshot<SK, V> & SameKeys<K, SK>,
    options?: { readonly key?: never; readonly type?: Type },
  ): KeyedStream<K, Joined<T, V, Type>, O>

  /**
   * Pairs the elements of equal key whose times are within bounds, which are included:
   * `clicks.joinWithin(buys, { before: '0s', after: '30m' })` gives `{ left, right }` for each click and each purchase
   * up to half an hour later. A pair has the later of the two times.
   */
  joinWithin<S extends StreamShape, Before extends Duration, After extends Duration, Type extends JoinType = 'inner'>(
    other: S & Partner<K, S>,
    options: WithinOptions<Before, After, Type>,
  ): KeyedStream<K, Joined<Settled<T>, Settled<ValueOf<S>>, Type>, 'derived'>

  /**
   * Folds the elements of each key, in the order of time, into a state, and emits the state after each element:
   * `byUser.scan(0, (total, order) => total + order.price)`. The step must depend on nothing but its arguments.
   */
  scan<S>(
    this: PlainValue<S>,
    zero: S,
    step: (
      state: S,
      value: T,
      record: DerivedRecord<K>,
    ) => NoInfer<S> | Mistake<'scan() needs the next state, of the type of its zero, and no promise.'>,
  ): KeyedStream<K, S, 'derived'>

  /**
   * Emits the first of equal elements of each key, for all time: `byUser.distinct(v => v.page)`. Default: by the value.
   */
  distinct<B>(by?: (value: T, record: RecordOf<O, K>) => B & PlainValue<B>): KeyedStream<K, T, 'derived'>

  /**
   * Drops an element where an equal one of its key was emitted no longer than `within` before it:
   * `byUser.dedupe(v => v.id, '1h')`.
   */
  dedupe<B>(by: (value: T, record: RecordOf<O, K>) => B & PlainValue<B>, within: Duration): KeyedStream<K, T, 'derived'>

  /**
   * The newest value of each key by time, as a table. Null deletes the key:
   * `changes.keyBy(c => c.id).mapValues(c => c.after).toTable()`.
   */
  toTable(): UpsertTable<K, Exclude<T, null | undefined>>

  /**
   * Joins each element with the version of its key that was the newest at its time:
   * `clicks.keyBy(c => c.user).joinTable(users)`. The value becomes `{ left, right }`. An element without a version is
   * dropped, or has `right: null` with `type: 'left'`. A version of the element's own time counts, unless
   * `at: 'before'` takes only those of an earlier time.
   */
  joinTable<S extends AnyTable, Type extends 'inner' | 'left' = 'inner'>(
    table: S & Versioned<K, S>,
    options?: { readonly type?: Type; readonly at?: 'same' | 'before' },
  ): KeyedStream<K, Joined<Settled<T>, VersionOf<S>, Type>, 'derived'>

  /** Writes the elements to a topic under their keys, in (time, identity) order, once no earlier one can come. */
  to(topic: string, options?: ToOptions<T, RecordOf<O, K>>): Output<T>

  /** Aggregates by window: `byCountry.window(tumbling('1h')).count()`. Without it a key has one row for all time. */
  window(window: Window): WindowedStream<K, T, O>
}

/** A keyed stream with windows, ready to be aggregated. */
export interface WindowedStream<K, T, O extends Origin = 'log'> extends ShortForms<K, T, RecordOf<O, K>, 'time'> {}

/** Words that make a table of a keyed stream: one row for each key, or for each key and window. */
interface ShortForms<K, T, R, W extends Windowing> {
  /**
   * Several aggregations at once. The value of a row is an object with one field for each.
   *
   *     byCountry.window(tumbling('1h')).aggregate({ views: count(), bytes: sum(v => v.bytes) })
   */
  aggregate<F extends Readonly<Record<string, AggregationOver<T, R>>>>(fields: F): Table<K, Aggregated<F>, W>

  /** The number of elements. */
  count(): Table<K, number, W>
  /** The exact sum, rounded once. Of bigints it is a bigint. */
  sum<N>(of: (value: T, record: R) => N & Summable<N>): Table<K, Sum<N>, W>
  /** The least value, in the order of values. */
  min<V>(of: (value: T, record: R) => V & PlainValue<V>): Table<K, Settled<V>, W>
  /** The greatest value, in the order of values. */
  max<V>(of: (value: T, record: R) => V & PlainValue<V>): Table<K, Settled<V>, W>
  /** The exact mean, rounded once. */
  mean<N>(of: (value: T, record: R) => N & Summable<N>): Table<K, number, W>
}

/** A table, or as a result a view: one row for each key (`W` is `global`), or for each key and window (`time`). */
export interface Table<K, V, W extends Windowing = Windowing> {
  readonly [VIEW]: { readonly key: K; readonly value: V; readonly windowing: W }

  /**
   * Replaces the value of each row: `hourly.mapValues(v => v.bytes / v.views)`. The lambda runs on rows that may still
   * change; where it throws, the row is an error row.
   */
  mapValues<U>(fn: (value: V, row: RowContext<K, W>) => U & PlainValue<U>): Table<K, Settled<U>, W>

  /**
   * Keeps the rows for which the lambda returns a truthy value: `hourly.filter(v => v.views > 10)`. The lambda runs on
   * rows that may still change; where it throws, the row is an error row.
   */
  filter<S extends V>(fn: (value: V, row: RowContext<K, W>) => value is S): Table<K, S, W>
  filter<B>(fn: (value: V, row: RowContext<K, W>) => B & Sync<B>): Table<K, V, W>

  /** Drops closed rows that ended `duration` or more before the watermark. What `closed()` emits stays the same. */
  keep(
    this: W extends 'time'
      ? unknown
      : Mistake<'keep() needs a table with windows: call window(...) before the aggregation.'>,
    duration: Duration,
  ): Table<K, V, W>

  /**
   * The rows of closed windows as a stream: each row once, when it is final. Its time is the window's end less 1 ms (a
   * session's end), its key that of the row. The stream may be keyed, windowed and aggregated again:
   * `hourly.closed().keyBy(v => v.machine).window(tumbling('1d'))`.
   */
  closed(
    this: W extends 'time'
      ? unknown
      : Mistake<'closed() needs a table with windows: call window(...) before the aggregation.'>,
  ): KeyedStream<K, V, 'derived'>

  /**
   * Joins the rows of two tables by key (and window): `users.joinTables(balances)` has rows `{ left, right }`. With
   * `type: 'left'` or `'full'` it also has the rows of the left side, or of either side, that have no partner, with
   * null for the other side.
   */
  joinTables<S extends AnyTable, Type extends 'inner' | 'left' | 'full' = 'inner'>(
    other: S & Beside<K, W, S>,
    options?: { readonly type?: Type },
  ): Table<Type extends 'full' ? K | TableShape<S>['key'] : K, Joined<V, TableShape<S>['value'], Type>, W>

  /** The changelog of the table, to be written to a topic: `hourly.changes().to('hourly')`. */
  changes(): Changes<V>
}

/** The changelog of a table, before it has a topic. */
export interface Changes<V> {
  /**
   * Writes, at each commit, the rows that changed to a topic, as upserts under the row's key (and window): its value,
   * or no value where the row is gone or an error row. Which records there are depends on the commits; the newest
   * record of each key is always the table's row.
   */
  to(topic: string, options?: Omit<ToOptions<V, unknown>, 'key'>): Output<V | null>
}

type Beside<K, W, S> = S extends { readonly [VIEW]: { readonly key: infer J; readonly windowing: infer X } }
  ? [X] extends [W]
    ? SameKeys<K, J>
    : Mistake<'joinTables() takes tables with the same windows, or both without.'>
  : Mistake<'joinTables() takes another table.'>

/** Made by `table(...)` and `toTable()`: the newest version of each key, and older versions for `joinTable`. */
export interface UpsertTable<K, V> extends Table<K, V, 'global'> {
  readonly [VERSIONS]: { readonly key: K; readonly value: V }
}

type VersionOf<S> = S extends { readonly [VERSIONS]: { readonly value: infer V } } ? V : never
type Versioned<K, S> = S extends { readonly [VERSIONS]: { readonly key: infer J } }
  ? SameKeys<K, J>
  : Mistake<'joinTable() takes a table(...) or the table that toTable() makes: other tables do not keep their versions.'>

/** A stream that is written to a topic. It can be a result of a job. */
export interface Output<T> {
  readonly [OUTPUT]: { readonly value: T }
}

/** Types: key, value and windowing of a table. */
export type TableShape<V> = V extends { readonly [VIEW]: infer Shape } ? Shape : never
/** Types: the values that an output writes. */
export type WrittenValue<V> = V extends { readonly [OUTPUT]: { readonly value: infer Value } } ? Value : never
/** Types: anything that a job may name as a view. */
export interface AnyTable {
  readonly [VIEW]: { readonly key: unknown; readonly value: unknown; readonly windowing: Windowing }
}
/** Types: anything that a job may name as an output. */
export interface AnyOutput {
  readonly [OUTPUT]: { readonly value: unknown }
}
/** Types: any stream, for messages about streams in the wrong place. */
export type AnyStream = StreamShape
