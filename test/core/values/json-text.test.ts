// Canonical JSON: one text for values with the same canonical bytes, in whatever order their fields were made.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { canonicalBytes, compareValues } from '../../../core/values/canonical.ts'
import { canonicalJson } from '../../../core/values/json-text.ts'

const names = fc.oneof(fc.constantFrom('__proto__', '10', '9', '01', '-1', '4294967295', 'a', 'b', ''), fc.string())
const values = fc.letrec(tie => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(null, true, 0, -0, 1.5, 'x', '\ud800'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(names, tie('value')), { maxLength: 5 }).map(fields => objectOf(fields)),
  ),
})).value

/** An object with own fields in the given order, whatever their names. */
function objectOf(fields: readonly (readonly [string, unknown])[]): object {
  const made = {}
  for (const [name, value] of fields) {
    Object.defineProperty(made, name, { value, enumerable: true, writable: true, configurable: true })
  }
  return made
}

const reversed = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(reversed)
  return objectOf(
    Object.entries(value)
      .reverse()
      .map(([name, field]) => [name, reversed(field)]),
  )
}

/** Canonical JSON by sorting the fields of each object. */
function obvious(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(Object.is(value, -0) ? 0 : value)
  if (Array.isArray(value)) return `[${value.map(obvious).join(',')}]`
  const fields = Object.entries(value).sort((a, b) => compareValues(a[0], b[0]))
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${obvious(field)}`).join(',')}}`
}

it('is the same for fields in another order, and parses back to the value', () => {
  fc.assert(
    fc.property(values, value => {
      const text = canonicalJson(value)
      expect(canonicalJson(reversed(value))).toBe(text)
      expect(canonicalBytes(JSON.parse(text))).toEqual(canonicalBytes(value))
    }),
    { numRuns: 500 },
  )
})

it('has the fields of each object in the order of their names', () => {
  fc.assert(
    fc.property(values, value => {
      expect(canonicalJson(value)).toBe(obvious(value))
    }),
    { numRuns: 500 },
  )
})

it('keeps names that are integers in canonical order, not in that of the engine', () => {
  expect(canonicalJson({ b: 1, 9: 2, 10: 3, a: { 2: 1, 10: 1 } })).toBe('{"10":3,"9":2,"a":{"10":1,"2":1},"b":1}')
})
