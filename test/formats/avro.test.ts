// Avro values written by hand and by the encoder: what each type gives, what is refused, and hostile bytes.

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalBytes } from '../../core/values/canonical.ts'
import { formatParts } from '../../dsl/sources/format.ts'
import { AVRO_VERSION, type AvroOptions, type AvroSchema, avro } from '../../formats/avro/index.ts'
import { type Codec, codecIn } from './codec.ts'

function codecOf(schema: AvroSchema, options?: AvroOptions): Codec {
  return codecIn(avro<unknown>(schema, options))
}

const record = (...fields: object[]): object => ({ type: 'record', name: 'R', fields })
const bytes = (...b: number[]): Uint8Array => Uint8Array.from(b)

/** Bytes written by hand, after the specification. */
const CASES: readonly { name: string; schema: AvroSchema; bytes: Uint8Array; value: unknown }[] = [
  { name: 'int', schema: 'int', bytes: bytes(0x7f), value: -64 },
  { name: 'long within the doubles', schema: 'long', bytes: bytes(0x80, 0x01), value: 64 },
  {
    name: 'long beyond the doubles',
    schema: 'long',
    bytes: bytes(0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01),
    value: 9223372036854775807n,
  },
  { name: 'string', schema: 'string', bytes: bytes(0x06, 0x66, 0x6f, 0x6f), value: 'foo' },
  { name: 'bytes', schema: '"bytes"', bytes: bytes(0x04, 0, 255), value: bytes(0, 255) },
  { name: 'fixed', schema: { type: 'fixed', name: 'F', size: 2 }, bytes: bytes(1, 2), value: bytes(1, 2) },
  { name: 'enum', schema: { type: 'enum', name: 'E', symbols: ['A', 'B'] }, bytes: bytes(2), value: 'B' },
  {
    name: 'array in blocks, one with its size',
    schema: { type: 'array', items: 'long' },
    bytes: bytes(0x02, 0x06, 0x01, 0x02, 0x36, 0x00),
    value: [3, 27],
  },
  {
    name: 'map with a hostile key',
    schema: { type: 'map', values: 'int' },
    bytes: bytes(0x02, 0x12, ...new TextEncoder().encode('__proto__'), 0x08, 0x00),
    value: JSON.parse('{"__proto__":4}'),
  },
  { name: 'null of a union', schema: ['null', 'string'], bytes: bytes(0), value: null },
  { name: 'string of a union', schema: ['null', 'string'], bytes: bytes(2, 2, 0x61), value: 'a' },
  {
    name: 'the second of two records, unwrapped',
    schema: [record({ name: 'a', type: 'int' }), { type: 'record', name: 'S', fields: [{ name: 'b', type: 'int' }] }],
    bytes: bytes(2, 4),
    value: { b: 2 },
  },
  {
    name: 'a logical type is what lies under it',
    schema: { type: 'long', logicalType: 'timestamp-millis' },
    bytes: bytes(2),
    value: 1,
  },
]

describe.each(CASES)('avro: $name', ({ schema, bytes: encoded, value }) => {
  it('decodes and, in its own blocks, reads back', () => {
    const { decode, encode } = codecOf(schema)
    const decoded = decode(encoded)
    expect(canonicalBytes(decoded)).toEqual(canonicalBytes(value))
    expect(canonicalBytes(decode(encode(value)))).toEqual(canonicalBytes(value))
  })

  it('takes neither a byte less nor a byte more', () => {
    const { decode } = codecOf(schema)
    expect(() => decode(encoded.subarray(0, -1))).toThrow()
    expect(() => decode(Uint8Array.from([...encoded, 0]))).toThrow('bytes behind the value')
  })
})

describe('avro: what is refused', () => {
  const nested = { type: 'record', name: 'N', fields: [{ name: 'next', type: ['null', 'N'] }] }

  it.each([
    ['text that is no UTF-8', 'string', bytes(0x02, 0xff)],
    ['an int of more than 32 bits', 'int', bytes(0x80, 0x80, 0x80, 0x80, 0x20)],
    ['more items than bytes', { type: 'array', items: 'null' }, bytes(0x80, 0x80, 0x80, 0x80, 0x20, 0x00)],
    ['no such member', ['null', 'int'], bytes(0x08)],
    ['nesting without end', nested, new Uint8Array(100_000).fill(2)],
  ] as const)('%s does not decode', (_, schema, encoded) => {
    expect(() => codecOf(schema as AvroSchema).decode(encoded)).toThrow()
    // An error about the stack would end the run.
    try {
      codecOf(schema as AvroSchema).decode(encoded)
    } catch (error) {
      expect(error).not.toMatchObject({ message: expect.stringMatching(/call stack/) })
    }
  })

  it.each([
    ['a fraction for a long', 'long', 0.5],
    ['a bigint beyond 64 bits', 'long', 2n ** 63n],
    ['a field too many', record({ name: 'a', type: 'int' }), { a: 1, b: 2 }],
    ['a field too few', record({ name: 'a', type: 'int' }), {}],
    ['a lone surrogate', 'string', '\ud800'],
    ['a symbol that the enum lacks', { type: 'enum', name: 'E', symbols: ['A'] }, 'B'],
  ] as const)('%s is not written', (_, schema, value) => {
    expect(() => codecOf(schema as AvroSchema).encode(value)).toThrow('no value of the schema')
  })

  it('an invalid schema, and a writer schema that the reader schema cannot read', () => {
    expect(() => avro('{')).toThrow('is no JSON')
    expect(() => avro({ type: 'nothing' })).toThrow('avro() cannot use its schemas')
    expect(() => avro('int', { writer: 'string' })).toThrow('avro() cannot use its schemas')
    expect(() => avro('int', { confluent: { schemas: {} } })).toThrow('needs its schemas by id')
    expect(() => avro('int', { confluent: { schemas: { 1: 'int' }, id: 2 } })).toThrow('one of those')
    expect(() => avro('int', { writer: 'int', confluent: { schemas: { 1: 'int' } } })).toThrow('either writer or')
  })
})

