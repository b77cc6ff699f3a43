// What joins give: `{ left, right }`, with null for a side without a partner, and the `type` option that says which
// sides may lack one.

import type { Duration } from '../duration.ts'
import type { Mistake } from '../mistake.ts'
import { type Call, wordFor } from '../node.ts'

/**
 * Whose elements or rows a join keeps where they have no partner: of neither side, of the left, of the right, of both.
 */
export type JoinType = 'inner' | 'left' | 'right' | 'full'

/** The value of a joined element or row. */
export type Joined<L, R, Type extends JoinType> = Type extends 'inner'
  ? { readonly left: L; readonly right: R }
  : Type extends 'left'
    ? { readonly left: L; readonly right: R | null }
    : Type extends 'right'
      ? { readonly left: L | null; readonly right: R }
      : { readonly left: L; readonly right: R | null } | { readonly left: null; readonly right: R }

/** Types: a mistake where two types of keys have no value in common. */
export type SameKeys<A, B> = [A] extends [never]
  ? unknown
  : [B] extends [never]
    ? unknown
    : [A & B] extends [never]
      ? Mistake<'The two sides have keys of different types, of which none can ever be equal.'>
      : unknown

/** Types: a literal duration that is not negative. */
type NotNegative<D extends string> = D extends `-${string}`
  ? Mistake<'A bound of a join must not be negative: write 0s, let both values carry their time, and filter the pairs by it.'>
  : unknown

/** Options of `joinWithin`. */
export interface WithinOptions<Before extends Duration, After extends Duration, Type extends JoinType> {
  /** How long before the left element the right one may be. */
  readonly before: Before & NotNegative<Before>
  /** How long after the left element the right one may be. */
  readonly after: After & NotNegative<After>
  /** Whose elements are emitted without a partner, once none can come any more. Default `inner`: of neither side. */
  readonly type?: Type
}

/** The type of a join, `inner` where none is given. */
export function joinType<Type extends JoinType>(
  call: Call,
  type: unknown,
  types: readonly ('inner' | Type)[],
  what: string,
): 'inner' | Type {
  const given = types.find(t => t === (type ?? 'inner'))
  return given ?? call.fail('bad-option', `the type of ${what} is ${types.join(', ')}; got ${wordFor(type)}.`)
}
