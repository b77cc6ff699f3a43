// The way back from a printed key to the bytes of the keys that are printed so.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { keysPrintedAs } from '../../../core/result/printed-key.ts'
import { printed } from '../../../core/result/result-json.ts'
import { ByteReader, bytesToHex } from '../../../core/values/bytes.ts'
import { canonicalBytes, decodeValue } from '../../../core/values/canonical.ts'
import { base64, bytesOfBase64, canonicalJson } from '../../../core/values/json-text.ts'

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('NaN', 'Infinity', '-Infinity', '0', '-0', '-7', '007', 'abcd', 'YQ==', '__proto__', '\ud83d', ''),
)
const keys = fc.letrec(tie => ({
  key: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(null, true, false, Number.NaN, Number.POSITIVE_INFINITY, -0),
    fc.double(),
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
    text,
    fc.uint8Array({ maxLength: 5 }),
    fc.array(tie('key'), { maxLength: 3 }),
    fc.dictionary(text, tie('key'), { maxKeys: 3, noNullPrototype: true }),
  ),
}))

const hex = (all: readonly Uint8Array[] | null): readonly string[] => (all ?? []).map(bytesToHex)

it('every key is among those of its printed form, and each of these is printed so', () => {
  fc.assert(
    fc.property(keys.key, key => {
      const json = JSON.parse(JSON.stringify(printed(key))) as unknown
      const found = keysPrintedAs(json)
      if (found === null) return
      expect(hex(found)).toContain(bytesToHex(canonicalBytes(key)))
      expect(new Set(hex(found)).size).toBe(found.length)
      for (const bytes of found)
        expect(canonicalJson(printed(decodeValue(new ByteReader(bytes))))).toBe(canonicalJson(json))
    }),
    { numRuns: 2000 },
  )
})

it.each([
  ['a text', '"KR"', ['KR']],
  ['a text that may be a bigint', '"42"', ['42', 42n]],
  ['one that may be bytes, or a bigint', '"1234"', ['1234', 1234n, new Uint8Array([0xd7, 0x6d, 0xf8])]],
  ['a number that JSON has not', '"NaN"', ['NaN', Number.NaN]],
  ['a number that is too large', '-1e999', ['-Infinity', Number.NEGATIVE_INFINITY]],
  ['fields in any order', '{"b":"x","a":null}', [{ a: null, b: 'x' }]],
  [
    'each part for itself',
    '["1",2]',
    [
      ['1', 2],
      [1n, 2],
    ],
  ],
])('%s', (_, json, values) => {
  expect(new Set(hex(keysPrintedAs(JSON.parse(json))))).toEqual(new Set(hex(values.map(canonicalBytes))))
})

it('gives up where there are too many, and finds none that is too deep', () => {
  expect(keysPrintedAs(['1', '2', '3', '4', '5', '6'])?.length).toBe(64)
  expect(keysPrintedAs(['1', '2', '3', '4', '5', '6', '7'])).toBeNull()
  expect(keysPrintedAs(JSON.parse(`${'['.repeat(300)}${']'.repeat(300)}`))).toEqual([])
})

it('base64 leads back to its bytes, and no other text does', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), bytes => void expect(bytesOfBase64(base64(bytes))).toEqual(bytes)),
  )
  for (const other of ['a', 'ab', 'abc', 'YR==', 'YQ=a', '=', '====', 'a b=', 'YQ==YQ=='])
    expect(bytesOfBase64(other)).toBeNull()
})
