// The laws of an author's aggregation, tested on generated values: `plus` is a commutative monoid over the states that
// can be reached.
//
// Promises: the same verdict for the same parts and type: the seed and the number of runs are fixed, no clock is read.
// States are equal where their canonical bytes are. A counter-example is shrunk.
// Method: QuickCheck (Claessen and Hughes, 2000) over random trees of `plus`; where the shape of `plus` proves it
// commutative and associative (`2-check/monoid`), only zero, lift and present are tested, on fewer values. The laws one
// by one are in `law-trial.ts`; `law-diagnostics.ts` makes diagnostics of a verdict.

import fc, { type Arbitrary } from 'fast-check'
import type { SchemaDocument } from '../../core/plan/schema.ts'
import { normalise } from '../../core/values/canonical.ts'
import { arbitraryOf } from './arbitrary.ts'
import { FIX, NAME_FIX, NAN_FIX, ROUNDING_FIX } from './fixes.ts'
import { type AuthorsMonoid, Broken, breach, isSame, LawTrial, stateLine } from './law-trial.ts'
import { differsByRounding } from './rounding.ts'
import { replaced, scalarsIn, simplerThan } from './simplify.ts'
import { type Recipe, recipesOf, type State } from './states.ts'
import { valueText } from './value-text.ts'
import type { Breach, Law, LawVerdict } from './verdict.ts'

interface LawsSubject extends AuthorsMonoid {
  /** The values that `lift` takes. */
  readonly schema: SchemaDocument
  /** True where `lift` also takes undefined. */
  readonly absent: boolean
  /** True where `plus` is known to be commutative and associative. */
  readonly proved: boolean
}

const SEED = 20_150_517
const RUNS = 1000
const RUNS_PROVED = 100

/** Tests the laws. Throws RangeError where the declared type has no finite value. */
export function checkLaws(subject: LawsSubject): LawVerdict {
  try {
    return withValues(subject, new LawTrial(subject))
  } catch (error) {
    if (error instanceof Broken) return { breach: error.breach, refused: { lift: null, present: null } }
    throw error
  }
}

function withValues(subject: LawsSubject, trial: LawTrial): LawVerdict {
  const found = new Search(trial, subject).run(valuesOf(subject))
  return { breach: found, refused: trial.refused }
}

function valuesOf({ schema, absent }: LawsSubject): Arbitrary<unknown> {
  const values = arbitraryOf(schema)
  const all = absent ? fc.oneof({ arbitrary: values, weight: 5 }, fc.constant(undefined)) : values
  return all.map(normalise) // as executors hand them to `lift`
}

type Recipes = readonly [Recipe, Recipe, Recipe]

/** One search for a counter-example. */
class Search {
  readonly #trial: LawTrial
  readonly #proved: boolean
  /** Whether any value of a type may replace any other value of it. */
  readonly #replaces: boolean
  #tested = 0
  #found: Breach | null = null
  #at: Recipes | null = null

  constructor(trial: LawTrial, { proved, schema }: LawsSubject) {
    this.#trial = trial
    this.#proved = proved
    this.#replaces = !JSON.stringify(schema).includes('"literal"')
  }

