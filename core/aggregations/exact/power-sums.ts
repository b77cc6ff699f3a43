// Power sums: the count of numbers and the exact sums of x and of x^2, so that what is made of them is rounded once.
//
// Promises: `round` gets n * sum(x^2) - sum(x)^2 and n^2, exact for any numbers and bigints in any order; the result is
// NaN where one of them is not finite. Squares beyond the range of doubles are exact too.
// State: the count as a double of 8 bytes; the sums of x, then those of x^2, as `exact-sums.ts` writes them; a byte 1
// and the sums of the scaled squares of small numbers, or a byte 0.

import type { ByteReader, ByteWriter } from '../../values/bytes.ts'
import type { Column } from '../columns/column.ts'
import { CountColumn } from '../count.ts'
import { ExactSums } from './exact-sums.ts'
import { type Exact, exactSum } from './rounding.ts'

/** Squares of numbers from here on may leave the two doubles of a sum; they are whole, so they are added as bigints. */
const LARGE = 2 ** 480
/** The square of a number below this can have bits below those of the least double. */
const SMALL = 2 ** -480
/** What small numbers are multiplied by before they are squared: then no bit is lost, and the product stays small. */
const SCALE_BITS = 600
const SCALE = 2 ** SCALE_BITS
/** 2^27 + 1 splits a double into two halves of 26 bits (T. J. Dekker, "A floating-point technique", 1971). */
const SPLIT = 2 ** 27 + 1
/** Whole numbers up to this have squares that one double holds. */
const PLAIN = 2 ** 26

export class PowerSumsColumn implements Column {
  /** The double nearest to what a row shows of `numerator / divisor`. */
  readonly #round: (numerator: Exact, divisor: bigint) => number
  readonly #counts = new CountColumn()
  readonly #sums = new ExactSums()
  readonly #squares = new ExactSums()
  /** Squares of small numbers, times SCALE^2; made when the first one comes. */
  #small: ExactSums | null = null
  #capacity = 0

  constructor(round: (numerator: Exact, divisor: bigint) => number) {
    this.#round = round
  }

  grow(capacity: number): void {
    this.#capacity = capacity
    this.#counts.grow(capacity)
    this.#sums.grow(capacity)
    this.#squares.grow(capacity)
    this.#small?.grow(capacity)
  }

  clear(slot: number): void {
    this.#counts.clear(slot)
    this.#sums.clear(slot)
    this.#squares.clear(slot)
    this.#small?.clear(slot)
  }

  add(slot: number, value: number | bigint): void {
    this.#counts.add(slot)
    if (typeof value === 'bigint') {
      this.#sums.addBigint(slot, value)
      this.#squares.addBigint(slot, value * value)
      return
    }
    this.#sums.add(slot, value)
    const magnitude = Math.abs(value)
    if (magnitude <= PLAIN && Number.isInteger(value)) this.#squares.add(slot, value * value)
    else if (magnitude >= SMALL && magnitude < LARGE) addSquare(this.#squares, slot, value)
    else this.#addOdd(slot, value)
  }

  write(slot: number, w: ByteWriter): void {
    this.#counts.write(slot, w)
    this.#sums.write(slot, w)
    this.#squares.write(slot, w)
    const small = this.#small
    const has = small !== null && !small.isBigint(slot)
    w.byte(has ? 1 : 0)
    if (has) small.write(slot, w)
  }

  merge(slot: number, r: ByteReader): void {
    this.#counts.merge(slot, r)
    this.#sums.merge(slot, r)
    this.#squares.merge(slot, r)
    if (r.byte() === 1) this.#smallSums().merge(slot, r)
  }

  present(slot: number): number {
    const n = this.#counts.present(slot)
    const sum = this.#sums.total(slot)
    const squares = this.#squares.total(slot)
    if (sum === null || squares === null) return Number.NaN
    const small = this.#small?.total(slot) ?? ZERO
    const n2 = BigInt(n)
    const numerator = exactSum([
      { mantissa: n2 * squares.mantissa, exponent: squares.exponent },
      { mantissa: n2 * small.mantissa, exponent: small.exponent - 2 * SCALE_BITS },
      { mantissa: -sum.mantissa * sum.mantissa, exponent: 2 * sum.exponent },
    ])
    return this.#round(numerator, n2 * n2)
  }

  /** A number that is very large, very small or not finite. */
  #addOdd(slot: number, value: number): void {
    if (value === 0 || !Number.isFinite(value)) this.#squares.add(slot, value * value)
    else if (Math.abs(value) >= LARGE) this.#squares.addBigint(slot, BigInt(value) ** 2n)
    else addSquare(this.#smallSums(), slot, value * SCALE)
  }

  #smallSums(): ExactSums {
    if (this.#small === null) {
      this.#small = new ExactSums()
      this.#small.grow(this.#capacity)
    }
    return this.#small
  }
}

const ZERO: Exact = { mantissa: 0n, exponent: 0 }

/** Adds x^2 as two doubles, the nearest one and what it leaves over. */
function addSquare(sums: ExactSums, slot: number, x: number): void {
  const square = x * x
  const shifted = SPLIT * x
  const high = shifted - (shifted - x)
  const low = x - high
  sums.add(slot, square)
  const error = low * low - (square - high * high - 2 * high * low)
  if (error !== 0) sums.add(slot, error)
}
