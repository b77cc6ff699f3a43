// The obvious decoder on cases written by hand: one table for each format, path and reason in full.

import { describe, expect, it } from 'vitest'
import { makeDecoder } from '../../../core/decode/decoder.ts'
import type { FormatSpec } from '../../../core/plan/plan.ts'
import { ANY_JSON, type Schema, type SchemaField } from '../../../core/plan/schema.ts'

const utf8 = new TextEncoder()
const bytesOf = (input: string | Uint8Array | null): Uint8Array | null =>
  typeof input === 'string' ? utf8.encode(input) : input

const opt = (name: string, schema: Schema): SchemaField => ({ name, schema, optional: true })
const req = (name: string, schema: Schema): SchemaField => ({ name, schema, optional: false })
const object = (...fields: SchemaField[]): Schema => ({ kind: 'object', fields })
const union = (...members: Schema[]): Schema => ({ kind: 'union', members, discriminant: null })
const tagged = (discriminant: string, ...members: Schema[]): Schema => ({ kind: 'union', members, discriminant })
const literal = (value: string | number | boolean): Schema => ({ kind: 'literal', value })
const array = (items: Schema): Schema => ({ kind: 'array', items })
const record = (values: Schema): Schema => ({ kind: 'record', values })
const unknown: Schema = { kind: 'unknown' }
const string: Schema = { kind: 'string' }
const number: Schema = { kind: 'number' }
const boolean: Schema = { kind: 'boolean' }
const bigint: Schema = { kind: 'bigint' }
const nil: Schema = { kind: 'null' }

interface Case {
  readonly name: string
  readonly schema: Schema
  readonly input: string | Uint8Array | null
  readonly value?: unknown
  readonly fault?: string
  readonly defs?: Record<string, Schema>
}

function check(format: FormatSpec, { schema, input, value, fault, defs }: Case): void {
  const result = makeDecoder(format, { root: schema, defs: defs ?? {} })(bytesOf(input))
  if (fault === undefined) expect(result).toStrictEqual({ ok: true, value })
  else expect(result.ok ? result : `${result.path}: ${result.reason}`).toBe(fault)
}

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
const user = object(req('id', string), opt('tags', array(string)))

const never: Schema = { kind: 'never' }
const ok = object(opt('error', never), req('ok', number))
const failed = object(req('error', string), opt('ok', never))
const anonymous = object(opt('kind', never), req('who', string))
const known = object(req('id', string), req('kind', literal('known')), req('who', string))
const either = union(ok, failed)
const who = tagged('kind', anonymous, known)

const absent: Case[] = [
  { name: 'is absent', schema: ok, input: '{"ok":1}', value: { ok: 1 } },
  { name: 'has a value', schema: ok, input: '{"ok":1,"error":"x"}', fault: '$.error: expected nothing, got string' },
  { name: 'is null', schema: ok, input: '{"ok":1,"error":null}', fault: '$.error: expected nothing, got null' },
  { name: 'one member', schema: either, input: '{"error":"x"}', value: { error: 'x' } },
  { name: 'both members', schema: either, input: '{"ok":1,"error":"x"}', fault: '$: expected object, got object' },
  { name: 'untagged', schema: who, input: '{"who":"a"}', value: { who: 'a' } },
  {
    name: 'tagged',
    schema: who,
    input: '{"who":"a","kind":"known","id":"7"}',
    value: { id: '7', kind: 'known', who: 'a' },
  },
  { name: 'half tagged', schema: who, input: '{"who":"a","kind":"known"}', fault: '$.id: missing field' },
  {
    name: 'strangely tagged',
    schema: who,
    input: '{"kind":"x"}',
    fault: '$.kind: expected "known", got another string',
  },
  { name: 'no items', schema: array(never), input: '[]', value: [] },
  { name: 'an item too many', schema: array(never), input: '[null]', fault: '$[0]: expected nothing, got null' },
  { name: 'no fields', schema: record(never), input: '{}', value: {} },
  { name: 'a field too many', schema: record(never), input: '{"a":1}', fault: '$.a: expected nothing, got number' },
]

