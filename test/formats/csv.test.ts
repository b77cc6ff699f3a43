// CSV: rows of an independent writer (RFC 4180) and rows that outputs write are read back equal, also through files
// that `append` splits.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { makeDecoder } from '../../core/decode/decoder.ts'
import { makeEncoder } from '../../core/encode/encoder.ts'
import type { FormatSpec } from '../../core/plan/plan.ts'
import type { Schema, SchemaDocument } from '../../core/plan/schema.ts'
import { appendFiles } from '../../logs/append/append.ts'
import { openLog } from '../../logs/index.ts'
import { fastDecoder } from '../compiler/7-emit/fast-decoder.ts'

const folder = mkdtempSync(join(tmpdir(), 'lyrebird-csv-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const utf8 = new TextEncoder()
const field = (name: string, schema: Schema, optional = false) => ({ name, schema, optional })
const COLUMNS = ['text', 'n', 'flag', 'big', 'note', 'kind']
const FORMAT: FormatSpec = { kind: 'csv', columns: COLUMNS }
const SCHEMA: SchemaDocument = {
  root: {
    kind: 'object',
    fields: [
      field('big', { kind: 'bigint' }),
      field('flag', { kind: 'boolean' }, true),
      field('kind', {
        kind: 'union',
        members: [{ kind: 'literal', value: 'a' }, { kind: 'null' }],
        discriminant: null,
      }),
      field('n', { kind: 'number' }, true),
      field('note', { kind: 'string' }),
      field('text', { kind: 'string' }),
    ],
  },
  defs: {},
}

interface Row {
  readonly text: string
  readonly n?: number
  readonly flag?: boolean
  readonly big: bigint
  readonly note: string
  readonly kind: 'a' | null
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.constantFrom('', '"', '""', 'a,b', 'one\ntwo', 'one\r\ntwo', '\r', ' padded ', '"quoted"', '\ufeff', 'null', '1'),
)
const row: fc.Arbitrary<Row> = fc.record(
  {
    text,
    n: fc.double({ noNaN: true, noDefaultInfinity: true }).map(n => n + 0),
    flag: fc.boolean(),
    big: fc.bigInt(),
    note: text,
    kind: fc.constantFrom('a' as const, null),
  },
  { requiredKeys: ['text', 'big', 'note', 'kind'] },
)

/** The test's own writer; quotes a field where it must, or always (`quoteAll`). */
function written(value: Row, quoteAll: boolean): string {
  return COLUMNS.map(name => {
    const cell = value[name as keyof Row] ?? ''
    const plain = String(Object.is(cell, -0) ? 0 : cell)
    const must = plain.split('').some(c => c === ',' || c === '"' || c === '\n' || c === '\r')
    return must || quoteAll ? `"${plain.split('"').join('""')}"` : plain
  }).join(',')
}

const bytesOf = (t: string): Uint8Array => utf8.encode(t)

describe('csv', () => {
  it('reads rows of another writer back equal, by the emitted and the obvious decoder', () => {
    const decode = makeDecoder(FORMAT, SCHEMA)
    const quick = fastDecoder(FORMAT, SCHEMA)
    const strings: SchemaDocument = {
      root: { kind: 'object', fields: [field('note', { kind: 'string' }), field('text', { kind: 'string' })] },
      defs: {},
    }
    const quickStrings = fastDecoder(FORMAT, strings)
    fc.assert(
      fc.property(row, fc.boolean(), fc.boolean(), (value, quoteAll, windows) => {
        const bytes = bytesOf(written(value, quoteAll) + (windows ? '\r' : ''))
        expect(decode(bytes)).toEqual({ ok: true, value })
        expect(quick(bytes)).toBeUndefined()
        const got = quickStrings(bytes)
        if (got !== undefined) expect(got).toEqual({ note: value.note, text: value.text })
      }),
      { numRuns: 500 },
    )
  })

  it('reads rows that an output wrote', () => {
    const decode = makeDecoder(FORMAT, SCHEMA)
    const encode = makeEncoder(FORMAT)
    fc.assert(
      fc.property(row, value => {
        expect(decode(encode(value))).toEqual({ ok: true, value })
      }),
      { numRuns: 500 },
    )
    const one: FormatSpec = { kind: 'csv', columns: ['a'] }
    expect(new TextDecoder().decode(makeEncoder(one)({ a: '' }))).toBe('""')
  })

  it('splits files at line ends outside of quotes, and drops the header', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 6 }),
        fc.constantFrom('\n', '\r\n'),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        async (rows, end, size, last) => {
          const directory = mkdtempSync(join(folder, 'log-'))
          const header = `\ufeff"text",n,flag,big,"note",kind${end}`
          const file = bytesOf(header + rows.map(r => written(r, false)).join(end) + (last ? end : ''))
          await appendFiles({
            directory,
            topic: 'rows',
            format: 'csv',
            inputs: [{ name: 'file', bytes: pieces(file, size) }],
            now: () => 0,
          })
          expect(await valuesIn(directory)).toEqual(rows)
        },
      ),
      { numRuns: 25 },
    )
  })
})

describe('what an output cannot write', () => {
  const csv = makeEncoder({ kind: 'csv', columns: ['a'] })
  const lines = makeEncoder({ kind: 'lines' })
  it.each([
    ['no object', csv, 1, 'expected an object with a field for each column'],
    ['a list', csv, [1], 'expected an object with a field for each column'],
    ['a field that is no column', csv, { a: 1, b: 2 }, 'a field that is no column'],
    ['something nested', csv, { a: [1] }, 'a column that is no scalar'],
    ['no number of JSON', csv, { a: Number.NaN }, 'a number that CSV cannot write'],
    ['half a letter in a column', csv, { a: '\ud800' }, 'a lone surrogate'],
    ['no text', lines, 1, 'expected a line of text'],
    ['an empty line', lines, '', 'an empty line'],
    ['two lines', lines, 'a\nb', 'a line end inside of a line'],
    ['half a letter', lines, '\udc00', 'a lone surrogate'],
    ['no bytes', makeEncoder({ kind: 'bytes' }), 'a', 'expected bytes'],
    ['a function as JSON', makeEncoder({ kind: 'json' }), () => 1, 'a function'],
  ])('%s', (_, encode, value, reason) => {
    expect(() => encode(value)).toThrow(expect.objectContaining({ name: 'Unencodable', reason }))
  })
})

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function valuesIn(directory: string): Promise<unknown[]> {
  const decode = makeDecoder(FORMAT, SCHEMA)
  const log = await openLog(directory)
  const values: unknown[] = []
  try {
    const [partition] = await log.partitions('rows')
    if (partition === undefined) return []
    for await (const chunk of log.read('rows', 0, partition.start, partition.end)) {
      for (let i = 0; i < chunk.count; i++) {
        const decoding = decode(chunk.bytes.subarray(chunk.valueStart[i], chunk.valueEnd[i]))
        values.push(decoding.ok ? decoding.value : decoding)
      }
    }
  } finally {
    await log.close()
  }
  return values
}
