// Confluent's framing of Protobuf messages: bytes written by hand, message types of every depth, broken frames.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatParts } from '../../dsl/sources/format.ts'
import { type ProtobufOptions, type ProtobufSchema, protobuf } from '../../formats/protobuf/index.ts'
import { pathBytes, withoutPath } from '../../formats/protobuf/message-indexes.ts'
import { type Codec, codecIn } from './codec.ts'

const codecOf = (proto: ProtobufSchema, message: string, options: ProtobufOptions): Codec =>
  codecIn(protobuf<unknown>(proto, message, options))

const bytes = (...b: number[]): Uint8Array => Uint8Array.from(b)

/** Enums, map entries, groups and extensions stand between the messages, and none of them counts. */
const PROTO = `syntax = "proto2"; package acme;
enum E { Z = 0; }
message First { optional int32 a = 1; }
extend First { optional int32 more = 100; }
message Second {
  map<string, int32> counts = 1;
  optional group Extra = 2 { optional int32 x = 1; }
  enum Kind { K = 0; }
  message Inner { optional int32 b = 1; message Deep { optional int32 c = 1; } }
  message Other { optional int32 d = 1; }
  extensions 100 to max;
}
`
const ID = 300
const FRAME = [0, 0, 0, 1, 44]

describe('the path of a message', () => {
  it.each([
    ['acme.First', [0], { a: 1 }],
    ['acme.Second', [2, 2], { counts: {} }],
    ['acme.Second.Inner', [4, 2, 0], { b: 1 }],
    ['acme.Second.Other', [4, 2, 2], { d: 1 }],
    ['acme.Second.Inner.Deep', [6, 2, 0, 0], { c: 1 }],
  ] as const)('of %s is written as %j, and read', (message, path, value) => {
    const { encode, decode } = codecOf(PROTO, message, { confluent: { schemas: { [ID]: PROTO }, id: ID } })
    const field = Object.keys(value)[0] === 'counts' ? [] : [8, 1]
    expect([...encode(value)]).toEqual([...FRAME, ...path, ...field])
    expect(decode(bytes(...FRAME, ...path, ...field))).toEqual(value)
  })

  it('of the first message is also read where it is written out', () => {
    const { decode } = codecOf(PROTO, 'First', { confluent: { schemas: { [ID]: PROTO }, id: ID } })
    expect(decode(bytes(...FRAME, 2, 0, 8, 1))).toEqual({ a: 1 })
  })

  it('takes as many bytes as an index needs', () => {
    const many = Array.from({ length: 70 }, (_, i) => `message M${i} { optional int32 a = 1; }`).join('\n')
    const proto = `syntax = "proto2"; ${many}`
    const { encode, decode } = codecOf(proto, 'M64', { confluent: { schemas: { [ID]: proto }, id: ID } })
    expect([...encode({})]).toEqual([...FRAME, 2, 0x80, 1])
    expect(decode(encode({ a: 7 }))).toEqual({ a: 7 })
  })
})

it('any path is read back, and what follows it', () => {
  const index = fc.oneof(fc.nat(5), fc.nat(2 ** 31 - 1))
  fc.assert(
    fc.property(fc.array(index, { minLength: 1, maxLength: 20 }), fc.uint8Array(), (path, message) => {
      expect(withoutPath(Uint8Array.from([...pathBytes(path), ...message]))).toEqual({ path, message })
    }),
  )
})

it('a schema that is none is named', () => {
  expect(() => protobuf(PROTO, 'First', { confluent: { schemas: { 1: PROTO, 6: 'message {' } } })).toThrow('schema 6: ')
})

describe('what is no frame of the message', () => {
  const { decode } = codecOf(PROTO, 'First', { confluent: { schemas: { [ID]: PROTO }, id: ID } })

  it.each([
    ['nothing', [], 'no frame'],
    ['another first byte', [1, 0, 0, 1, 44, 0], 'no frame'],
    ['an id that is not given', [0, 0, 0, 0, 7, 0], 'lyrebird schemas --id 7 --into FILE'],
    ['no indexes', FRAME, 'schema 300: the message indexes are cut off'],
    ['fewer indexes than said', [...FRAME, 4, 0], 'cut off'],
    ['a negative number of indexes', [...FRAME, 1], 'no message indexes'],
    ['a negative index', [...FRAME, 2, 1], 'no message indexes'],
    ['more indexes than any schema has', [...FRAME, 0xce, 0x01], 'no message indexes'],
    ['an index of more than 32 bits', [...FRAME, 2, 0x80, 0x80, 0x80, 0x80, 0x10], 'more than 32 bits'],
    ['an index of more bytes than that', [...FRAME, 2, 0x80, 0x80, 0x80, 0x80, 0x80, 0], 'more than 32 bits'],
    ['a message that is not there', [...FRAME, 2, 8], 'no message with the indexes 4'],
    ['another message', [...FRAME, 2, 2], 'the message is a acme.Second, not a acme.First'],
    ['a message that is cut off', [...FRAME, 0, 8], 'schema 300'],
  ])('%s', (_, framed, message) => {
    expect(() => decode(bytes(...framed))).toThrow(message)
  })
})

