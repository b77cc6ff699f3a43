// Types to schemas: the schema of each form of type, and the types that are refused, with the path into the type.

import { describe, expect, it } from 'vitest'
import type { Schema, SchemaDocument } from '../../../core/plan/schema.ts'
import { analyseCases, diagnosticsOf } from '../support/check-cases.ts'

const PRELUDE = `import { source, csv, lines, bytes, sum, first } from 'lyrebird'\n`
const string: Schema = { kind: 'string' }
const number: Schema = { kind: 'number' }
const never: Schema = { kind: 'never' }
const literal = (value: string | number | boolean): Schema => ({ kind: 'literal', value })
const object = (fields: Record<string, Schema>, optional: readonly string[] = []): Schema => ({
  kind: 'object',
  fields: Object.entries(fields).map(([name, schema]) => ({ name, schema, optional: optional.includes(name) })),
})
const union = (discriminant: string | null, ...members: Schema[]): Schema => ({ kind: 'union', members, discriminant })
const plain = (root: Schema): SchemaDocument => ({ root, defs: {} })

interface TypeCase {
  readonly name: string
  readonly type: string
  readonly declare?: string
  readonly schema: SchemaDocument
}

const GOOD: readonly TypeCase[] = [
  {
    name: 'scalars',
    type: '{ n: null; b: boolean; i: bigint; d: number; s: string; u: unknown }',
    schema: plain(
      object({
        b: { kind: 'boolean' },
        d: number,
        i: { kind: 'bigint' },
        n: { kind: 'null' },
        s: string,
        u: { kind: 'unknown' },
      }),
    ),
  },
  {
    name: 'arrays',
    type: 'readonly string[][]',
    schema: plain({ kind: 'array', items: { kind: 'array', items: string } }),
  },
  {
    name: 'tuples',
    type: '[string, number?, ...boolean[]]',
    schema: plain({ kind: 'tuple', items: [string, number], required: 1, rest: { kind: 'boolean' } }),
  },
  {
    name: 'records',
    type: 'Record<string, { n: number }>',
    schema: plain({ kind: 'record', values: object({ n: number }) }),
  },
  {
    name: 'index-signatures',
    type: '{ [name: string]: number | undefined }',
    schema: plain({ kind: 'record', values: number }),
  },
  { name: 'records-of-literals', type: `Record<'a' | 'b', number>`, schema: plain(object({ a: number, b: number })) },
  {
    name: 'literals',
    type: `{ k: 'b' | 'a' | 3 | true }`,
    schema: plain(object({ k: union(null, literal('a'), literal('b'), literal(3), literal(true)) })),
  },
  {
    name: 'optional',
    type: '{ a?: string; b?: string | null; c: string | undefined }',
    schema: plain(object({ a: string, b: union(null, { kind: 'null' }, string), c: string }, ['a', 'b', 'c'])),
  },
  { name: 'nullable', type: 'string | null', schema: plain(union(null, { kind: 'null' }, string)) },
  { name: 'booleans', type: 'boolean | null', schema: plain(union(null, { kind: 'boolean' }, { kind: 'null' })) },
  {
    name: 'discriminated',
    type: `{ kind: 'box'; w: number } | { kind: 'circle'; r: number }`,
    schema: plain(
      union('kind', object({ kind: literal('box'), w: number }), object({ kind: literal('circle'), r: number })),
    ),
  },
  {
    name: 'not-discriminated',
    type: `{ kind: string; w: number } | { kind: 'circle'; r: number }`,
    schema: plain(union(null, object({ kind: literal('circle'), r: number }), object({ kind: string, w: number }))),
  },
  {
    name: 'declared-absent',
    type: '{ a: string; b?: never; c?: undefined; d?: void; e: undefined; f: void; g: string | void }',
    schema: plain(object({ a: string, b: never, c: never, d: never, e: never, f: never, g: string }, [...'bcdefg'])),
  },
  {
    name: 'exclusive',
    type: '{ a: string; b?: never } | { a?: never; b: string }',
    schema: plain(union(null, object({ a: never, b: string }, ['a']), object({ a: string, b: never }, ['b']))),
  },
  {
    name: 'untagged-beside-tagged',
    type: `{ id: string; tag?: undefined } | { id: string; tag: 'x' }`,
    schema: plain(union('tag', object({ id: string, tag: literal('x') }), object({ id: string, tag: never }, ['tag']))),
  },
  {
    name: 'empty',
    type: '{ list: never[]; record: Record<string, never>; pair: [string, never?] }',
    schema: plain(
      object({
        list: { kind: 'array', items: never },
        pair: { kind: 'tuple', items: [string, never], required: 1, rest: null },
        record: { kind: 'record', values: never },
      }),
    ),
  },
  {
    name: 'mapped',
    declare: 'interface All { a: string; b: number; c: boolean }',
    type: `Partial<Pick<All, 'a' | 'b'>> & Omit<All, 'a' | 'b'>`,
    schema: plain(object({ a: string, b: number, c: { kind: 'boolean' } }, ['a', 'b'])),
  },
  {
    name: 'inherited',
    declare: 'interface Base { id: string }\ninterface More extends Base { n: number }',
    type: 'More',
    schema: plain(object({ id: string, n: number })),
  },
  {
    name: 'brands',
    declare: `type Cents = number & { readonly __unit: 'cents' }`,
    type: '{ price: Cents }',
    schema: plain(object({ price: number })),
  },
  {
    name: 'enums',
    declare: `enum Level { low = 1, high = 2 }`,
    type: '{ level: Level }',
    schema: plain(object({ level: union(null, literal(1), literal(2)) })),
  },
  {
    name: 'generic-arguments',
    declare: 'interface Page<T> { items: T[] }',
    type: 'Page<{ a: string }>',
    schema: plain(object({ items: { kind: 'array', items: object({ a: string }) } })),
  },
  { name: 'unknown', type: 'unknown', schema: plain({ kind: 'unknown' }) },
  {
    name: 'hostile-names',
    type: `{ '__proto__': string; 'a b': number; '': string }`,
    schema: plain(object({ '': string, ['__proto__']: string, 'a b': number })),
  },
  {
    name: 'recursive',
    declare: 'interface Tree { value: number; children: Tree[] }',
    type: 'Tree',
    schema: {
      root: { kind: 'ref', name: 'Tree' },
      defs: { Tree: object({ children: { kind: 'array', items: { kind: 'ref', name: 'Tree' } }, value: number }) },
    },
  },
  {
    name: 'recursive-alias',
    declare: 'type Json = null | string | Json[]',
    type: '{ v: Json }',
    schema: {
      root: object({ v: { kind: 'ref', name: 'Json' } }),
      defs: { Json: union(null, { kind: 'array', items: { kind: 'ref', name: 'Json' } }, { kind: 'null' }, string) },
    },
  },
  {
    name: 'mutual',
    declare: 'interface A { b?: B }\ninterface B { a: A }',
    type: 'A',
    schema: {
      root: { kind: 'ref', name: 'A' },
      defs: { A: object({ b: object({ a: { kind: 'ref', name: 'A' } }) }, ['b']) },
    },
  },
]

