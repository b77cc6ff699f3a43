// The emitted decoder against the obvious decoder and against JSON.parse: random types, random uses, random and damaged
// records.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeDecoder } from '../../../core/decode/decoder.ts'
import type { RowDialect, RowLayout } from '../../../core/log/row-layout.ts'
import type { FormatSpec } from '../../../core/plan/plan.ts'
import { ANY_JSON, type Schema, type SchemaDocument, type Uses } from '../../../core/plan/schema.ts'
import { exactText, records, schemas, usedParts, usesOf } from './arbitraries.ts'
import { fastDecoder } from './fast-decoder.ts'

/** More by `FUZZ_RUNS=100000 npx vitest run test/compiler/7-emit/decoder-fuzz.test.ts`. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 1500)

const JSON_FORMAT: FormatSpec = { kind: 'json' }

const cell = fc.oneof(
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
    "'q;'",
    'x"y',
    'é',
    '\t',
    '\r',
    '1e999',
    'NaN',
  ),
  fc.constantFrom('0x1', '+1', '.5', '5.', 'NA', '1', '2', 'b', 'c'),
  fc.string({ maxLength: 20 }),
)
const dialect = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  quote: fc.constantFrom('"', "'", ''),
})
const layoutOf = fc
  .tuple(dialect, fc.option(fc.shuffledSubarray(['c0', 'c1', 'c2', 'c3', 'other'], { minLength: 1 })), fc.boolean())
  .map(([{ delimiter, quote }, columns, backslash]): RowLayout => {
    const escapedBy = backslash && quote !== '' ? '\\' : quote
    return { topic: 't', columns, delimiter, quote, escapedBy }
  })
const csvCases = fc.record({
  columns: fc.array(
    fc.record({
      kind: fc.constantFrom('string', 'number'),
      optional: fc.boolean(),
      used: fc.boolean(),
      declared: fc.boolean(),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  rows: fc.array(
    fc.record({
      layout: fc.option(fc.nat(2)),
      cells: fc.array(cell, { minLength: 1, maxLength: 4 }),
      end: fc.constantFrom('', '\r'),
    }),
    { minLength: 1, maxLength: 8 },
  ),
  own: fc.oneof(fc.constant({}), dialect) as fc.Arbitrary<Partial<RowDialect>>,
  layouts: fc.array(layoutOf, { minLength: 1, maxLength: 3 }),
})

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

  it('reads csv as the obvious decoder does, or declines the row, in any dialect and layout', () => {
    let fast = 0
    fc.assert(
      fc.property(csvCases, ({ columns, rows, own, layouts }) => {
        const names = columns.map((_, i) => `c${i}`)
        const fields = columns.flatMap((c, i) =>
          c.declared ? [{ name: `c${i}`, schema: { kind: c.kind } as Schema, optional: c.optional }] : [],
        )
        const schema: SchemaDocument = { root: { kind: 'object', fields }, defs: {} }
        const uses = Object.fromEntries(columns.flatMap((c, i) => (c.used ? [[`c${i}`, true]] : []))) as Uses
        const format: FormatSpec = { kind: 'csv', columns: names, ...own }
        const decode = fastDecoder(format, schema, uses)
        const obvious = makeDecoder(format, schema)
        for (const { layout, cells, end } of rows) {
          const given = layout === null ? undefined : layouts[layout % layouts.length]
          const delimiter = given?.delimiter ?? own.delimiter ?? ','
          const bytes = new TextEncoder().encode(cells.join(delimiter) + end)
          const got = decode(bytes, given)
          if (got === undefined) continue
          const expected = obvious(bytes, given)
          expect(expected.ok ? exactText(usedParts(expected.value, uses)) : expected).toBe(exactText(got))
          fast++
        }
      }),
      { numRuns: RUNS },
    )
    expect(fast).toBeGreaterThan(RUNS / 8)
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
