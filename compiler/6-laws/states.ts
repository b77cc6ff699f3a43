// Reachable states: what `plus` gives over lifted values, in random trees, with and without zero.
//
// Promises: a state knows how it was made, so that it can be shown as calls of the author's functions.

import fc, { type Arbitrary } from 'fast-check'
import { canonicalBytes } from '../../core/values/canonical.ts'
import { freezeDeep } from '../../core/values/freeze-deep.ts'
import { valueText } from './value-text.ts'

/** A leaf: a value of the declared type, or zero. */
export type Leaf = { readonly value: unknown } | 'zero'

/**
 * Leaves, and a number that says how they are combined; 0 is from left to right. The result is added to itself
 * `doublings` times, so that many elements are reached too.
 */
export interface Recipe {
  readonly leaves: readonly Leaf[]
  readonly shape: number
  readonly doublings: number
}

type Made =
  | { readonly by: 'zero' }
  | { readonly by: 'lift'; readonly value: unknown }
  | { readonly by: 'plus'; readonly left: State; readonly right: State }

/** A state, with the calls that made it. */
export class State {
  readonly value: unknown
  readonly #made: Made
  #bytes: Uint8Array | null = null

  constructor(value: unknown, made: Made) {
    this.value = freezeDeep(value)
    this.#made = made
  }

  /** Throws `Unencodable`. */
  get bytes(): Uint8Array {
    this.#bytes ??= canonicalBytes(this.value)
    return this.#bytes
  }

  /** True where it holds an element: a group without elements has no state. */
  get hasElement(): boolean {
    const made = this.#made
    if (made.by === 'plus') return made.left.hasElement || made.right.hasElement
    return made.by === 'lift'
  }

  /** `plus(lift(1), zero)`; `twice(a)` is `plus(a, a)`. */
  get lineage(): string {
    const made = this.#made
    if (made.by === 'zero') return 'zero'
    if (made.by === 'lift') return `lift(${valueText(made.value)})`
    const { left, right } = made
    return left === right && left.hasElement ? `twice(${left.lineage})` : `plus(${left.lineage}, ${right.lineage})`
  }
}

export function recipesOf(values: Arbitrary<unknown>): Arbitrary<Recipe> {
  const leaf: Arbitrary<Leaf> = fc.oneof(
    { arbitrary: values.map(value => ({ value })), weight: 8 },
    { arbitrary: fc.constant('zero' as const), weight: 1 },
  )
  const leaves = fc.oneof(
    { arbitrary: fc.array(leaf, { minLength: 1, maxLength: 3 }), weight: 12 },
    { arbitrary: fc.array(leaf, { minLength: 1, maxLength: 16, size: 'max' }), weight: 1 },
  )
  const doublings = fc.oneof({ arbitrary: fc.constant(0), weight: 15 }, { arbitrary: fc.nat(6), weight: 1 })
  return fc.record({ leaves, shape: fc.nat(719), doublings }, { noNullPrototype: true })
}

/** The state of a recipe's leaves. */
export function combined(states: readonly State[], { shape, doublings }: Recipe, plus: Plus): State {
  let state = combineAll(states, shape, plus)
  for (let i = 0; i < doublings; i++) state = plus(state, state)
  return state
}

type Plus = (a: State, b: State) => State

/** Combines states in the tree that a number encodes. */
function combineAll(states: readonly State[], shape: number, plus: Plus): State {
  if (states.length === 1) return states[0] as State
  const splits = states.length - 1
  const at = splits - (shape % splits)
  const rest = Math.floor(shape / splits)
  return plus(combineAll(states.slice(0, at), rest, plus), combineAll(states.slice(at), rest, plus))
}