const scalars: Case[] = [
  { name: 'string', schema: string, input: '"a"', value: 'a' },
  { name: 'lone surrogate', schema: string, input: '"\\ud800"', value: '\ud800' },
  { name: 'number for string', schema: string, input: '1', fault: '$: expected string, got number' },
  { name: 'null where not nullable', schema: string, input: 'null', fault: '$: expected string, got null' },
  { name: 'nullable', schema: union(string, nil), input: 'null', value: null },
  { name: 'minus zero is kept', schema: number, input: '-0', value: -0 },
  { name: 'beyond all doubles', schema: number, input: '1e999', value: Number.POSITIVE_INFINITY },
  { name: 'nearest double', schema: number, input: '9007199254740993', value: 9007199254740992 },
  { name: 'boolean', schema: boolean, input: 'true', value: true },
  { name: 'text for boolean', schema: boolean, input: '"true"', fault: '$: expected boolean, got string' },
  { name: 'exact integer', schema: bigint, input: '9007199254740993', value: 9007199254740993n },
  { name: 'negative integer', schema: bigint, input: ' -12 ', value: -12n },
  { name: 'minus zero as integer', schema: bigint, input: '-0', value: 0n },
  {
    name: 'fraction',
    schema: bigint,
    input: '1.0',
    fault: '$: expected integer, got number with fraction or exponent',
  },
  {
    name: 'exponent',
    schema: bigint,
    input: '1e3',
    fault: '$: expected integer, got number with fraction or exponent',
  },
  { name: 'text for integer', schema: bigint, input: '"1"', fault: '$: expected integer, got string' },
  { name: 'literal', schema: literal('a'), input: '"a"', value: 'a' },
  { name: 'another literal', schema: literal('a'), input: '"b"', fault: '$: expected "a", got another string' },
  { name: 'number for literal', schema: literal('a'), input: '1', fault: '$: expected "a", got number' },
  {
    name: 'none of the literals',
    schema: union(literal('a'), literal('b')),
    input: '"c"',
    fault: '$: expected "a" | "b", got another string',
  },
]

const composites: Case[] = [
  { name: 'undeclared fields go', schema: user, input: '{"id":"u","x":1}', value: { id: 'u' } },
  { name: 'missing field', schema: user, input: '{"tags":[]}', fault: '$.id: missing field' },
  {
    name: 'array item',
    schema: user,
    input: '{"id":"u","tags":["a",2]}',
    fault: '$.tags[1]: expected string, got number',
  },
  {
    name: 'null is not absent',
    schema: user,
    input: '{"id":"u","tags":null}',
    fault: '$.tags: expected array, got null',
  },
  { name: 'array for object', schema: user, input: '[]', fault: '$: expected object, got array' },
  { name: 'last duplicate wins', schema: user, input: '{"id":1,"id":"u"}', value: { id: 'u' } },
  {
    name: 'last duplicate fails',
    schema: user,
    input: '{"id":"u","id":1}',
    fault: '$.id: expected string, got number',
  },
  {
    name: 'fields in declared order, depth first',
    schema: object(req('a', user), req('b', string)),
    input: '{"b":1,"a":{"id":2}}',
    fault: '$.a.id: expected string, got number',
  },
  {
    name: 'an odd name in the path',
    schema: object(req('a b', string)),
    input: '{"a b":1}',
    fault: '$["a b"]: expected string, got number',
  },
  { name: 'record', schema: record(number), input: '{"b":1,"a":2}', value: { b: 1, a: 2 } },
  { name: 'record value', schema: record(number), input: '{"b":"x"}', fault: '$.b: expected number, got string' },
  {
    name: 'a long name in the path is cut',
    schema: record(number),
    input: `{"${'x'.repeat(1000)}":"y"}`,
    fault: `$["${'x'.repeat(60)}…"]: expected number, got string`,
  },
  {
    name: 'tuple',
    schema: { kind: 'tuple', items: [string, number], required: 1, rest: null },
    input: '["a"]',
    value: ['a'],
  },
  {
    name: 'too long a tuple',
    schema: { kind: 'tuple', items: [string, number], required: 1, rest: null },
    input: '["a",1,2]',
    fault: '$: expected 1 to 2 elements, got 3',
  },
  {
    name: 'rest of a tuple',
    schema: { kind: 'tuple', items: [string], required: 1, rest: number },
    input: '["a",1,"b"]',
    fault: '$[2]: expected number, got string',
  },
  {
    name: 'recursive type',
    schema: { kind: 'ref', name: 'Tree' },
    defs: { Tree: object(req('kids', array({ kind: 'ref', name: 'Tree' })), req('n', number)) },
    input: '{"n":1,"kids":[{"n":"x","kids":[]}]}',
    fault: '$.kids[0].n: expected number, got string',
  },
  {
    name: 'integers inside',
    schema: object(req('big', bigint), req('list', array(unknown)), req('n', number)),
    input: '{"n":1.5,"big":12345678901234567890,"list":[1,{"a":-0}, "\\u0041\\"" ]}',
    value: { big: 12345678901234567890n, list: [1, { a: -0 }, 'A"'], n: 1.5 },
  },
]

