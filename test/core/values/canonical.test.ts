// Canonical bytes: order, round trips, refusals. Checked against an order of values written by hand.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteReader, bytesToHex, compareBytes } from '../../../core/values/bytes.ts'
import {
  canonicalBytes,
  compareValues,
  decodeValue,
  normalise,
  skipValue,
  Unencodable,
} from '../../../core/values/canonical.ts'

const decode = (bytes: Uint8Array): unknown => decodeValue(new ByteReader(bytes))

/** Values in ascending order. */
const ASCENDING: readonly unknown[] = [
  null,
  false,
  true,
  Number.NEGATIVE_INFINITY,
  -1e308,
  -1.5,
  -1,
  -5e-324,
  0,
  5e-324,
  1,
  2 ** 53,
  Number.POSITIVE_INFINITY,
  Number.NaN,
  -(2n ** 2000n),
  -(2n ** 64n),
  -256n,
  -255n,
  -1n,
  0n,
  1n,
  255n,
  256n,
  2n ** 64n,
  2n ** 944n,
  2n ** 2000n,
  '',
  '\0',
  '\0a',
  '\u0001',
  'a',
  'a\0',
  'aa',
  'b',
  'é',
  '\ud800',
  '\udfff',
  '\ue000',
  '\uffff',
  '😀',
  Uint8Array.of(),
  Uint8Array.of(0),
  Uint8Array.of(0, 0),
  Uint8Array.of(0, 255),
  Uint8Array.of(255),
  [],
  [null],
  [1],
  [1, 2],
  [''],
  ['', 0],
  [[]],
  {},
  { '': 1 },
  { '': 1, a: 1 },
  { a: 1 },
  { a: 1, b: 1 },
  { a: 2 },
  { b: 0 },
]

describe('canonical order', () => {
  it('is the order of the bytes for every pair', () => {
    const bytes = ASCENDING.map(canonicalBytes)
    for (let i = 0; i < bytes.length; i++) {
      for (let j = 0; j < bytes.length; j++) {
        const sign = Math.sign(compareBytes(bytes[i] as Uint8Array, bytes[j] as Uint8Array))
        expect([i, j, sign]).toEqual([i, j, Math.sign(i - j)])
        expect([i, j, Math.sign(compareValues(ASCENDING[i], ASCENDING[j]))]).toEqual([i, j, Math.sign(i - j)])
      }
    }
  })

  it('orders strings by code points', () => {
    const units = fc.array(fc.constantFrom(0, 0x41, 0xe9, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xe000, 0xffff), {
      maxLength: 5,
    })
    const text = units.map(u => String.fromCharCode(...u))
    const points = (s: string): number[] => Array.from(s, c => c.codePointAt(0) as number)
    fc.assert(
      fc.property(text, text, (a, b) => {
        const [x, y] = [points(a), points(b)]
        let expected = x.length - y.length
        for (let i = Math.min(x.length, y.length) - 1; i >= 0; i--) {
          if (x[i] !== y[i]) expected = (x[i] as number) - (y[i] as number)
        }
        expect(Math.sign(compareValues(a, b))).toBe(Math.sign(expected))
        expect(Math.sign(compareBytes(canonicalBytes(a), canonicalBytes(b)))).toBe(Math.sign(expected))
      }),
    )
  })
})

const anyValue = fc.anything({
  withBigInt: true,
  withNullPrototype: false,
  withUnicodeString: true,
  values: [fc.double(), fc.string({ unit: 'binary' }), fc.bigInt(), fc.constant('__proto__'), fc.constant(null)],
  key: fc.oneof(fc.string(), fc.constantFrom('__proto__', '1', '', 'constructor')),
})

describe('round trip', () => {
  it('gives the value back, and the same bytes again', () => {
    fc.assert(
      fc.property(anyValue, value => {
        const bytes = canonicalBytes(value)
        const back = decode(bytes)
        expect(bytesToHex(canonicalBytes(back))).toBe(bytesToHex(bytes))
        expect(normalise(value)).toEqual(back)
        const reader = new ByteReader(bytes)
        skipValue(reader)
        expect(reader.atEnd).toBe(true)
      }),
    )
  })

  it('gives bytes back, zeros and their escapes included, and never reads past their end', () => {
    const byte = fc.oneof(fc.constantFrom(0, 0xff, 1), fc.nat(255))
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 80 }), fc.nat(), (list, cut) => {
        const bytes = Uint8Array.from(list)
        const written = canonicalBytes([bytes, 'behind'])
        expect(decode(written)).toEqual([bytes, 'behind'])
        const escaped = bytesToHex(bytes).replace(/../g, hex => (hex === '00' ? '00ff' : hex))
        expect(bytesToHex(canonicalBytes(bytes))).toBe(`50${escaped}00`)
        expect(() => decode(written.slice(0, cut % written.length))).toThrow(RangeError)
      }),
    )
  })

  it('has one form for a value that JavaScript has in several', () => {
    const same: [unknown, unknown][] = [
      [-0, 0],
      [{ a: undefined }, {}],
      [
        { b: 1, a: 2 },
        { a: 2, b: 1 },
      ],
      [Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
      [undefined, null],
      [
        [1, undefined],
        [1, null],
      ],
    ]
    for (const [a, b] of same) expect(bytesToHex(canonicalBytes(a))).toBe(bytesToHex(canonicalBytes(b)))
    expect(Object.is(normalise(-0), 0)).toBe(true)
    expect(Object.keys(normalise({ b: 1, a: undefined, A: 0 }) as object)).toEqual(['A', 'b'])
  })

  it('makes __proto__ an ordinary field', () => {
    const back = normalise(JSON.parse('{"__proto__":{"admin":true}}')) as object
    expect(Object.keys(back)).toEqual(['__proto__'])
    expect((back as { admin?: boolean }).admin).toBeUndefined()
  })

  it('writes every NaN in one way', () => {
    const bits = new DataView(new ArrayBuffer(8))
    bits.setBigUint64(0, 0xfff8000000000123n)
    expect(bytesToHex(canonicalBytes(bits.getFloat64(0)))).toBe(bytesToHex(canonicalBytes(Number.NaN)))
  })
})

describe('refusals', () => {
  class Point {
    x = 1
  }
  const cyclic: unknown[] = []
  cyclic.push(cyclic)
  const cases: [unknown, string, string][] = [
    [() => 1, '$', 'a function'],
    [{ a: [1, Symbol('s')] }, '$.a[1]', 'a symbol'],
    [new Date(0), '$', 'a Date'],
    [{ m: new Map() }, '$.m', 'a Map'],
    [[new Set()], '$[0]', 'a Set'],
    [new Point(), '$', 'an object of a class'],
  ]
  for (const [value, path, reason] of cases) {
    it(`names ${reason} at ${path}`, () => {
      expect(() => canonicalBytes(value)).toThrow(expect.objectContaining({ name: 'Unencodable', path, reason }))
    })
  }

  it('stops in a value that contains itself, and encodes again afterwards', () => {
    expect(() => canonicalBytes(cyclic)).toThrow(Unencodable)
    expect(decode(canonicalBytes('after'))).toBe('after')
  })
})
