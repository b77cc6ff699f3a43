// Exact sums against integers of any size, and the boundaries of their fast path.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ExactSums } from '../../../core/aggregations/exact/exact-sums.ts'
import { bitLength, exactOf, roundQuotient } from '../../../core/aggregations/exact/rounding.ts'
import { Superaccumulator } from '../../../core/aggregations/exact/superaccumulator.ts'
import { nearestDouble, unitsOf } from '../../../core/reference/aggregations/exact/units.ts'
import { ByteReader, ByteWriter } from '../../../core/values/bytes.ts'
import { finite } from './cases.ts'

const total = (list: readonly number[]): bigint => list.reduce((sum, x) => sum + unitsOf(x), 0n)
const plain = (x: number): number => x + 0

function sumsOf(list: readonly number[]): ExactSums {
  const sums = new ExactSums()
  sums.grow(2)
  for (const x of list) sums.add(1, x)
  return sums
}

function bytesOf(sums: ExactSums): Uint8Array {
  const w = new ByteWriter()
  sums.write(1, w)
  return w.take()
}

describe('exact sums', () => {
  it('are the double nearest to the real sum, and to its quotient', () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1, maxLength: 40 }), list => {
        const sums = sumsOf(list)
        expect(sums.quotient(1, 1)).toBe(plain(nearestDouble(total(list), 1n)))
        expect(sums.quotient(1, list.length)).toBe(plain(nearestDouble(total(list), BigInt(list.length))))
      }),
      { numRuns: 1000 },
    )
  })

  it('have one byte form for each real sum, whatever the summands', () => {
    fc.assert(
      fc.property(
        fc.array(finite, { minLength: 1, maxLength: 10 }),
        fc.array(finite, { maxLength: 10 }),
        (list, more) => {
          const roundabout = sumsOf([...more, ...list, ...more.map(x => -x)])
          expect(bytesOf(roundabout)).toEqual(bytesOf(sumsOf(list)))
        },
      ),
      { numRuns: 500 },
    )
  })

  it('have a state that never begins as a zero of a text goes on', () => {
    const some = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.MAX_VALUE, Number.MAX_VALUE, 1]
    for (let chosen = 0; chosen < 2 ** some.length; chosen++) {
      const list = some.filter((_, i) => (chosen & (1 << i)) !== 0)
      expect(bytesOf(sumsOf(list))[0], String(list)).not.toBe(0xff)
    }
  })

  it.each([
    ['nothing but zero', [0], 1],
    ['minus zero', [-0, -0], 1],
    ['a double', [0.1], 9],
    ['two doubles', [1, 1e-300], 17],
    ['cancelled', [1, 1e-300, -1, -1e-300], 1],
    ['three doubles', [1e200, 1, 1e-200], 25],
  ])('take few bytes for %s', (_name, list, length) => {
    expect(bytesOf(sumsOf(list))).toHaveLength(length)
  })

  it('survive sums beyond the greatest double', () => {
    const huge = [Number.MAX_VALUE, Number.MAX_VALUE, Number.MAX_VALUE]
    expect(sumsOf(huge).quotient(1, 1)).toBe(Number.POSITIVE_INFINITY)
    expect(sumsOf(huge).quotient(1, 3)).toBe(Number.MAX_VALUE)
    const again = new ExactSums()
    again.grow(2)
    again.merge(1, new ByteReader(bytesOf(sumsOf(huge))))
    again.add(1, -Number.MAX_VALUE)
    again.add(1, -Number.MAX_VALUE)
    again.add(1, 1)
    expect(bytesOf(again)).toEqual(bytesOf(sumsOf([Number.MAX_VALUE, 1])))
  })

  it.each([
    [[1e308, 1e308, 1e308], 3, 1e308],
    [[0.1, 0.2, 0.3], 1, 0.6],
    [[1, 2 ** 53, -(2 ** 53)], 1, 1],
    [[Number.NaN, 1], 1, Number.NaN],
    [[Number.POSITIVE_INFINITY, 1e308], 1, Number.POSITIVE_INFINITY],
    [[Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY], 1, Number.NaN],
    [[-5e-324], 3, 0],
  ])('of %j over %i is %d', (list, divisor, expected) => {
    expect(sumsOf(list).quotient(1, divisor)).toBe(expected)
  })
})

describe('the superaccumulator', () => {
  it('holds the exact sum', () => {
    fc.assert(
      fc.property(fc.array(finite), list => {
        const small = new Superaccumulator()
        for (const x of list) small.add(x)
        expect(small.units()).toBe(total(list))
      }),
    )
  })

  it('carries before a limb loses a bit', () => {
    const small = new Superaccumulator()
    const x = (2 ** 53 - 1) * 2 ** -50 // its low word fills one limb exactly
    for (let i = 0; i < 3_000_000; i++) small.add(x)
    expect(small.units()).toBe(3_000_000n * unitsOf(x))
  })
})

describe('rounding', () => {
  it('is that of the reference', () => {
    const big = fc.bigInt({ min: -(2n ** 2200n), max: 2n ** 2200n })
    const sized = fc.tuple(big, fc.nat(2200)).map(([x, drop]) => x >> BigInt(drop))
    fc.assert(
      fc.property(sized, fc.bigInt({ min: 1n, max: 2n ** 60n }), (units, divisor) => {
        const rounded = roundQuotient({ mantissa: units, exponent: -1074 }, divisor)
        expect(plain(rounded)).toBe(plain(nearestDouble(units, divisor)))
      }),
      { numRuns: 1000 },
    )
  })

  it('rounds ties to even', () => {
    expect(roundQuotient({ mantissa: 2n ** 53n + 1n, exponent: 0 }, 1n)).toBe(2 ** 53)
    expect(roundQuotient({ mantissa: 2n ** 53n + 3n, exponent: 0 }, 1n)).toBe(2 ** 53 + 4)
    expect(roundQuotient({ mantissa: 1n, exponent: -1074 }, 2n)).toBe(0)
    expect(roundQuotient({ mantissa: 3n, exponent: -1074 }, 2n)).toBe(1e-323)
  })

  it('splits doubles exactly', () => {
    fc.assert(
      fc.property(finite, x => {
        const { mantissa, exponent } = exactOf(x)
        expect(mantissa << BigInt(exponent + 1074)).toBe(unitsOf(x))
      }),
    )
  })

  it('counts bits', () => {
    for (let bits = 1; bits < 200; bits++) {
      expect(bitLength(2n ** BigInt(bits - 1))).toBe(bits)
      expect(bitLength(2n ** BigInt(bits) - 1n)).toBe(bits)
    }
  })
})