const unions: Case[] = [
  {
    name: 'discriminant chooses',
    schema: tagged(
      't',
      object(req('a', number), req('t', literal('A'))),
      object(req('b', number), req('t', literal('B'))),
    ),
    input: '{"t":"B","b":"x"}',
    fault: '$.b: expected number, got string',
  },
  {
    name: 'unknown discriminant',
    schema: tagged('t', object(req('t', literal('A'))), object(req('t', literal('B')))),
    input: '{"t":"C"}',
    fault: '$.t: expected "A" | "B", got another string',
  },
  {
    name: 'missing discriminant',
    schema: tagged('t', object(req('t', literal('A'))), object(req('t', literal('B')))),
    input: '{}',
    fault: '$.t: missing field',
  },
  {
    name: 'null beside a discriminated union',
    schema: tagged('t', object(req('t', literal('A'))), object(req('t', literal('B'))), nil),
    input: 'null',
    value: null,
  },
  {
    name: 'the only member that could hold it says why',
    schema: union(object(req('a', number)), nil),
    input: '{"a":"x"}',
    fault: '$.a: expected number, got string',
  },
  {
    name: 'every accepting member keeps its fields',
    schema: union(object(req('a', number)), object(req('a', number), req('b', string))),
    input: '{"b":"x","a":1,"c":2}',
    value: { a: 1, b: 'x' },
  },
  {
    name: 'no member at all',
    schema: union(string, number),
    input: 'true',
    fault: '$: expected string | number, got boolean',
  },
  {
    name: 'unions inside unions take no exponential time',
    schema: { kind: 'ref', name: 'T' },
    defs: {
      T: union(
        object(opt('a', { kind: 'ref', name: 'T' }), opt('x', number)),
        object(opt('a', { kind: 'ref', name: 'T' }), opt('y', number)),
      ),
    },
    input: `${'{"a":'.repeat(199)}{"x":1,"y":"no"}${'}'.repeat(199)}`,
    value: Array.from({ length: 199 }).reduce<unknown>(value => ({ a: value }), { x: 1 }),
  },
]

const texts: Case[] = [
  { name: 'null value', schema: unknown, input: null, fault: '$: null value' },
  { name: 'no bytes', schema: unknown, input: '', fault: '$: empty' },
  { name: 'blanks only', schema: unknown, input: ' \r', fault: '$: empty' },
  { name: 'trailing CR', schema: unknown, input: '1\r', value: 1 },
  { name: 'byte order mark', schema: unknown, input: '\ufeff1', fault: '$: not JSON' },
  { name: 'trailing comma', schema: unknown, input: '[1,]', fault: '$: not JSON' },
  { name: 'two values', schema: unknown, input: '1 2', fault: '$: not JSON' },
  { name: 'malformed UTF-8', schema: unknown, input: Uint8Array.of(0x22, 0xff, 0x22), fault: '$: invalid UTF-8' },
  {
    name: 'encoded surrogate',
    schema: unknown,
    input: Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22),
    fault: '$: invalid UTF-8',
  },
  { name: 'deep enough', schema: unknown, input: `{"a":${nested(199)}}`, value: { a: JSON.parse(nested(199)) } },
  { name: 'too deep', schema: unknown, input: nested(201), fault: '$: nested too deeply' },
  {
    name: 'as deep as may be in an undeclared field',
    schema: user,
    input: `{"x":${nested(100_000)},"id":"u"}`,
    value: { id: 'u' },
  },
  {
    name: 'the same with exact integers',
    schema: object(req('n', bigint)),
    input: `{"x":${nested(100_000)},"n":9007199254740993,"y":[{"a":[1,{}]},[],{"b":"]"}]}`,
    value: { n: 9007199254740993n },
  },
  { name: 'deep behind a literal', schema: literal('a'), input: nested(100_000), fault: '$: expected "a", got array' },
  {
    name: 'deep behind a scalar',
    schema: union(string, number),
    input: nested(100_000),
    fault: '$: expected string | number, got array',
  },
  {
    name: 'deep enough in a declared type',
    schema: { kind: 'ref', name: 'List' },
    defs: { List: array({ kind: 'ref', name: 'List' }) },
    input: nested(200),
    value: JSON.parse(nested(200)),
  },
  {
    name: 'too deep in a declared type',
    schema: { kind: 'ref', name: 'List' },
    defs: { List: array({ kind: 'ref', name: 'List' }) },
    input: nested(201),
    fault: '$: nested too deeply',
  },
  {
    name: 'too deep for one member of a union, which the other does not look at',
    schema: union(object(req('id', string)), object(req('id', number), req('x', unknown))),
    input: `{"id":"u","x":${nested(300)}}`,
    value: { id: 'u' },
  },
  {
    name: 'brackets in strings do not nest',
    schema: unknown,
    input: JSON.stringify('["'.repeat(500)),
    value: '["'.repeat(500),
  },
  { name: 'deep and broken', schema: unknown, input: '['.repeat(1_000_000), fault: '$: not JSON' },
  {
    name: 'a long string',
    schema: bigint,
    input: `"${'\\"'.repeat(500_000)}"`,
    fault: '$: expected integer, got string',
  },
]