interface RefusedCase {
  readonly name: string
  readonly code: string
  readonly word: string
  readonly label: string
}

const typed = (name: string, type: string, word: string, label: string, declare = ''): RefusedCase => ({
  name,
  code: `${declare}\nexport const s = source<${type}>('t')`,
  word,
  label,
})

const REFUSED: readonly RefusedCase[] = [
  typed('any', '{ a: { b: any } }', 'any-in-type', '$.a.b is any'),
  typed('date', '{ at: Date }', 'date-in-type', '$.at is a Date'),
  typed('date-in-array', '{ at: (Date | null)[] }', 'date-in-type', '$.at[] is a Date'),
  typed('class', 'Money', 'class-in-type', 'Money is the class Money', 'class Money { cents = 1n }'),
  typed('built-in', '{ r: RegExp }', 'class-in-type', '$.r is the built-in RegExp'),
  typed('bytes', '{ b: Uint8Array }', 'class-in-type', '$.b is the built-in Uint8Array'),
  typed('method', 'Order', 'function-in-type', 'Order.total is a function', 'interface Order { total(): number }'),
  typed('function', '{ f: () => void }', 'function-in-type', '$.f is a function'),
  typed('symbol', '{ s: symbol }', 'symbol-in-type', '$.s is a symbol'),
  typed('map', '{ m: Map<string, number> }', 'collection-in-type', '$.m is a Map'),
  typed('set', '{ m: ReadonlySet<string> }', 'collection-in-type', '$.m is a ReadonlySet'),
  typed('undefined-item', '(string | undefined)[]', 'unsupported-type', '$[] is undefined'),
  typed('never', '{ n: never }', 'unsupported-type', '$.n is never'),
  typed(
    'template',
    '{ id: `user-$' + '{string}` }',
    'unsupported-type',
    '$.id is the text pattern `user-$' + '{string}`',
  ),
  typed('object', '{ o: object }', 'unsupported-type', '$.o is object'),
  typed(
    'mixed',
    '{ a: string; [k: string]: string }',
    'unsupported-type',
    '$ is a type with both fields and an index signature',
  ),
  typed('bigint-literal', '{ n: 3n }', 'unsupported-type', '$.n is a bigint literal'),
  typed('endless', 'Nest<string>', 'unsupported-type', 'Nest.inner', 'interface Nest<T> { inner?: Nest<T[]> }'),
  typed('promise', '{ p: Promise<string> }', 'class-in-type', '$.p is the built-in Promise'),
  {
    name: 'generic',
    code: `export const s = <T>(topic: string) => source<T>(topic)`,
    word: 'unresolved-type',
    label: 'T is the type parameter T',
  },
  {
    name: 'csv-nested',
    code: `export const s = source('t', { format: csv<{ a: string; tags: string[] }>({ columns: ['a', 'tags'] }) })`,
    word: 'csv-shape',
    label: '$.tags is of the kind array',
  },
  {
    name: 'csv-column',
    code: `const format = csv<{ a: string; price: number }>({ columns: ['a', 'cost'] })\nexport const s = source('t', { format })`,
    word: 'csv-shape',
    label: '$.price is in no column',
  },
  {
    name: 'key-date',
    code: `export const s = source<{ at: unknown }>('t').map(v => v.at as { d: Date }).keyBy(v => ({ day: v.d }))`,
    word: 'no-canonical-bytes',
    label: 'the result.day is a Date',
  },
  {
    name: 'key-any',
    code: `export const s = source<{ at: string }>('t').keyBy(v => JSON.parse(v.at))`,
    word: 'no-canonical-bytes',
    label: 'the result is any: give the value its type',
  },
  {
    name: 'kept-map',
    code: `export const s = source<{ at: string }>('t').keyBy(v => v.at).aggregate({ f: first(v => ({ m: new Map([[v.at, 1]]) })) })`,
    word: 'no-canonical-bytes',
    label: 'the result.m is a Map',
  },
  {
    name: 'written-function',
    code: `export const s = source<{ at: string }>('t').map(v => ({ f: () => v.at })).to('out')`,
    word: 'no-canonical-bytes',
    label: 'the value.f is a function',
  },
]

