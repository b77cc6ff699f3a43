// Type errors with a sentence for the author.
//
// Promises: no value has the type `Mistake`, so that anything checked against it fails, and the editor shows its
// sentence.

declare const MISTAKE: unique symbol

/** A type without values that carries a sentence for the author. */
export interface Mistake<Sentence extends string> {
  readonly [MISTAKE]: Sentence
}

/** Types: whether some member of a union is of a kind. Of `any` nothing is known. */
export type Holds<U, Kind> = 0 extends 1 & U ? false : [Extract<U, Kind>] extends [never] ? false : true

/**
 * What a lambda's result must also be: anything, unless it may be a promise. Used as `U & Sync<U>`, so that `U` is
 * still inferred.
 */
export type Sync<U> =
  Holds<U, PromiseLike<unknown>> extends true
    ? Mistake<'A lambda must return its result itself: no async, no promise. A call to the outside world is no operator.'>
    : unknown

/** What a key must also be: plain data. */
export type PlainKey<K> =
  Holds<K, PromiseLike<unknown>> extends true
    ? Sync<K>
    : Holds<K, NoData> extends true
      ? Mistake<'A key must be plain data: null, booleans, numbers, bigints, strings, bytes, arrays and plain objects of them.'>
      : unknown

/** What a value that an aggregation keeps must also be: plain data. */
export type PlainValue<V> =
  Holds<V, PromiseLike<unknown>> extends true
    ? Sync<V>
    : Holds<V, NoData> extends true
      ? Mistake<'An aggregation keeps plain data only: null, booleans, numbers, bigints, strings, bytes, arrays and plain objects of them.'>
      : unknown

/**
 * What a lambda must give to an aggregation that calculates with it: numbers or bigints in every case. `Words` begin
 * the sentence.
 */
export type Numeric<N, Words extends string> =
  Holds<N, PromiseLike<unknown>> extends true
    ? Sync<N>
    : Holds<N, null | undefined> extends true
      ? Mistake<`${Words} a number or a bigint from each element, never null or undefined: say what such an element counts as (v.x ?? 0), or filter it out before.`>
      : [N] extends [number | bigint]
        ? unknown
        : Mistake<`${Words} a number or a bigint from each element.`>

type NoData =
  | Date
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | RegExp
  | symbol
  | ((...args: never[]) => unknown)

/** The type of a value after a round trip through its canonical bytes: undefined is null. */
export type Settled<V> = V extends undefined ? null : V
