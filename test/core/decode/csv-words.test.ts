// CSV as people and programs write it: numbers, booleans and words for nothing; dialects; columns bound by name.

import { describe, expect, it, test } from 'vitest'
import { csvFields } from '../../../core/decode/csv-fields.ts'
import { makeDecoder } from '../../../core/decode/decoder.ts'
import type { RowDialect, RowLayout } from '../../../core/log/row-layout.ts'
import type { CsvFormat } from '../../../core/plan/plan.ts'
import type { Schema, SchemaDocument } from '../../../core/plan/schema.ts'

const utf8 = new TextEncoder()
const NULL: Schema = { kind: 'null' }
const union = (...members: Schema[]): Schema => ({ kind: 'union', members, discriminant: null })
const kind = (name: 'string' | 'number' | 'boolean' | 'bigint'): Schema => ({ kind: name })
const document = (schema: Schema, optional = false): SchemaDocument => ({
  root: { kind: 'object', fields: [{ name: 'v', schema, optional }] },
  defs: {},
})

/** What a column holds as a value of a type; the reason where it holds none. */
function column(text: string, schema: Schema, options: Partial<CsvFormat> = {}, optional = false): unknown {
  const decode = makeDecoder({ kind: 'csv', columns: ['v', 'w'], ...options }, document(schema, optional))
  const decoding = decode(utf8.encode(`${text},x`))
  return decoding.ok ? (decoding.value as { v?: unknown }).v : decoding.reason
}

const NO_NUMBER = 'expected number, got string'

test.each([
  ['+40.92', 40.92],
  ['-072.63', -72.63],
  ['.5', 0.5],
  ['-.5', -0.5],
  ['5.', 5],
  ['007', 7],
  ['1.e3', 1000],
  [' 12\t', 12],
  ['1,5', NO_NUMBER],
  ['.', NO_NUMBER],
  ['+', NO_NUMBER],
  ['0x10', NO_NUMBER],
  ['Infinity', NO_NUMBER],
  ['1_000', NO_NUMBER],
  ['--1', NO_NUMBER],
])('the number %s', (text, value) => {
  expect(column(`"${text}"`, kind('number'))).toBe(value)
})

test('integers, with a sign and zeros in front, keep all their digits', () => {
  expect(column('+009007199254740993', kind('bigint'))).toBe(9007199254740993n)
  expect(column('-0', kind('bigint'))).toBe(0n)
  expect(column('00', kind('bigint'))).toBe(0n)
  expect(column('1.0', kind('bigint'))).toBe('expected integer, got string')
})

test('booleans', () => {
  for (const word of ['true', 'True', 'TRUE', 't', 'T', 'yes', 'Y']) expect(column(word, kind('boolean'))).toBe(true)
  for (const word of ['false', 'False', 'FALSE', 'f', 'no', 'N']) expect(column(word, kind('boolean'))).toBe(false)
  for (const word of ['1', '0', 'on', 'truth']) expect(column(word, kind('boolean'))).toMatch(/^expected boolean/)
})

test('words for nothing, where a column takes no text', () => {
  for (const word of ['', 'NA', 'n/a', '#N/A', 'NULL', 'None', 'nil', 'NaN', '\\N']) {
    expect(column(word, union(NULL, kind('number')))).toBeNull()
    expect(column(word, kind('number'), {}, true)).toBeUndefined()
    expect(column(word, union(kind('string'), NULL))).toBe(word)
  }
  expect(column('NA', kind('number'))).toBe('expected number, got a word for nothing')
  expect(column('NA', union({ kind: 'literal', value: 'NA' }, NULL))).toBe('NA')
  expect(column('-', union(NULL, kind('number')))).toMatch(/got string/)
})