  run(values: Arbitrary<unknown>): Breach | null {
    const recipes = recipesOf(values)
    const numRuns = this.#proved ? RUNS_PROVED : RUNS
    const holds = fc.property(fc.tuple(recipes, recipes, recipes), all => this.#holds(all))
    const { errorInstance } = fc.check(holds, { seed: SEED, numRuns })
    if (this.#found === null && errorInstance) throw errorInstance
    this.#dropLeaves()
    if (this.#replaces) this.#simplify()
    if (this.#found !== null) return this.#found
    return this.#tested * 10 < numRuns ? this.#untested() : null
  }

  /**
   * Once a law is broken only this law counts, so that shrinking does not switch to another one; the last to break it
   * is the smallest.
   */
  #holds(all: Recipes): boolean {
    const broken = this.#breachOf(all)
    if (broken === null || (this.#found !== null && this.#found.law !== broken.law)) return true
    this.#found = broken
    this.#at = all
    return false
  }

  /** Removes what generic shrinking does not: elements that have no part in the breach. */
  #dropLeaves(): void {
    for (let side = 0; side < 3; side++) {
      for (let i = (this.#at?.[side]?.leaves.length ?? 0) - 1; i >= 0; i--) {
        const all = (this.#at as Recipes).map((recipe, at) => (at === side ? without(recipe, i) : recipe))
        if (all[side]?.leaves.length !== 0) this.#holds(all as unknown as Recipes)
      }
    }
  }

  #simplify(): void {
    for (const scalar of scalarsIn(this.#at ?? [])) {
      simplerThan(scalar).some(other => !this.#holds(replaced(this.#at ?? [], scalar, other) as unknown as Recipes))
    }
  }

  #breachOf(all: Recipes): Breach | null {
    try {
      this.#laws(all, this.#found?.law ?? null)
      return null
    } catch (error) {
      if (error instanceof Broken) return error.breach
      throw error
    }
  }

  #laws([one, two, three]: Recipes, only: Law | null): void {
    const trial = this.#trial
    for (const leaf of one.leaves) if (leaf !== 'zero') trial.checkLift(leaf.value)
    const [a, b, c] = [trial.stateOf(one), trial.stateOf(two), trial.stateOf(three)]
    if (a === null) return
    if (a.hasElement) this.#tested++
    const counts = (law: Law): boolean => only === null || only === law
    if (b !== null) trial.checkPlus(a, b)
    if (a.hasElement) trial.checkPresent(a)
    if (counts('identity')) identity(trial, a)
    if (b === null || this.#proved) return
    if (counts('commutative')) commutativity(trial, a, b)
    if (c !== null && counts('associative')) associativity(trial, a, b, c)
  }

  #untested(): Breach {
    const { value, error } = this.#trial.refused.lift ?? { value: 'every value', error: 'nothing' }
    const lines = [`lift(${value}) throws ${error}`]
    const fix = 'Declare the type of the values that lift takes more narrowly, or let it take the others too.'
    return breach(
      'total',
      'lift',
      'lift throws on nearly all values of its type, so that the laws cannot be tested',
      lines,
      fix,
    )
  }
}

function without(recipe: Recipe, index: number): Recipe {
  return { ...recipe, leaves: recipe.leaves.filter((_, i) => i !== index) }
}

function identity(trial: LawTrial, a: State): void {
  const [left, right] = [trial.sum(trial.zero, a), trial.sum(a, trial.zero)]
  const wrong = !isSame(left.bytes, a.bytes) ? (['plus(zero, a)', left] as const) : (['plus(a, zero)', right] as const)
  if (isSame(wrong[1].bytes, a.bytes)) return
  const lines = [
    `zero = ${valueText(trial.zero.value)}`,
    stateLine('a', a),
    `${wrong[0]} is ${valueText(wrong[1].value)}`,
  ]
  throw new Broken(breach('identity', 'zero', `${wrong[0]} is not a`, lines, fixFor('identity', wrong[1], a)))
}

function commutativity(trial: LawTrial, a: State, b: State): void {
  const [ab, ba] = [trial.sum(a, b), trial.sum(b, a)]
  if (isSame(ab.bytes, ba.bytes)) return
  const given = [stateLine('a', a), stateLine('b', b)]
  const sides = [`plus(a, b) is ${valueText(ab.value)}`, `plus(b, a) is ${valueText(ba.value)}`]
  throw new Broken(
    breach('commutative', 'plus', 'plus(a, b) is not plus(b, a)', [...given, ...sides], fixFor('commutative', ab, ba)),
  )
}

function associativity(trial: LawTrial, a: State, b: State, c: State): void {
  const left = trial.sum(trial.sum(a, b), c)
  const right = trial.sum(a, trial.sum(b, c))
  if (isSame(left.bytes, right.bytes)) return
  const given = [stateLine('a', a), stateLine('b', b), stateLine('c', c)]
  const sides = [`plus(plus(a, b), c) is ${valueText(left.value)}`, `plus(a, plus(b, c)) is ${valueText(right.value)}`]
  const label = 'plus(plus(a, b), c) is not plus(a, plus(b, c))'
  throw new Broken(breach('associative', 'plus', label, [...given, ...sides], fixFor('associative', left, right)))
}

function fixFor(law: Law, one: State, other: State): string {
  if (differsByRounding(one.value, other.value)) return ROUNDING_FIX
  if ([one, other].some(state => /'(__proto__|constructor)'/.test(state.lineage))) return NAME_FIX
  return holdsNaN(one.value) || holdsNaN(other.value) ? NAN_FIX : FIX[law]
}

function holdsNaN(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return Number.isNaN(value)
  return Object.values(value).some(holdsNaN)
}
