// Exact sums by slot: two doubles each, and a superaccumulator for the few that need more.
//
// Promises: the real sum of all numbers and bigints added, whatever the order, with one byte form; NaN and the
// infinities are kept as flags. An addition that fits costs two error-free transformations (D. Knuth, TAOCP 4.2.2,
// theorem B) and no allocation.
// Not here: what a row shows (`sum.ts`, `mean.ts`, `power-sums.ts`).

import type { ByteReader, ByteWriter } from '../../values/bytes.ts'
import { decodeValue, encodeValue } from '../../values/canonical.ts'
import { type Arrays, grown, OWN_ARRAYS } from '../columns/arrays.ts'
import { type Exact, exactTotal, LEAST_EXPONENT, roundQuotient } from './rounding.ts'
import { Superaccumulator } from './superaccumulator.ts'

/** Sums stay below this in the two doubles, so that no intermediate result overflows. */
const LIMIT = 1e290
/** Sums whose magnitude is not below this are written as one integer: their expansion would not be finite. */
const EXPANSION_LIMIT = 2 ** 1020
const MOST_TERMS = 14
const AS_INTEGER = 15

/** Bits that say which values that are not finite were added. */
const SPECIAL = { nan: 1, positive: 2, negative: 4 } as const
/** Set where any number was added; otherwise the sum is one of bigints. */
const NUMBER = 8

/** What two doubles cannot hold. */
interface Rest {
  small: Superaccumulator | null
  /** Sum of the bigints. */
  big: bigint
  /** SPECIAL bits. */
  special: number
}

export class ExactSums {
  /** Two doubles a slot: their real sum plus the slot's rest is its sum. The first is -0 until a number is added. */
  #cells: Float64Array = new Float64Array(0)
  readonly #rests = new Map<number, Rest>()
  /** 1 where a slot has a rest. */
  #odd: Uint8Array = new Uint8Array(0)
  readonly #arrays: Arrays

  constructor(arrays = OWN_ARRAYS) {
    this.#arrays = arrays
  }