const good = analyseCases(
  PRELUDE,
  GOOD.map(c => ({ name: c.name, code: `${c.declare ?? ''}\nexport const s = source<${c.type}>('t')` })),
)
const schemas = new Map(
  [...good.calls.values()].flatMap(s => (s.schema === null ? [] : [[s.at.slice(0, s.at.indexOf('.ts')), s.schema]])),
)
const refused = analyseCases(PRELUDE, REFUSED).diagnostics
const formats = analyseCases(PRELUDE, [
  { name: 'lines', code: `export const s = source('t', { format: lines() })` },
  { name: 'bytes', code: `export const s = source('t', { format: bytes() })` },
  { name: 'none', code: `export const s = source('t')` },
  {
    name: 'csv',
    code: `export const s = source('t', { format: csv<{ a: string; n: number | null; b?: bigint }>({ columns: ['a', 'n', 'b'] }) })`,
  },
])

describe('types that become schemas', () => {
  it.each(GOOD)('$name', ({ name, schema }) => {
    expect(diagnosticsOf(good.diagnostics, name).map(d => d.label)).toEqual([])
    expect(JSON.parse(JSON.stringify(schemas.get(name)))).toEqual(JSON.parse(JSON.stringify(schema)))
  })

  it('takes the type from the format', () => {
    const found = [...formats.calls.values()].flatMap(s => s.schema ?? []).map(s => s.root.kind)
    expect(formats.diagnostics).toEqual([])
    expect(found).toEqual(['unknown', 'object', 'string', 'unknown']) // bytes, csv, lines, none: by file
  })

  it('sorts fields and members, whatever the order in the source', () => {
    const [a, b] = analyseCases(PRELUDE, [
      { name: 'one', code: `export const s = source<{ b: 'x' | 'y' | null; a: { c: number; d: string } }>('t')` },
      { name: 'two', code: `export const s = source<{ a: { d: string; c: number }; b: null | 'y' | 'x' }>('t')` },
    ]).calls.values()
    expect(a?.schema).toEqual(b?.schema)
  })
})

describe('types that are refused', () => {
  it.each(REFUSED)('$name: $word', ({ name, word, label }) => {
    const found = diagnosticsOf(refused, name).filter(d => d.word === word)
    expect(found.map(d => d.label.slice(0, label.length))).toContain(label)
  })
})
