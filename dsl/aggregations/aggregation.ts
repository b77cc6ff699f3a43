// `aggregation({ zero, lift, plus, present })`: an author's own aggregation, a commutative monoid with a front (`lift`)
// and a back (`present`).
//
// Promises: its parts are checked when it is made; it can then be used for any field of any job. Not here: testing that
// `plus` is associative and commutative with `zero` as identity, bit for bit (`compiler/6-laws`); running it
// (`core/aggregations/custom/custom-column.ts`).

import type { GraphLambda } from '../../core/plan/graph.ts'
import { bytesToHex } from '../../core/values/bytes.ts'
import { canonicalBytes, Unencodable } from '../../core/values/canonical.ts'
import type { Holds, Mistake, PlainValue, Settled, Sync } from '../mistake.ts'
import { Call, wordFor } from '../node.ts'
import { type Aggregation, make, partOf } from './aggregations.ts'

/** The parts of an author's aggregation. States are plain data; `plus` and `present` get them frozen. */
export interface AggregationOptions<In, State, Out> {
  /** The state of no element: `plus(zero, s)` is `s`. */
  readonly zero: State & PlainValue<State>
  /** The state of one element, from its value alone. Where it throws, the element is a dead letter. */
  readonly lift: (value: In) => State | Mistake<'lift() must return a state itself: plain data, no promise.'>
  /**
   * The state of two groups of elements together. It must be associative and commutative. A throw ends the run
   * (`job-failed`).
   */
  readonly plus: (a: State, b: State) => State | Mistake<'plus() must return a state itself: plain data, no promise.'>
  /** What a row shows of a state. Where it throws, the row is an error row. */
  readonly present: (
    state: State,
  ) => (Out & PlainValue<Out>) | Mistake<'present() must return what a row shows itself: plain data, no promise.'>
  /** Turns the test of the laws off. The reason, as a sentence, which `check` lists. */
  readonly unsafeMonoid?: string
}

/**
 * An author's aggregation. Call it in `aggregate({...})` with a lambda that gives the part of an element to aggregate,
 * or without one for the whole value.
 */
export interface AggregationMaker<in In, out Out> {
  <R>(): Aggregation<In, R, Settled<Out>>
  <T, R, V>(of: (value: T, record: R) => V & Liftable<V, In>): Aggregation<T, R, Settled<Out>>
}

/** Types: the values that an author's aggregation takes. */
export type Liftable<V, In> =
  Holds<V, PromiseLike<unknown>> extends true
    ? Sync<V>
    : [V] extends [In]
      ? PlainValue<V>
      : Mistake<'The lambda must return what lift() of this aggregation takes.'>

/**
 * An aggregation of one's own. The compiler tests that `plus` is associative and commutative and that `zero` changes
 * nothing:
 *
 *     const range = aggregation<number, { low: number; high: number } | null, number>({
 *       zero: null,
 *       lift: n => ({ low: n, high: n }),
 *       plus: (a, b) =>
 *         a === null ? b : b === null ? a : { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) },
 *       present: s => (s === null ? 0 : s.high - s.low),
 *     })
 *     readings.keyBy(r => r.sensor).aggregate({ range: range(r => r.celsius) })
 */
export function aggregation<In, State, Out>(parts: AggregationOptions<In, State, Out>): AggregationMaker<In, Out>
export function aggregation(...given: unknown[]): unknown {
  const call: Call = new Call(given)
  const parts = call.options(call.args[0], NAMES, 'aggregation()')
  const zero = zeroOf(call, parts.zero)
  const lambda = (slot: 'lift' | 'plus' | 'present'): GraphLambda =>
    call.lambda(parts[slot], slot, `aggregation(): its ${slot}`)
  const lift = lambda('lift')
  const plus = Object.freeze({ ...lambda('plus'), ...unsafeMonoid(call, parts.unsafeMonoid) })
  const present = lambda('present')
  return Object.freeze((...used: unknown[]): unknown => {
    const use: Call = new Call(used)
    return make(
      { kind: 'custom', zero },
      { ...partOf(use, 'custom', use.args[0], 'an aggregation'), lift, plus, present },
    )
  })
}

const NAMES = ['zero', 'lift', 'plus', 'present', 'unsafeMonoid'] as const

/** The canonical bytes of a zero, as hexadecimal digits. */
function zeroOf(call: Call, zero: unknown): string {
  if (zero === undefined)
    call.fail('bad-argument', 'aggregation() needs a zero: the state of no element, as plain data.')
  try {
    return bytesToHex(canonicalBytes(zero))
  } catch (error) {
    if (!(error instanceof Unencodable)) throw error
    return call.fail('bad-argument', `the zero of aggregation() must be plain data; it holds ${error.reason}.`)
  }
}

function unsafeMonoid(call: Call, reason: unknown): { unsafeMonoid?: string } {
  if (reason === undefined) return {}
  if (typeof reason === 'string' && reason.trim() !== '') return { unsafeMonoid: reason }
  return call.fail('bad-option', `unsafeMonoid of aggregation() is the reason as a sentence, got ${wordFor(reason)}.`)
}
