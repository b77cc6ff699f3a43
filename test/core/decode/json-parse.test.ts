// The decoder against JSON.parse, on generated and on damaged texts.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeDecoder } from '../../../core/decode/decoder.ts'
import type { Schema } from '../../../core/plan/schema.ts'

const utf8 = new TextEncoder()
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const schemas: Record<string, Schema> = {
  plain: { kind: 'unknown' },
  // A union with an object of integers makes the decoder keep the text of numbers, and still accepts any JSON.
  exact: {
    kind: 'union',
    discriminant: null,
    members: [
      { kind: 'unknown' },
      { kind: 'object', fields: [{ name: 'n', schema: { kind: 'bigint' }, optional: false }] },
    ],
  },
}

/** What JSON.parse makes of the bytes; undefined where it refuses them. */
function expected(bytes: Uint8Array): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(strict.decode(bytes)) as unknown }
  } catch {
    return undefined
  }
}

function check(schema: Schema, bytes: Uint8Array): void {
  const result = makeDecoder({ kind: 'json' }, { root: schema, defs: {} })(bytes)
  const parsed = expected(bytes)
  if (parsed === undefined) expect(result.ok).toBe(false)
  else expect(result).toStrictEqual({ ok: true, value: parsed.value })
}

/** JSON in many spellings; some texts have a few characters overwritten. */
const jsonTexts = fc
  .tuple(
    fc.oneof(
      fc.json(),
      fc.json({ stringUnit: 'binary' }),
      fc.jsonValue().map(v => JSON.stringify(v, null, '\t')),
      fc.double().map(String),
      fc
        .array(fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '"a":', '1', '-0', 'true', 'null', ' ', '\\'))
        .map(a => a.join('')),
    ),
    fc.array(fc.tuple(fc.nat(), fc.constantFrom(...'{}[]",:\\u0019eE+-.tfn \ufeff\u0000\t')), { maxLength: 2 }),
  )
  .map(([text, damage]) => {
    const chars = [...text]
    for (const [at, c] of damage) if (chars.length > 0) chars[at % chars.length] = c
    return chars.join('')
  })

describe.each(Object.entries(schemas))('%s', (_, schema) => {
  it('accepts what JSON.parse accepts, with equal values', () => {
    fc.assert(
      fc.property(jsonTexts, text => check(schema, utf8.encode(text))),
      { numRuns: 2000 },
    )
  })

  it('is total on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), bytes => check(schema, bytes)),
      { numRuns: 500 },
    )
  })
})

describe('integers', () => {
  it('are exact at any size', () => {
    const decode = makeDecoder({ kind: 'json' }, { root: { kind: 'array', items: { kind: 'bigint' } }, defs: {} })
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n })), list => {
        expect(decode(utf8.encode(`[${list.join(' ,\n')}]`))).toStrictEqual({ ok: true, value: list })
      }),
    )
  })
})
