// Variance and standard deviation against rationals of any size, over magnitudes far beyond what a double's square can
// hold.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PowerSumsColumn } from '../../../core/aggregations/exact/power-sums.ts'
import { exactOf, roundRoot } from '../../../core/aggregations/exact/rounding.ts'
import { stddevColumn } from '../../../core/aggregations/stddev.ts'
import { varianceColumn } from '../../../core/aggregations/variance.ts'
import { nearestDouble, nearestRoot, unitsOf } from '../../../core/reference/aggregations/exact/units.ts'
import { ByteReader, ByteWriter, bytesToHex } from '../../../core/values/bytes.ts'
import { finite } from './cases.ts'

function columnOf(list: readonly (number | bigint)[], root = false): PowerSumsColumn {
  const column = root ? stddevColumn() : varianceColumn()
  column.grow(2)
  for (const x of list) column.add(1, x)
  return column
}

const variance = (...list: (number | bigint)[]): number => columnOf(list).present(1)
const stddev = (...list: (number | bigint)[]): number => columnOf(list, true).present(1)

function stateOf(column: PowerSumsColumn): Uint8Array {
  const w = new ByteWriter()
  column.write(1, w)
  return w.take()
}

/** n * sum(x^2) - sum(x)^2 over n^2, in units of 2^-2148. */
function exactVariance(list: readonly number[]): { numerator: bigint; divisor: bigint } {
  const units = list.map(unitsOf)
  const n = BigInt(list.length)
  const sum = units.reduce((a, b) => a + b, 0n)
  return { numerator: n * units.reduce((a, b) => a + b * b, 0n) - sum * sum, divisor: n * n }
}

/** Numbers of all magnitudes, near each other now and then. */
const wide = fc.oneof(
  finite,
  fc
    .tuple(fc.integer({ min: -(2 ** 52), max: 2 ** 52 }), fc.integer({ min: -1074, max: 900 }))
    .map(([m, e]) => m * 2 ** e),
  fc.constantFrom(
    2 ** 480,
    2 ** 480 - 2 ** 427,
    2 ** -480,
    2 ** -480 - 2 ** -533,
    2 ** 26,
    2 ** 26 + 1,
    2 ** 511,
    5e-324,
  ),
)
const lists = fc
  .oneof(
    fc.array(wide, { minLength: 1, maxLength: 20 }),
    fc
      .tuple(wide, fc.array(fc.constantFrom(-1, 0, 1, 2), { minLength: 2, maxLength: 6 }))
      .map(([x, steps]) => steps.map(step => x + step * Math.abs(x) * 2 ** -52)),
  )
  .filter(list => list.every(Number.isFinite))

describe('the variance', () => {
  it('is the double nearest to the real one, and the deviation the double nearest to its root', () => {
    fc.assert(
      fc.property(lists, list => {
        const { numerator, divisor } = exactVariance(list)
        expect(variance(...list)).toBe(nearestDouble(numerator, divisor << 1074n))
        const root = stddev(...list)
        expect(root).toBe(nearestRoot(numerator, BigInt(list.length)))
        // The real root lies between the midpoints to both neighbours, so the variance lies between their squares.
        if (Number.isFinite(root) && root > 0) expect(isNearestRoot(root, numerator, divisor)).toBe(true)
      }),
      { numRuns: 1500 },
    )
  })

  it('has one state for one set of numbers, whatever the order and the parts', () => {
    fc.assert(
      fc.property(lists, fc.nat(20), (list, at) => {
        const merged = columnOf(list.slice(at).reverse())
        if (at > 0) merged.merge(1, new ByteReader(stateOf(columnOf(list.slice(0, at)))))
        expect(bytesToHex(stateOf(merged))).toBe(bytesToHex(stateOf(columnOf(list))))
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    [[1, 2, 3, 4], 1.25, 1.118033988749895],
    [[2, 4, 4, 4, 5, 5, 7, 9], 4, 2],
    [[7], 0, 0],
    [[0.1, 0.1, 0.1], 0, 0],
    [[1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16], 22.5, 4.743416490252569],
    [[1e200, -1e200], Number.POSITIVE_INFINITY, 1e200],
    [[1e154, -1e154], 1e308, 1e154],
    [[Number.MAX_VALUE, -Number.MAX_VALUE], Number.POSITIVE_INFINITY, Number.MAX_VALUE],
    [[3e-200, -3e-200], 0, 3e-200],
    [[5e-324, 0], 0, 0],
    [[1.5e-323, 0], 0, 1e-323],
    [[Number.NaN, 1], Number.NaN, Number.NaN],
    [[Number.POSITIVE_INFINITY, 1], Number.NaN, Number.NaN],
    [[-0, 0], 0, 0],
  ] as [number[], number, number][])('of %j is %d, its root %d', (list, expected, root) => {
    expect(variance(...list)).toBe(expected)
    expect(stddev(...list)).toBe(root)
  })

  it('takes bigints exactly, alone and among numbers', () => {
    expect(variance(2n ** 53n, 2n ** 53n + 2n)).toBe(1)
    expect(variance(10n ** 400n, 10n ** 400n + 4n)).toBe(4)
    expect(stddev(10n ** 400n, 0n)).toBe(Number.POSITIVE_INFINITY)
    expect(variance(2n ** 70n, 2 ** 70, 2n ** 70n + 3n)).toBe(2)
  })
})

describe('roots', () => {
  it('are exact where the number is a square', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }), x => {
        const { mantissa, exponent } = exactOf(x)
        expect(roundRoot({ mantissa: mantissa * mantissa, exponent: 2 * exponent }, 1n)).toBe(x + 0)
        expect(roundRoot({ mantissa: 9n * mantissa * mantissa, exponent: 2 * exponent }, 9n)).toBe(x + 0)
      }),
    )
  })
})

/** Whether the real root lies between the midpoints to the next doubles on both sides. */
function isNearestRoot(root: number, numerator: bigint, divisor: bigint): boolean {
  const unit = unitsOf(root)
  const below = unit - unitsOf(previous(root))
  const above = root === Number.MAX_VALUE ? below : unitsOf(next(root)) - unit
  const [low, high] = [2n * unit - below, 2n * unit + above]
  return low * low * divisor <= 4n * numerator && 4n * numerator <= high * high * divisor
}

const word = new DataView(new ArrayBuffer(8))
const stepped = (x: number, by: bigint): number => {
  word.setFloat64(0, x)
  word.setBigUint64(0, word.getBigUint64(0) + by)
  return word.getFloat64(0)
}
const next = (x: number): number => stepped(x, 1n)
const previous = (x: number): number => stepped(x, -1n)
