// Type errors with a sentence for the author.
//
// Promises: no value has the type `Mistake`, so that anything checked against it fails, and the editor shows its
// sentence.

declare const MISTAKE: unique symbol

/** A type without values that carries a sentence for the author. */
export interface Mistake<Sentence extends string> {
  readonly [MISTAKE]: Sentence
}

/**
 * What a lambda's result must also be: anything, unless it is a promise. Used as `U & Sync<U>`, so that `U` is still
 * inferred.
 */
export type Sync<U> =
  U extends PromiseLike<unknown>
    ? Mistake<'A lambda must return its result itself: no async, no promise. A call to the outside world is no operator.'>
    : unknown

/** What a key must also be: plain data. */
export type PlainKey<K> =
  K extends PromiseLike<unknown>
    ? Sync<K>
    : K extends NoData
      ? Mistake<'A key must be plain data: null, booleans, numbers, bigints, strings, bytes, arrays and plain objects of them.'>
      : unknown

/** What a value that an aggregation keeps must also be: plain data. */
export type PlainValue<V> =
  V extends PromiseLike<unknown>
    ? Sync<V>
    : V extends NoData
      ? Mistake<'An aggregation keeps plain data only: null, booleans, numbers, bigints, strings, bytes, arrays and plain objects of them.'>
      : unknown

type NoData =
  | Date
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | RegExp
  | symbol
  | ((...args: never[]) => unknown)

/** The type of a value after a round trip through its canonical bytes: undefined is null. */
export type Settled<V> = V extends undefined ? null : V