describe('schemas of other ids', () => {
  const later = PROTO.replace('optional int32 a = 1;', 'optional int32 a = 1; optional string note = 2;').replace(
    'message First',
    'message Zeroth {}\nmessage First',
  )

  it('have the message where they declare it, and its unknown fields are passed over', () => {
    const { decode } = codecOf(PROTO, 'First', { confluent: { schemas: { 1: PROTO, 2: later }, id: 1 } })
    expect(decode(bytes(0, 0, 0, 0, 2, 2, 2, 8, 5, 18, 1, 120))).toEqual({ a: 5 })
    expect(decode(bytes(0, 0, 0, 0, 1, 0, 8, 5))).toEqual({ a: 5 })
    expect(() => decode(bytes(0, 0, 0, 0, 2, 0))).toThrow('the message is a acme.Zeroth')
  })

  it('cannot be announced for values of another schema', () => {
    const refused = (schema: ProtobufSchema) => () =>
      protobuf(PROTO, 'First', { confluent: { schemas: { 1: schema }, id: 1 } })
    expect(refused(later)).toThrow('schema 1 has another First.note')
    expect(refused(PROTO.replace('int32 a', 'sint32 a'))).toThrow('schema 1 has another First.a')
    expect(refused('syntax = "proto2"; message First {}')).toThrow('does not declare the message acme.First')
    const within =
      'syntax = "proto3"; message A { B b = 1; repeated A more = 2; } message B { E e = 1; } enum E { X = 0; }'
    const other = within.replace('X = 0;', 'X = 0; Y = 1;')
    const both = (id: number) => () => protobuf(within, 'A', { confluent: { schemas: { 1: within, 2: other }, id } })
    expect(both(1)).not.toThrow()
    expect(both(2)).toThrow('schema 2 has another B.e')
  })

  it('without an id nothing is written', () => {
    expect(formatParts(protobuf(PROTO, 'First', { confluent: { schemas: { 1: PROTO } } }))?.encode).toBeNull()
  })
})

describe('imports', () => {
  const common =
    'syntax = "proto3"; package acme; message Money { int64 units = 1; google.protobuf.Timestamp at = 2; }\n' +
    'import "google/protobuf/timestamp.proto";'
  const deal = 'syntax = "proto3"; package acme; import "acme/common.proto"; message Deal { Money price = 1; }'
  const imports = { 'acme/common.proto': common }

  it('are given beside the text, and count no indexes', () => {
    const schema = { proto: deal, imports }
    const { encode, decode } = codecOf(schema, 'Deal', { confluent: { schemas: { 1: schema }, id: 1 } })
    const framed = encode({ price: { units: 5n, at: { seconds: 1n, nanos: 0 } } })
    expect([...framed.subarray(0, 6)]).toEqual([0, 0, 0, 0, 1, 0])
    expect(decode(framed)).toEqual({ price: { units: 5n, at: { seconds: 1n, nanos: 0 } } })
    const money = () => protobuf(schema, 'Money', { confluent: { schemas: { 1: schema }, id: 1 } })
    expect(money).toThrow('schema 1 does not declare the message acme.Money')
  })

  it('keep their declared defaults', () => {
    const proto =
      'syntax = "proto2"; import "b.proto"; message A { optional int64 n = 1 [default = 9007199254740993]; optional B b = 2; }'
    const b = 'syntax = "proto2"; message B { optional int64 m = 1 [default = 9007199254740995]; }'
    const { decode } = codecIn(protobuf({ proto, imports: { 'b.proto': b } }, 'A'))
    expect(decode(bytes(18, 0))).toEqual({ n: 9007199254740993n, b: { m: 9007199254740995n } })
  })

  it('that are missing, or no texts, are refused', () => {
    expect(() => protobuf(deal, 'Deal')).toThrow('put it into the text, or give { proto, imports }')
    expect(() => protobuf({ proto: deal, imports: { 'acme/common.proto': 1 } } as never, 'Deal')).toThrow('are texts')
    expect(() => protobuf({ text: deal } as never, 'Deal')).toThrow('no option "text"')
    expect(() => protobuf({ proto: 1 } as never, 'Deal')).toThrow('is text, got 1')
  })

  it('are part of the definition', () => {
    const definition = (schema: ProtobufSchema): unknown => {
      const spec = formatParts(protobuf(schema, 'Deal'))?.spec
      return spec?.kind === 'custom' ? spec.definition : null
    }
    const more = { 'acme/common.proto': `${common} message More {}` }
    expect(definition({ proto: deal, imports: more })).not.toBe(definition({ proto: deal, imports }))
    const alone = 'syntax = "proto3"; message Deal {}'
    expect(definition({ proto: alone, imports: {} })).toBe(definition(alone))
  })
})
