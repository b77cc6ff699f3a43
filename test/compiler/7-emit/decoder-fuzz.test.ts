// The emitted decoder against the obvious decoder and against JSON.parse: random types, random uses, random and damaged
// records.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeDecoder } from '../../../core/decode/decoder.ts'
import type { FormatSpec } from '../../../core/plan/plan.ts'
import { ANY_JSON, type Schema, type SchemaDocument, type Uses } from '../../../core/plan/schema.ts'
import { exactText, records, schemas, usedParts, usesOf } from './arbitraries.ts'
import { fastDecoder } from './fast-decoder.ts'

/** More by `FUZZ_RUNS=100000 npx vitest run test/compiler/7-emit/decoder-fuzz.test.ts`. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 1500)

const JSON_FORMAT: FormatSpec = { kind: 'json' }

describe('the emitted decoder', () => {
  it('gives what the obvious decoder gives, or declines the record', { timeout: RUNS * 20 }, () => {
    let accepted = 0
    let fast = 0
    const cases = schemas.chain(schema =>
      fc.record({
        schema: fc.constant(schema),
        uses: usesOf(schema),
        list: fc.array(records(schema), { minLength: 1, maxLength: 12 }),
      }),
    )
    fc.assert(
      fc.property(cases, ({ schema, uses, list }) => {
        const obvious = makeDecoder(JSON_FORMAT, schema)
        const decode = fastDecoder(JSON_FORMAT, schema, uses)
        for (const bytes of list) {
          const expected = obvious(bytes)
          const got = decode(bytes)
          if (expected.ok) accepted++
          if (got === undefined) continue
          expect(exactText(got)).toBe(expected.ok ? exactText(usedParts(expected.value, uses)) : expected)
          fast++
        }
      }),
      { numRuns: RUNS },
    )
    // A decoder that declines every record would have the property too.
    expect(fast / accepted).toBeGreaterThan(0.5)
  })

  it('reads csv as the obvious decoder does, or declines the row', () => {
    const text = fc.oneof(
      fc.constantFrom(
        '',
        '1',
        '-0',
        '1.5e3',
        '01',
        ' 2',
        'a',
        '"q"',
        '"a,b"',
        'x"y',
        'é',
        '\t',
        '\r',
        '1e999',
        'NaN',
        '0x1',
      ),
      fc.string({ maxLength: 20 }),
    )
    const column = fc.record({
      kind: fc.constantFrom('string', 'number'),
      optional: fc.boolean(),
      used: fc.boolean(),
      declared: fc.boolean(),
    })
    const rows = fc.array(fc.array(text, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(fc.array(column, { minLength: 1, maxLength: 4 }), rows, fc.boolean(), (columns, list, windows) => {
        const names = columns.map((_, i) => `c${i}`)
        const declared = columns.flatMap((c, i) =>
          c.declared ? [{ name: `c${i}`, schema: { kind: c.kind } as Schema, optional: c.optional }] : [],
        )
        const schema: SchemaDocument = { root: { kind: 'object', fields: declared }, defs: {} }
        const uses = Object.fromEntries(columns.flatMap((c, i) => (c.used ? [[`c${i}`, true]] : []))) as Uses
        const format: FormatSpec = { kind: 'csv', columns: names }
        const decode = fastDecoder(format, schema, uses)
        for (const row of list) {
          const bytes = new TextEncoder().encode(row.join(',') + (windows ? '\r' : ''))
          const got = decode(bytes)
          if (got === undefined) continue
          const expected = makeDecoder(format, schema)(bytes)
          expect(expected.ok ? exactText(usedParts(expected.value, uses)) : expected).toBe(exactText(got))
        }
      }),
      { numRuns: RUNS },
    )
  })

  it('accepts nothing that JSON.parse refuses, with equal values', () => {
    const decode = fastDecoder(JSON_FORMAT, ANY_JSON)
    const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
    fc.assert(
      fc.property(records(ANY_JSON), bytes => {
        const got = decode(bytes)
        if (got !== undefined) expect(exactText(got)).toBe(exactText(JSON.parse(strict.decode(bytes))))
      }),
      { numRuns: RUNS },
    )
  })
})