test('listed words for nothing count in columns of text too, and no others do', () => {
  const nulls = ['-', 'NULL']
  expect(column('NULL', union(kind('string'), NULL), { nulls })).toBeNull()
  expect(column('-', kind('string'), { nulls }, true)).toBeUndefined()
  expect(column('-', kind('string'), { nulls })).toBe('expected string, got a word for nothing')
  expect(column('NA', union(NULL, kind('number')), { nulls })).toMatch(/got string/)
  expect(column('', union(NULL, kind('number')), { nulls })).toBeNull()
})

test('strict: the forms of JSON alone', () => {
  for (const text of ['+1', '.5', '5.', '007']) expect(column(text, kind('number'), { strict: true })).toBe(NO_NUMBER)
  expect(column('True', kind('boolean'), { strict: true })).toMatch(/got string/)
  expect(column('NA', union(NULL, kind('number')), { strict: true })).toMatch(/got string/)
  expect(column('-1.5e3', kind('number'), { strict: true })).toBe(-1500)
})

test('a column that takes text keeps what JSON would not write as a number', () => {
  expect(column('007', union(kind('string'), kind('number')))).toBe('007')
  expect(column('7', union(kind('string'), kind('number')))).toBe(7)
  expect(column('TRUE', union(kind('string'), kind('boolean')))).toBe('TRUE')
})

describe('fields of a dialect', () => {
  const semicolon: RowDialect = { delimiter: ';', quote: "'", escapedBy: "'" }
  const backslash: RowDialect = { delimiter: ',', quote: '"', escapedBy: '\\' }
  const bare: RowDialect = { delimiter: '\t', quote: '', escapedBy: '' }
  it.each([
    [semicolon, `a;'b;''c''';"d"`, ['a', "b;'c'", '"d"']],
    [semicolon, "'a'b;c", null],
    [backslash, '"a \\"b\\"",C:\\dir,"x""y",\\N', ['a "b"', 'C:\\dir', 'x"y', '\\N']],
    [backslash, 'a\\,b,c', ['a,b', 'c']],
    [backslash, '"open\\"', null],
    [bare, '"a\tb"\t', ['"a', 'b"', '']],
  ])('%o %s', (dialect, row, fields) => {
    expect(csvFields(row, dialect)).toEqual(fields)
  })
})

describe('columns of a kept header', () => {
  const people: SchemaDocument = {
    root: {
      kind: 'object',
      fields: ['age', 'first', 'last'].map(name => ({ name, schema: kind('string'), optional: name === 'age' })),
    },
    defs: {},
  }
  const layout = (columns: readonly string[] | null, delimiter = ','): RowLayout => ({
    topic: 'people',
    columns,
    delimiter,
    quote: '"',
    escapedBy: '"',
  })
  const decode = makeDecoder({ kind: 'csv', columns: ['first', 'last'] }, people)
  const read = (row: string, given?: RowLayout): unknown => decode(utf8.encode(row), given)

  it('are found by name, in any order, layout by layout', () => {
    const ada = { ok: true, value: { first: 'Ada', last: 'Lovelace' } }
    expect(read('Ada,Lovelace')).toEqual(ada)
    expect(read('Lovelace,Ada', layout(['last', 'first']))).toEqual(ada)
    expect(read('36;Ada;x;Lovelace', layout(['age', 'first', '', 'last'], ';'))).toEqual({
      ok: true,
      value: { age: '36', first: 'Ada', last: 'Lovelace' },
    })
    expect(read('Ada;Lovelace', layout(null, ';'))).toEqual(ada)
    expect(read('Ada,Lovelace')).toEqual(ada)
    expect(read('Ada', layout(['last', 'first']))).toMatchObject({ reason: 'expected 2 columns, got 1' })
  })

  it('end the run where a field that is needed has none', () => {
    const given = layout(['First', 'last'])
    for (let turn = 0; turn < 2; turn++) {
      expect(() => read('Ada,Lovelace', given)).toThrow(
        expect.objectContaining({
          code: 'log-lacks',
          message: 'the rows of topic people have no column "first", which the job needs',
          hint: 'did you mean First? their header names First, last; columns are bound by these names',
        }),
      )
    }
  })
})
