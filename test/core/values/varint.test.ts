// Varints and zigzag against the numbers that they encode: every length, both ends of the range, cut-off bytes.

import { expect, test } from 'vitest'
import { ByteReader, ByteWriter } from '../../../core/values/bytes.ts'
import {
  fromZigzag,
  fromZigzag32,
  putVarint,
  readVarint,
  varintAt,
  varintBytes,
  varintEnd,
  writeVarint,
  zigzag,
} from '../../../core/values/varint.ts'

/** The last number of each length and the first of the next, and numbers that 32-bit arithmetic takes for negative. */
const numbers = [
  ...Array.from({ length: 53 }, (_, i) => [2 ** i - 1, 2 ** i, 2 ** i + 1]).flat(),
  Number.MAX_SAFE_INTEGER - 1,
  Number.MAX_SAFE_INTEGER,
]

function obviousBytes(value: number): number[] {
  const bytes: number[] = []
  let rest = BigInt(value)
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) + 128)
  return [...bytes, Number(rest)]
}

test('each number has the bytes of its definition, in place and through a writer', () => {
  for (const value of numbers) {
    const expected = obviousBytes(value)
    const bytes = new Uint8Array(12).fill(0xee)
    const end = putVarint(bytes, 2, value)
    expect([...bytes.subarray(0, end + 1)]).toEqual([0xee, 0xee, ...expected, 0xee])
    expect(varintBytes(value)).toBe(expected.length)
    expect([varintAt(bytes, 2), varintEnd(bytes, 2)]).toEqual([value, end])
    const w = new ByteWriter(1)
    writeVarint(w, value)
    w.byte(7)
    const r = new ByteReader(w.take())
    expect([readVarint(r), r.byte(), r.atEnd]).toEqual([value, 7, true])
  }
})

test('a number that is cut off ends past the bytes, and a reader refuses it', () => {
  for (const bytes of [Uint8Array.of(), Uint8Array.of(0x80), Uint8Array.of(0xff, 0xff)]) {
    expect(varintEnd(bytes, 0)).toBe(bytes.length + 1)
    expect(varintAt(bytes, 0)).toBeNaN()
    expect(() => readVarint(new ByteReader(bytes))).toThrow(RangeError)
  }
})

test('zigzag maps signed numbers to unsigned ones and back', () => {
  expect([0, -1, 1, -2, 2].map(zigzag)).toEqual([0, 1, 2, 3, 4])
  for (const value of numbers.filter(n => n < 2 ** 52).flatMap(n => [n, -n - 1])) {
    if (Math.abs(value) < 2 ** 52) expect(fromZigzag(zigzag(value))).toBe(value)
    if (value >= -(2 ** 31) && value < 2 ** 31) expect(fromZigzag32(zigzag(value))).toBe(value)
  }
})
