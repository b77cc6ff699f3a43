// The emitted decoder on chosen records: which take the fast path, which the obvious decoder reads, and hostile ones.

import { describe, expect, it } from 'vitest'
import { makeDecoder } from '../../../core/decode/decoder.ts'
import type { FormatSpec } from '../../../core/plan/plan.ts'
import { ANY_JSON, type Schema, type SchemaDocument, type Uses } from '../../../core/plan/schema.ts'
import { exactText, usedParts } from './arbitraries.ts'
import { decoderText, type FastDecoder, fastDecoder } from './fast-decoder.ts'

const utf8 = new TextEncoder()
const JSON_FORMAT: FormatSpec = { kind: 'json' }
const STRING: Schema = { kind: 'string' }
const NUMBER: Schema = { kind: 'number' }

const object = (fields: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema => ({
  kind: 'object',
  fields: Object.keys(fields)
    .sort()
    .map(name => ({ name, schema: fields[name] as Schema, optional: optional.includes(name) })),
})
const document = (root: Schema): SchemaDocument => ({ root, defs: {} })
const union = (...members: Schema[]): Schema => ({ kind: 'union', members, discriminant: null })

const EVENT = document(
  object(
    {
      country: STRING,
      kind: union({ kind: 'literal', value: 'page' }, { kind: 'literal', value: 'click' }),
      n: NUMBER,
      ref: union({ kind: 'null' }, STRING),
      tags: { kind: 'array', items: STRING },
      user: object({ id: NUMBER, name: STRING }, ['name']),
    },
    ['tags'],
  ),
)
const GOOD = '{"country":"KR","kind":"page","n":1.5,"ref":null,"tags":["a"],"user":{"id":7,"name":"x"}}'

/** Checks that the fast decoder declines the record (`fast` false), or gives what the obvious decoder gives. */
function check(
  decode: FastDecoder,
  schema: SchemaDocument,
  text: string | Uint8Array,
  fast: boolean,
  uses: Uses = true,
): void {
  const bytes = typeof text === 'string' ? utf8.encode(text) : text
  const expected = makeDecoder(JSON_FORMAT, schema)(bytes)
  const got = decode(bytes)
  expect(got !== undefined).toBe(fast)
  if (got !== undefined) {
    expect(expected.ok && exactText(usedParts(expected.value, uses))).toBe(exactText(got))
  }
}

describe('on the fast path', () => {
  const decode = fastDecoder(JSON_FORMAT, EVENT)
  it.each([
    ['the order of the schema', GOOD],
    ['another order', '{"user":{"name":"y","id":0},"ref":"r","n":-0,"kind":"click","country":""}'],
    ['blanks', ` ${GOOD.replaceAll(',', ' , ').replaceAll(':', '\t:\n')}\r\n`],
    ['undeclared fields', GOOD.replace('{', '{"x":{"y":[1,{"z":"}"}]},"a long undeclared name of a field":-1e-7,')],
    ['escapes in texts', GOOD.replace('KR', '\\u00e9\\n\\"')],
    ['other scripts', GOOD.replace('KR', '한국 😀')],
    ['another name of an undeclared field in UTF-8', GOOD.replace('{', '{"größe":1,')],
    ['numbers with many digits', GOOD.replace('1.5', '123456789012345678901234567890.5e-7')],
    ['an exponent', GOOD.replace('1.5', '-12E+20')],
  ])('%s', (_, text) => check(decode, EVENT, text, true))
})

describe('declined, for the obvious decoder', () => {
  const decode = fastDecoder(JSON_FORMAT, EVENT)
  it.each([
    ['a duplicate', GOOD.replace('{', '{"n":1,')],
    ['an escaped name', GOOD.replace('"n"', '"\\u006e"')],
    ['another type', GOOD.replace('1.5', '"1.5"')],
    ['a missing field', GOOD.replace('"n":1.5,', '')],
    ['null where nothing is nullable', GOOD.replace('"KR"', 'null')],
    ['another literal', GOOD.replace('page', 'pages')],
    ['an escaped literal', GOOD.replace('page', 'p\\u0061ge')],
    ['a trailing comma', GOOD.replace('}}', '},}')],
    ['two values', `${GOOD}1`],
    ['a cut record', GOOD.slice(0, -1)],
    ['a byte order mark', `\ufeff${GOOD}`],
    ['a control character', GOOD.replace('KR', 'K\tR')],
    ['a bad escape', GOOD.replace('KR', '\\x41')],
    ['a bad number', GOOD.replace('1.5', '01')],
    ['a number without digits', GOOD.replace('1.5', '1.e5')],
    ['a bad literal', GOOD.replace('null', 'nulL')],
    ['nothing', ''],
    ['blanks only', ' \n'],
    ['a list', '[]'],
    ['deep nesting', GOOD.replace('{', `{"x":${'['.repeat(150)}${']'.repeat(150)},`)],
    ['nesting past the limit', GOOD.replace('{', `{"x":${'['.repeat(300)}${']'.repeat(300)},`)],
    ['bad UTF-8', Uint8Array.from([...utf8.encode('{"country":"'), 0xff, ...utf8.encode('"}')])],
    ['an overlong form', Uint8Array.from([...utf8.encode('{"country":"'), 0xc0, 0x80, ...utf8.encode('"}')])],
    ['a surrogate in UTF-8', Uint8Array.from([...utf8.encode('{"x":"'), 0xed, 0xa0, 0x80, ...utf8.encode('"}')])],
  ])('%s', (_, text) => check(decode, EVENT, text, false))
})

describe('hostile records', () => {
  it('does not take an ordinary field for a prototype', () => {
    const schema = document(object({ a: NUMBER }))
    check(fastDecoder(JSON_FORMAT, schema), schema, '{"__proto__":{"a":2},"a":1}', true)
    const own = document(object({ __proto__: STRING } as never))
    expect(own.root).toMatchObject({ fields: [] })
    const declared = document({ kind: 'object', fields: [{ name: '__proto__', schema: STRING, optional: false }] })
    check(fastDecoder(JSON_FORMAT, declared), declared, '{"__proto__":"x"}', true)
  })

  it('reads a string of a megabyte', () => {
    const schema = document(object({ a: STRING, b: NUMBER }))
    check(fastDecoder(JSON_FORMAT, schema), schema, `{"a":"${'x'.repeat(1 << 20)}","b":1}`, true)
    check(fastDecoder(JSON_FORMAT, schema, { b: true }), schema, `{"a":"${'é'.repeat(1 << 19)}","b":1}`, true, {
      b: true,
    })
  })

  it('never looks past the end of a record', () => {
    const decode = fastDecoder(JSON_FORMAT, EVENT)
    for (let length = 0; length < GOOD.length; length++) check(decode, EVENT, GOOD.slice(0, length), false)
  })

  it('takes integers at any size', () => {
    const schema = document({ kind: 'array', items: { kind: 'bigint' } })
    const decode = fastDecoder(JSON_FORMAT, schema)
    check(decode, schema, '[0,-0,9007199254740993,-123456789012345678901234567890]', true)
    check(decode, schema, '[1.0]', false)
    check(decode, schema, '[1e2]', false)
  })

  it('stops at the limit of depth in recursive types', () => {
    const list: Schema = { kind: 'ref', name: 'L' }
    const defs = { L: union({ kind: 'null' }, object({ next: list })) }
    const schema: SchemaDocument = { root: list, defs }
    const nested = (depth: number): string => `${'{"next":'.repeat(depth)}null${'}'.repeat(depth)}`
    const decode = fastDecoder(JSON_FORMAT, schema)
    check(decode, schema, nested(40), true)
    check(decode, schema, nested(199), false)
    check(decode, schema, nested(201), false)
    check(decode, schema, nested(40), true)
  })
})

describe('order', () => {
  it('is relearned when it changes, with any number of undeclared fields', () => {
    const decode = fastDecoder(JSON_FORMAT, EVENT)
    const parts = ['"country":"a"', '"kind":"page"', '"n":1', '"ref":"b"', '"user":{"id":1}']
    for (let turn = 0; turn < 200; turn++) {
      const extra = Array.from({ length: turn % 50 }, (_, i) => `"extra${turn}-${i}":${i}`)
      const at = turn % parts.length
      check(decode, EVENT, `{${[...parts.slice(at), ...extra, ...parts.slice(0, at)].join(',')}}`, true)
    }
  })
})

describe('strings that repeat', () => {
  it('give the same value, whatever their length and whatever comes between', () => {
    const schema = document(object({ a: STRING }))
    const decode = fastDecoder(JSON_FORMAT, schema)
    for (let i = 0; i < 20_000; i++) {
      const a = i % 3 === 0 ? 'k'.repeat(i % 19) : `${i}`
      expect(decode(utf8.encode(`{"a":"${a}"}`))).toEqual({ a })
    }
  })
})

describe('lines, bytes and csv', () => {
  const same = (format: FormatSpec, schema: SchemaDocument, bytes: Uint8Array, uses: Uses = true): boolean => {
    const expected = makeDecoder(format, schema)(bytes)
    const got = fastDecoder(format, schema, uses)(bytes)
    if (got !== undefined)
      expect({ ok: true, value: got }).toEqual(
        expected.ok ? { ok: true, value: usedParts(expected.value, uses) } : expected,
      )
    return got !== undefined
  }

  it('give what the obvious decoders give', () => {
    for (const text of ['a', 'a\r', '\r\r', 'é\r', 'x'.repeat(40), 'a\rb', '\ufeffa']) {
      expect(same({ kind: 'lines' }, document(STRING), utf8.encode(text))).toBe(true)
    }
    for (const empty of ['', '\r']) expect(same({ kind: 'lines' }, document(STRING), utf8.encode(empty))).toBe(false)
    expect(same({ kind: 'lines' }, document(STRING), Uint8Array.of(0x61, 0xff))).toBe(false)
    expect(same({ kind: 'bytes' }, ANY_JSON, Uint8Array.of(0, 0xff, 1))).toBe(true)
  })

  it('read unquoted rows of csv', () => {
    const format: FormatSpec = { kind: 'csv', columns: ['item', 'n', 'rest'] }
    const schema = document(object({ item: STRING, n: NUMBER, note: STRING }, ['note']))
    const rows: [string, boolean][] = [
      ['a,1,x', true],
      ['a,-1.5e3,\r', true],
      [',0,', true],
      ['a b,1,x', true],
      ['a,,x', false],
      ['a, 1,x', false],
      ['"a",1,x', false],
      ['a"b,1,x', false],
      ['é,1,x', false],
      ['a,1', false],
      ['a,1,x,y', false],
      ['', false],
      ['a,1e,x', false],
    ]
    for (const [row, fast] of rows) expect([row, same(format, schema, utf8.encode(row))]).toEqual([row, fast])
    expect(same(format, schema, utf8.encode('a,1,x'), { n: true })).toBe(true)
  })
})

describe('the emitted text', () => {
  it('reads what is used and steps over the rest', () => {
    const schema = document(object({ at: NUMBER, country: STRING, user: object({ id: NUMBER }) }, ['user']))
    expect(decoderText(JSON_FORMAT, schema, { country: true })).toMatchSnapshot()
  })

  it('reads lists, unions and literals', () => {
    const kind = union({ kind: 'literal', value: 'page' }, { kind: 'null' })
    expect(decoderText(JSON_FORMAT, document({ kind: 'array', items: kind }), true)).toMatchSnapshot()
  })

  it('reads csv', () => {
    const schema = document(object({ item: STRING, n: NUMBER }))
    expect(decoderText({ kind: 'csv', columns: ['n', 'x', 'item'] }, schema, true)).toMatchSnapshot()
  })
})
