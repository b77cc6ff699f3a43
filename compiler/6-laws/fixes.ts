// What to write instead, by the law that does not hold.

import type { Law } from './verdict.ts'

export const FIX: Readonly<Record<Law, string>> = {
  total:
    'Let plus answer for all states that lift and plus can give, zero too, since its throw ends the run; a value that should not count is refused in lift.',
  plain:
    'A state is null, booleans, numbers, bigints, strings, bytes, or arrays and plain objects of them: a sorted array for a Set, an object or sorted pairs for a Map.',
  pure: 'Return a new value: `{ ...a, n: a.n + b.n }`, `[...a, ...b].toSorted(order)`. States are shared between groups, windows and restarts.',
  deterministic: 'Let the result follow from the arguments alone; keep nothing between two calls.',
  storable: 'Do not tell -0 from 0 or an undefined field from an absent one: stored states and rows do not.',
  identity:
    'Take the zero that changes nothing: -Infinity for Math.max, Infinity for Math.min, 0n for bigint sums, [] for unions; and let lift give states in the form that plus gives.',
  commutative:
    'Let no argument win by standing on its side: where two are equal decide by all of the value, and sort what is collected by all of it; or use first(), last(), minBy(), maxBy(), topK().',
  associative:
    'Keep what is needed to go on, and compute the result in present: sum and count for an average, all candidates with a tie-break for the greatest.',
}

/** For two sides that differ by rounding alone. */
export const ROUNDING_FIX =
  'Doubles round at each addition, so the order of additions shows. Use sum(), mean() or variance(), which are exact; or add bigints, such as cents for euros.'

/** For a counter-example with NaN. */
export const NAN_FIX =
  'NaN is neither less than, equal to, nor greater than anything, which leaves `>` and comparators without an order: use Math.max or Math.min, or settle it in lift: `Number.isNaN(n) ? -Infinity : n`.'

/** For a counter-example with a name that every object inherits. */
export const NAME_FIX =
  'A name may be any text, `__proto__` and `constructor` too: look with Object.hasOwn(a, name) and build with Object.fromEntries(pairs), or keep pairs sorted by name.'