const lines: Case[] = [
  { name: 'a line', schema: string, input: 'a b', value: 'a b' },
  { name: 'one trailing CR goes', schema: string, input: 'a\r\r', value: 'a\r' },
  { name: 'empty line', schema: string, input: '', fault: '$: empty' },
  { name: 'empty line of a Windows program', schema: string, input: '\r', fault: '$: empty' },
  { name: 'byte order mark stays', schema: string, input: '\ufeffa', value: '\ufeffa' },
  { name: 'malformed UTF-8', schema: string, input: Uint8Array.of(0xc3), fault: '$: invalid UTF-8' },
  { name: 'null value', schema: string, input: null, fault: '$: null value' },
]

const row = object(opt('n', number), req('ok', boolean), req('s', string))
const csvCases: Case[] = [
  { name: 'plain', schema: row, input: 'x,1.5,true', value: { n: 1.5, ok: true, s: 'x' } },
  { name: 'quotes', schema: row, input: '"a ""b"", c",1,true\r', value: { n: 1, ok: true, s: 'a "b", c' } },
  { name: 'line break in quotes', schema: row, input: '"a\nb",1,true', value: { n: 1, ok: true, s: 'a\nb' } },
  { name: 'quote inside', schema: row, input: '12" pipe,1,true', value: { n: 1, ok: true, s: '12" pipe' } },
  { name: 'open quote', schema: row, input: '"x,1,true', fault: '$: malformed quotes' },
  { name: 'text after a quote', schema: row, input: '"x"y,1,true', fault: '$: malformed quotes' },
  { name: 'blanks around a number', schema: row, input: 'x, 2 ,\ttrue', value: { n: 2, ok: true, s: 'x' } },
  { name: 'empty optional', schema: row, input: ',,true', value: { ok: true, s: '' } },
  { name: 'a sign and capitals', schema: row, input: 'x,+1,TRUE', value: { s: 'x', n: 1, ok: true } },
  { name: 'empty where needed', schema: row, input: 'x,1,', fault: '$.ok: expected boolean, got an empty column' },
  { name: 'too few', schema: row, input: 'x,1', fault: '$: expected 3 columns, got 2' },
  { name: 'too many', schema: row, input: 'x,1,true,', fault: '$: expected 3 columns, got 4' },
  { name: 'empty line', schema: row, input: '\r', fault: '$: empty' },
  { name: 'undeclared columns go', schema: object(req('s', string)), input: 'x,1,true', value: { s: 'x' } },
  {
    name: 'undeclared in the source',
    schema: object(req('z', string)),
    input: 'x,1,true',
    fault: '$.z: missing field',
  },
  { name: 'nullable', schema: object(req('n', union(number, nil))), input: 'x,,true', value: { n: null } },
  { name: 'empty string is no null', schema: object(req('s', union(string, nil))), input: ',1,true', value: { s: '' } },
  { name: 'number before string', schema: object(req('s', union(string, number))), input: '7,1,true', value: { s: 7 } },
  {
    name: 'integer',
    schema: object(req('n', bigint)),
    input: 'x,9007199254740993,true',
    value: { n: 9007199254740993n },
  },
  { name: 'literals', schema: object(req('s', union(literal('a'), literal(1)))), input: ' 1,1,true', value: { s: 1 } },
  {
    name: 'object column',
    schema: object(req('s', object())),
    input: 'x,1,true',
    fault: '$.s: expected object, got string',
  },
  {
    name: 'blanks in the middle take linear time',
    schema: row,
    input: `x,${' '.repeat(300_000)}x,true`,
    fault: '$.n: expected number, got string',
  },
]