  /** What `sum` of a row program takes: the cells, and marks of slots that they do not hold. */
  get cells(): readonly [cells: Float64Array, odd: Uint8Array] {
    return [this.#cells, this.#odd]
  }

  grow(capacity: number): void {
    const from = this.#cells.length
    this.#cells = grown(this.#arrays, this.#cells, this.#arrays.floats(2 * capacity)).fill(-0, from)
    this.#odd = grown(this.#arrays, this.#odd, this.#arrays.bytes(capacity))
  }

  clear(slot: number): void {
    this.#cells[2 * slot] = -0
    this.#cells[2 * slot + 1] = -0
    if (this.#odd[slot] === 0) return
    this.#odd[slot] = 0
    this.#rests.delete(slot)
  }

  add(slot: number, value: number): void {
    const cells = this.#cells
    const at = 2 * slot
    const x = value + 0
    const high = cells[at] as number
    const sum = high + x
    if (!(sum < LIMIT && sum > -LIMIT)) return this.#addOdd(slot, x)
    const virtual = sum - high
    const error = high - (sum - virtual) + (x - virtual)
    cells[at] = sum
    if (error !== 0) this.#addLow(slot, at + 1, error)
  }

  addBigint(slot: number, value: bigint): void {
    this.#restOf(slot).big += value
  }

  /** Whether only bigints were added. */
  isBigint(slot: number): boolean {
    return Object.is(this.#cells[2 * slot], -0)
  }

  /** The sum of bigints of a slot to which only bigints were added. */
  bigint(slot: number): bigint {
    return this.#rests.get(slot)?.big ?? 0n
  }

  /** The double nearest to the sum divided by a positive integer; NaN and infinities as IEEE 754 adds them. */
  quotient(slot: number, divisor: number): number {
    const high = this.#cells[2 * slot] as number
    const low = this.#cells[2 * slot + 1] as number
    const rest = this.#rests.get(slot)
    if (rest === undefined) {
      if (divisor === 1) return high + low + 0
      // Where one double holds the sum, the division rounds the exact quotient.
      const sum = high + low
      const virtual = sum - high
      if (high - (sum - virtual) + (low - virtual) === 0) return sum / divisor + 0
    } else if (rest.special !== 0) return specialSum(rest.special)
    return roundQuotient(this.#exact(high, low, rest), BigInt(divisor)) + 0
  }

  /** The exact sum; null where there is none, since a number was not finite. */
  total(slot: number): Exact | null {
    const rest = this.#rests.get(slot)
    if (rest !== undefined && rest.special !== 0) return null
    return this.#exact(this.#cells[2 * slot] as number, this.#cells[2 * slot + 1] as number, rest)
  }

  /** Appends the sum: a byte of NUMBER and SPECIAL bits and the form, then the number. */
  write(slot: number, w: ByteWriter): void {
    const high = this.#cells[2 * slot] as number
    const low = this.#cells[2 * slot + 1] as number
    const rest = this.#rests.get(slot)
    if (Object.is(high, -0)) {
      w.byte(0)
      return encodeValue(w, rest?.big ?? 0n)
    }
    const flags = NUMBER | specialFlags(rest?.special ?? 0)
    if (rest !== undefined) return writeExact(w, flags, this.#exact(high, low, rest))
    const sum = high + low
    const virtual = sum - high
    const error = high - (sum - virtual) + (low - virtual)
    if (error !== 0) {
      w.byte(flags | (2 << 4))
      w.f64(sum)
      return w.f64(error)
    }
    w.byte(sum === 0 ? flags : flags | (1 << 4))
    if (sum !== 0) w.f64(sum)
  }

  /** Adds a sum that `write` wrote. */
  merge(slot: number, r: ByteReader): void {
    const flags = r.byte()
    if ((flags & NUMBER) === 0) {
      const big = decodeValue(r) as bigint
      if (big !== 0n) this.addBigint(slot, big)
      return
    }
    const terms = flags >> 4
    this.add(slot, 0)
    if ((flags & 7) !== 0) this.#restOf(slot).special |= flags & 7
    if (terms === AS_INTEGER) this.#addUnits(slot, decodeValue(r) as bigint)
    else for (let i = 0; i < terms; i++) this.add(slot, r.f64())
  }

  #addLow(slot: number, at: number, error: number): void {
    const low = this.#cells[at] as number
    const sum = low + error
    const virtual = sum - low
    const left = low - (sum - virtual) + (error - virtual)
    this.#cells[at] = sum
    if (left !== 0) addTo(this.#restOf(slot), left)
  }

  /** A number that is not finite, or with which the sum leaves the range of the two doubles. */
  #addOdd(slot: number, value: number): void {
    const rest = this.#restOf(slot)
    if (Object.is(this.#cells[2 * slot], -0)) this.#cells[2 * slot] = 0
    if (Number.isFinite(value)) addTo(rest, value)
    else if (Number.isNaN(value)) rest.special |= SPECIAL.nan
    else rest.special |= value > 0 ? SPECIAL.positive : SPECIAL.negative
  }

  /** Adds an exact number too large for doubles: its low 1074 bits as doubles, the rest as an integer. */
  #addUnits(slot: number, units: bigint): void {
    const whole = units >> BigInt(-LEAST_EXPONENT)
    this.addBigint(slot, whole)
    let fraction = units - (whole << BigInt(-LEAST_EXPONENT))
    while (fraction !== 0n) {
      const term = roundQuotient({ mantissa: fraction, exponent: LEAST_EXPONENT }, 1n)
      this.add(slot, term)
      fraction -= unitsOf(exactTotal([term]))
    }
  }

  #exact(high: number, low: number, rest: Rest | undefined): Exact {
    const total = exactTotal([high, low])
    if (rest === undefined) return total
    const big = rest.big << BigInt(-LEAST_EXPONENT)
    return { mantissa: unitsOf(total) + (rest.small?.units() ?? 0n) + big, exponent: LEAST_EXPONENT }
  }

  #restOf(slot: number): Rest {
    let rest = this.#rests.get(slot)
    if (rest === undefined) {
      rest = { small: null, big: 0n, special: 0 }
      this.#rests.set(slot, rest)
      this.#odd[slot] = 1
    }
    return rest
  }
}

function addTo(rest: Rest, value: number): void {
  rest.small ??= new Superaccumulator()
  rest.small.add(value)
}

const unitsOf = ({ mantissa, exponent }: Exact): bigint => mantissa << BigInt(exponent - LEAST_EXPONENT)

/** NaN absorbs the infinities. So the first byte of a state is never FF, which must not follow a text. */
const specialFlags = (special: number): number => (Number.isNaN(specialSum(special)) ? SPECIAL.nan : special)

function specialSum(special: number): number {
  const both = SPECIAL.positive | SPECIAL.negative
  if ((special & SPECIAL.nan) !== 0 || (special & both) === both) return Number.NaN
  return (special & SPECIAL.positive) === 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

/**
 * The one form of an exact number: its expansion into doubles, each the nearest to what those before it leave over
 * (none for zero); or, where it is very large or takes too many terms, its units as an integer.
 */
function writeExact(w: ByteWriter, flags: number, exact: Exact): void {
  const units = unitsOf(exact)
  const terms: number[] = []
  let left = units
  while (left !== 0n && terms.length < MOST_TERMS) {
    const term = roundQuotient({ mantissa: left, exponent: LEAST_EXPONENT }, 1n)
    if (!(Math.abs(term) < EXPANSION_LIMIT)) break
    terms.push(term)
    left -= unitsOf(exactTotal([term]))
  }
  if (left !== 0n) {
    w.byte(flags | (AS_INTEGER << 4))
    return encodeValue(w, units)
  }
  w.byte(flags | (terms.length << 4))
  for (const term of terms) w.f64(term)
}
