// Calls the four parts of an author's aggregation and checks what they do.
//
// Promises: what breaks a law is thrown as `Broken`, with the values that show it. Arguments are frozen; a part that
// fails on frozen ones and not on a copy changes what it is given.
// Which states are tested, and how often, is in `check-laws.ts`.

import { ByteReader, compareBytes } from '../../core/values/bytes.ts'
import { canonicalBytes, decodeValue, Unencodable } from '../../core/values/canonical.ts'
import { freezeDeep } from '../../core/values/freeze-deep.ts'
import { FIX } from './fixes.ts'
import { copyValue } from './plain-copies.ts'
import { combined, type Recipe, State } from './states.ts'
import { valueText } from './value-text.ts'
import type { Breach, Law, Part, Refused } from './verdict.ts'

/** What the author wrote. */
export interface AuthorsMonoid {
  readonly zero: unknown
  readonly lift: (value: never) => unknown
  readonly plus: (a: never, b: never) => unknown
  readonly present: (state: never) => unknown
}

export class Broken extends Error {
  readonly breach: Breach

  constructor(breach: Breach) {
    super(breach.label)
    this.breach = breach
  }
}

type Unary = (argument: unknown) => unknown

export class LawTrial {
  readonly zero: State
  readonly #lift: Unary
  readonly #plus: (a: unknown, b: unknown) => unknown
  readonly #present: Unary
  readonly refused: { lift: Refused | null; present: Refused | null } = { lift: null, present: null }

  /** Throws `Broken` where zero is no plain data. */
  constructor({ zero, lift, plus, present }: AuthorsMonoid) {
    this.#lift = lift as Unary
    this.#plus = plus as (a: unknown, b: unknown) => unknown
    this.#present = present as Unary
    bytesOf('zero', zero, [`zero = ${valueText(zero)}`])
    this.zero = new State(copyValue(zero), { by: 'zero' })
  }

  /** The state of a recipe; null where `lift` takes none of its values. */
  stateOf(recipe: Recipe): State | null {
    const states = recipe.leaves.flatMap(leaf => (leaf === 'zero' ? this.zero : (this.lifted(leaf.value) ?? [])))
    return states.length === 0 ? null : combined(states, recipe, (a, b) => this.sum(a, b))
  }

  /** `lift` of a value; null where it throws. */
  lifted(value: unknown): State | null {
    freezeDeep(value)
    const given = [`value = ${valueText(value)}`]
    try {
      const state = this.#lift(value)
      return stored('lift', new State(notPromised('lift', state, given), { by: 'lift', value }), given)
    } catch (error) {
      if (error instanceof Broken) throw error
      if (!this.#throwsOnCopy(this.#lift, value)) throw new Broken(changes('lift', given))
      this.#refuse('lift', value, error)
      return null
    }
  }

  #throwsOnCopy(part: Unary, argument: unknown): boolean {
    try {
      part(copyValue(argument))
      return false
    } catch {
      return true
    }
  }