describe('json', () => {
  for (const c of [...scalars, ...composites, ...unions, ...texts]) it(c.name, () => check({ kind: 'json' }, c))
})

describe('fields declared absent', () => {
  for (const c of absent) it(c.name, () => check({ kind: 'json' }, c))

  it('an empty column is absent, a text is a value', () => {
    const row = object(opt('n', never), req('s', string))
    check({ kind: 'csv', columns: ['s', 'n'] }, { name: '', schema: row, input: 'a,', value: { s: 'a' } })
    check({ kind: 'csv', columns: ['s'] }, { name: '', schema: row, input: 'a', value: { s: 'a' } })
    const fault = '$.n: expected nothing, got string'
    check({ kind: 'csv', columns: ['s', 'n'] }, { name: '', schema: row, input: 'a,1', fault })
  })

  it('says of a union why no member fits, for display', () => {
    const result = makeDecoder({ kind: 'json' }, { root: either, defs: {} })(utf8.encode('{"ok":1,"error":"x"}'))
    expect(result).toHaveProperty(
      'detail',
      'none of its types fits: $.error: expected nothing, got string; $.ok: expected nothing, got number',
    )
  })
})

describe('what a record holds instead, for display', () => {
  const long = `[${'1,'.repeat(200)}]`
  const lines = [
    ['json', '\ufeff{}', String.raw`the text is "\ufeff{}"`],
    ['json', long, `the text is "${long.slice(0, 40)}…${long.slice(-20)}"`],
    ['csv', 'x,1.234.567', 'the column holds "1.234.567"'],
  ] as const
  it.each(lines)('%s %s', (kind, input, detail) => {
    const format: FormatSpec = kind === 'csv' ? { kind, columns: ['s', 'n'] } : { kind }
    const result = makeDecoder(format, { root: object(req('s', string), req('n', number)), defs: {} })(
      utf8.encode(input),
    )
    expect(result).toHaveProperty('detail', detail)
  })
})

describe('lines', () => {
  for (const c of lines) it(c.name, () => check({ kind: 'lines' }, c))
})

describe('csv', () => {
  for (const c of csvCases) it(c.name, () => check({ kind: 'csv', columns: ['s', 'n', 'ok'] }, c))
})

describe('bytes', () => {
  it('gives a copy', () => {
    const input = Uint8Array.of(1, 2, 255)
    const result = makeDecoder({ kind: 'bytes' }, ANY_JSON)(input)
    input[0] = 9
    expect(result).toStrictEqual({ ok: true, value: Uint8Array.of(1, 2, 255) })
  })
})

describe('names of Object.prototype', () => {
  const text = '{"__proto__":{"a":1},"constructor":2,"toString":3}'
  it.each([
    ['unknown', unknown],
    ['record', record(unknown)],
    ['object', object(req('__proto__', unknown), req('constructor', unknown), req('toString', unknown))],
    ['exact', object(req('__proto__', unknown), req('constructor', bigint), req('toString', unknown))],
  ] as const)('are ordinary fields of %s', (_, schema) => {
    const result = makeDecoder({ kind: 'json' }, { root: schema, defs: {} })(bytesOf(text))
    if (!result.ok) throw new Error(result.reason)
    const value = result.value as object
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor', 'toString'])
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect((value as { a?: unknown }).a).toBeUndefined()
  })

  it('are missing where the record lacks them', () => {
    const schema = object(req('constructor', unknown))
    check({ kind: 'json' }, { name: '', schema, input: '{}', fault: '$.constructor: missing field' })
  })
})
