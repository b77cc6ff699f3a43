// The emitted decoder against the obvious one and against JSON.parse: random types, random uses, random and damaged records.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeDecoder } from '../../core/decode/decoder.ts'
import type { FormatSpec } from '../../core/plan.ts'
import { ANY_JSON } from '../../core/schema.ts'
import { exactText, records, schemas, usedParts, usesOf } from './arbitraries.ts'
import { fastDecoder } from './fast-decoder.ts'

/** More by `FUZZ_RUNS=100000 npx vitest run test/emit/decoder-fuzz.test.ts`. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 1500)

const JSON_FORMAT: FormatSpec = { kind: 'json' }

describe('the emitted decoder', () => {
  it('gives what the obvious decoder gives, or leaves the record to it', { timeout: RUNS * 20 }, () => {
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
    // The property would hold of a decoder that leaves everything to the obvious one.
    expect(fast / accepted).toBeGreaterThan(0.5)
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