  /** Keeps the shortest value that a part throws on. */
  #refuse(part: 'lift' | 'present', given: unknown, error: unknown): void {
    const [value, known] = [valueText(given), this.refused[part]]
    if (known === null || value.length < known.value.length) this.refused[part] = { value, error: errorText(error) }
  }

  /** `plus` of two states. */
  sum(a: State, b: State): State {
    const given = () => [stateLine('a', a), stateLine('b', b)]
    try {
      const sum = this.#plus(a.value, b.value)
      return stored('plus', new State(notPromised('plus', sum, given), { by: 'plus', left: a, right: b }), given)
    } catch (error) {
      if (error instanceof Broken) throw error
      const throwsAgain = this.#throwsOnCopy(() => this.#plus(copyValue(a.value), copyValue(b.value)), null)
      if (!throwsAgain) throw new Broken(changes('plus', given()))
      throw new Broken(breach('total', 'plus', `plus throws ${errorText(error)}`, given()))
    }
  }

  /** `lift` gives plain data, the same each time, and leaves its argument alone. */
  checkLift(value: unknown): void {
    const state = this.lifted(value)
    if (state === null) return
    const given = [`value = ${valueText(value)}`]
    const copy = copyValue(value)
    const again = attempt(() => this.#lift(copy))
    if (!isSame(canonicalBytes(value), canonicalBytes(copy))) throw new Broken(changes('lift', given))
    sameTwice('lift', state.bytes, again, given)
  }

  /** `plus` gives plain data, the same each time and for states that were stored, and leaves its arguments alone. */
  checkPlus(a: State, b: State): void {
    const given = () => [stateLine('a', a), stateLine('b', b)]
    const sum = this.sum(a, b)
    const copies = [copyValue(a.value), copyValue(b.value)] as const
    const again = attempt(() => this.#plus(...copies))
    if (!isSame(a.bytes, canonicalBytes(copies[0])) || !isSame(b.bytes, canonicalBytes(copies[1]))) {
      throw new Broken(changes('plus', given()))
    }
    sameTwice('plus', sum.bytes, again, given)
    const stored = attempt(() => this.#plus(decodeState(a), decodeState(b)))
    sameStored('plus', sum.bytes, stored, given)
  }

  /** `present` gives plain data, the same each time and for a stored state, and leaves its argument alone. */
  checkPresent(a: State): void {
    const given = [stateLine('a', a)]
    const shown = this.#shown(a, given)
    if (shown === null) return
    const bytes = bytesOf('present', notPromised('present', shown.value, given), given)
    const copy = copyValue(a.value)
    const again = attempt(() => this.#present(copy))
    if (!isSame(a.bytes, canonicalBytes(copy))) throw new Broken(changes('present', given))
    sameTwice('present', bytes, again, given)
    sameStored(
      'present',
      bytes,
      attempt(() => this.#present(decodeState(a))),
      given,
    )
  }

  /** What `present` gives; null where it throws. */
  #shown(a: State, given: readonly string[]): { readonly value: unknown } | null {
    try {
      return { value: this.#present(a.value) }
    } catch (error) {
      if (!this.#throwsOnCopy(this.#present, a.value)) throw new Broken(changes('present', given))
      this.#refuse('present', a.value, error)
      return null
    }
  }
}

/** `a = plus(lift(1), lift(2)), which is 3`. */
export function stateLine(name: string, state: State): string {
  return `${name} = ${state.lineage}, which is ${valueText(state.value)}`
}

export function breach(law: Law, part: Part, label: string, lines: readonly string[], fix = FIX[law]): Breach {
  return { law, part, label, lines, fix }
}

export const isSame = (a: Uint8Array, b: Uint8Array): boolean => compareBytes(a, b) === 0

type Given = readonly string[] | (() => readonly string[])
const linesOf = (given: Given): readonly string[] => (typeof given === 'function' ? given() : given)

function changes(part: Part, given: readonly string[]): Breach {
  return breach('pure', part, `${part} changes what it is given`, given)
}

function notPromised(part: Part, result: unknown, given: Given): unknown {
  const isPromise =
    typeof result === 'object' && result !== null && typeof (result as { then?: unknown }).then === 'function'
  if (!isPromise) return result
  throw new Broken(breach('plain', part, `${part} gives a promise`, linesOf(given)))
}

function bytesOf(part: Part, value: unknown, given: Given): Uint8Array {
  try {
    return canonicalBytes(value)
  } catch (error) {
    if (!(error instanceof Unencodable)) throw error
    const at = error.path === '$' ? '' : ` at ${error.path}`
    throw new Broken(
      breach('plain', part, `${part} gives ${error.reason}${at}, which cannot be stored`, linesOf(given)),
    )
  }
}

/** Throws `Broken` for a state without canonical bytes. */
function stored(part: Part, state: State, given: Given): State {
  bytesOf(part, state.value, given)
  return state
}

/** What a further call gave, as bytes and as text; null bytes where it threw or gave no plain data. */
interface Attempt {
  readonly bytes: Uint8Array | null
  readonly text: string
}

function attempt(call: () => unknown): Attempt {
  try {
    const value = call()
    return { bytes: canonicalBytes(value), text: valueText(value) }
  } catch (error) {
    return { bytes: null, text: error instanceof Unencodable ? error.reason : `a throw: ${errorText(error)}` }
  }
}

function sameTwice(part: Part, first: Uint8Array, again: Attempt, given: Given): void {
  if (again.bytes !== null && isSame(first, again.bytes)) return
  const sides = [`first: ${valueText(decodeBytes(first))}`, `then: ${again.text}`]
  const label = `${part} gives two results for the same arguments`
  throw new Broken(breach('deterministic', part, label, [...linesOf(given), ...sides]))
}

function sameStored(part: Part, before: Uint8Array, stored: Attempt, given: Given): void {
  if (stored.bytes !== null && isSame(before, stored.bytes)) return
  const sides = [`${part} gives ${valueText(decodeBytes(before))}`, `of what was stored and read: ${stored.text}`]
  const label = 'a state means something else once it has been stored'
  throw new Broken(breach('storable', part, label, [...linesOf(given), ...sides]))
}

const decodeBytes = (bytes: Uint8Array): unknown => decodeValue(new ByteReader(bytes))
const decodeState = (state: State): unknown => freezeDeep(decodeBytes(state.bytes))

function errorText(error: unknown): string {
  if (error instanceof Error) return `${error.name}: ${error.message}`
  return valueText(error)
}