describe('avro: schemas that change', () => {
  const old = record({ name: 'a', type: 'int' }, { name: 'gone', type: { type: 'array', items: 'string' } })
  const now = record({ name: 'a', type: 'double' }, { name: 'b', type: ['null', 'string'], default: null })
  const written = codecOf(old).encode({ a: 7, gone: ['x', 'y'] })

  it('a record of the writer schema is read as the reader schema', () => {
    expect(codecOf(now, { writer: old }).decode(written)).toEqual({ a: 7, b: null })
  })

  it("the id in Confluent's frame names the writer schema", () => {
    const { decode, encode } = codecOf(now, { confluent: { schemas: { 3: old, 70000: now }, id: 70000 } })
    expect(() => decode(bytes(0, 0, 0, 0, 3))).toThrow('schema 3: more items than bytes')
    expect(() => decode(bytes(0, 0, 0, 0, 9, 1))).toThrow(
      'no schema with id 9 is given: lyrebird schemas --id 9 --into FILE fetches it',
    )
    expect(decode(bytes(0, 0, 0, 0, 3, ...written))).toEqual({ a: 7, b: null })
    const framed = encode({ a: 0.5, b: 'x' })
    expect([...framed.subarray(0, 5)]).toEqual([0, 0, 1, 0x11, 0x70])
    expect(decode(framed)).toEqual({ a: 0.5, b: 'x' })
    expect(() => decode(bytes(0, 0, 0, 0, 4, ...written))).toThrow('no schema with id 4')
    expect(() => decode(bytes(1, 0, 0, 0, 3, ...written))).toThrow('frame')
  })

  it('the id that is written is one of the schema that is written, texts, aliases and order of names apart', () => {
    const renamed = { fields: [...(now as { fields: object[] }).fields], name: 'R', doc: 'x', type: 'record' }
    expect(() => avro(now, { confluent: { schemas: { 3: old, 4: now }, id: 3 } })).toThrow('schema 3 is another one')
    expect(codecOf(now, { confluent: { schemas: { 4: renamed }, id: 4 } }).encode({ a: 0, b: null })[4]).toBe(4)
  })

  it('one that cannot be read is named', () => {
    const other = record({ name: 'a', type: 'string' }, { name: 'gone', type: 'int' })
    expect(() => avro(now, { confluent: { schemas: { 3: old, 8: other } } })).toThrow(
      /schema 8: .* \(leave it out of the schemas, and its records are dead letters\)/,
    )
  })

  it('without an id it cannot write', () => {
    expect(formatParts(avro(now, { confluent: { schemas: { 3: old } } }))?.encode).toBeNull()
  })

  it('recursion through a resolved union ends', () => {
    const nested = { type: 'record', name: 'N', fields: [{ name: 'next', type: ['null', 'N'] }] }
    const more = {
      type: 'record',
      name: 'N',
      fields: [
        { name: 'next', type: ['null', 'N'] },
        { name: 'x', type: 'int', default: 1 },
      ],
    }
    const { decode } = codecOf(more, { writer: nested })
    expect(decode(bytes(2, 0))).toEqual({ next: { next: null, x: 1 }, x: 1 })
    expect(() => decode(new Uint8Array(100_000).fill(2))).toThrow('nested too deeply')
  })
})

it('any value of a schema is read back equal', () => {
  const schema = record(
    { name: 'a', type: 'long' },
    { name: 'b', type: { type: 'map', values: ['null', 'double', 'string', 'bytes'] } },
    { name: 'c', type: { type: 'array', items: 'boolean' } },
    { name: 'd', type: ['null', { type: 'enum', name: 'E', symbols: ['X', 'Y'] }] },
  )
  const { decode, encode } = codecOf(schema)
  const text = fc.string({ unit: 'grapheme' })
  const value = fc.record({
    a: fc.oneof(fc.maxSafeInteger(), fc.bigInt({ min: 2n ** 60n, max: 2n ** 63n - 1n })),
    b: fc.dictionary(text, fc.oneof(fc.constant(null), fc.double(), text, fc.uint8Array({ maxLength: 4 }))),
    c: fc.array(fc.boolean()),
    d: fc.constantFrom(null, 'X', 'Y'),
  })
  fc.assert(
    fc.property(value, v => {
      expect(canonicalBytes(decode(encode(v)))).toEqual(canonicalBytes(v))
    }),
  )
})

it('names the version of avsc that is installed', () => {
  const { dependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  expect(AVRO_VERSION).toContain(`avsc ${dependencies.avsc}`)
})
