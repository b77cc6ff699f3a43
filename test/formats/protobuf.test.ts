// Protobuf messages written by hand and by the encoder: what each type gives, presence and defaults, what is refused,
// hostile bytes.

import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalBytes } from '../../core/values/canonical.ts'
import { PROTOBUF_VERSION, type ProtobufOptions, protobuf } from '../../formats/protobuf/index.ts'
import { type Codec, codecIn } from './codec.ts'

function codecOf(proto: string, message: string, options?: ProtobufOptions): Codec {
  return codecIn(protobuf<unknown>(proto, message, options))
}

const bytes = (...b: number[]): Uint8Array => Uint8Array.from(b)
const text = (t: string): Uint8Array => new TextEncoder().encode(t)
const proto3 = (body: string): string => `syntax = "proto3";\n${body}`

const ORDER = proto3(`
  import "google/protobuf/timestamp.proto";
  package shop;
  enum State { NEW = 0; PAID = 1; }
  message Item { string sku = 1; int32 item_count = 2; }
  message Order {
    int64 order_id = 1;
    State state = 2;
    repeated Item items = 3;
    map<string, double> prices = 4;
    map<int64, string> notes = 5;
    optional string coupon = 6;
    oneof payment { string card = 7; bytes token = 8; }
    Item gift = 9;
    repeated sint32 deltas = 10;
    google.protobuf.Timestamp at = 11;
    uint64 big = 12;
  }`)

const EMPTY = { orderId: 0n, state: 'NEW', items: [], prices: {}, notes: {}, deltas: [], big: 0n }

describe('protobuf: values', () => {
  const { decode, encode } = codecOf(ORDER, 'shop.Order')

  it('what is absent has its default, or is absent where presence counts', () => {
    expect(decode(bytes())).toEqual(EMPTY)
    expect(decode(bytes(0x32, 0x00))).toEqual({ ...EMPTY, coupon: '' })
    expect(decode(bytes(0x3a, 0x00))).toEqual({ ...EMPTY, card: '' })
    expect(decode(bytes(0x4a, 0x00))).toEqual({ ...EMPTY, gift: { sku: '', itemCount: 0 } })
  })

  it('are read from the bytes of the specification', () => {
    // Field 1, varint 150; field 10, packed zigzag 1, -1; field 5, key -1.
    expect(decode(bytes(0x08, 0x96, 0x01, 0x52, 0x02, 0x02, 0x01))).toEqual({
      ...EMPTY,
      orderId: 150n,
      deltas: [1, -1],
    })
    const minusOne = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]
    expect(decode(bytes(0x2a, 0x0e, 0x08, ...minusOne, 0x12, 0x01, 0x61))).toEqual({ ...EMPTY, notes: { '-1': 'a' } })
    expect(decode(bytes(0x60, ...minusOne))).toEqual({ ...EMPTY, big: 2n ** 64n - 1n })
    expect(decode(bytes(0x5a, 0x02, 0x08, 0x05))).toEqual({ ...EMPTY, at: { seconds: 5n, nanos: 0 } })
  })

  it('of a oneof the last one wins', () => {
    expect(decode(bytes(0x3a, 0x01, 0x61, 0x42, 0x01, 0x05))).toEqual({ ...EMPTY, token: bytes(5) })
  })

  it('fields that the schema does not know are skipped', () => {
    expect(decode(bytes(0xa2, 0x06, 0x01, 0x00, 0x08, 0x01))).toEqual({ ...EMPTY, orderId: 1n })
  })

  it('a key __proto__ is a key', () => {
    const entry = bytes(0x0a, 0x09, ...text('__proto__'), 0x11, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f)
    const value = decode(bytes(0x22, entry.length, ...entry)) as { prices: object }
    expect(Object.entries(value.prices)).toEqual([['__proto__', 1]])
  })

  it.each([
    ['cut off', bytes(0x08)],
    ['bytes behind that are no field', bytes(0x08, 0x01, 0x00)],
    ['field number 0', bytes(0x00, 0x00)],
    ['text that is no UTF-8', bytes(0x32, 0x01, 0xff)],
    ['an enum that the schema lacks', bytes(0x10, 0x07)],
    ['a length past the end', bytes(0x32, 0x7f, 0x61)],
  ])('%s does not decode', (_, encoded) => {
    expect(() => decode(encoded)).toThrow()
  })

  it.each([
    ['another field', { orderID: 1n }],
    ['both members of a oneof', { card: 'a', token: bytes(1) }],
    ['an integer beyond its range', { deltas: [2 ** 31] }],
    ['a negative unsigned', { big: -1n }],
    ['a fraction', { orderId: 0.5 }],
    ['an enum that the schema lacks', { state: 'LOST' }],
    ['a number for text', { coupon: 7 }],
    ['text for bytes', { token: 'a' }],
    ['a scalar for a message', { gift: 1 }],
  ])('%s is not written', (_, value) => {
    expect(() => encode(value)).toThrow()
  })

  it('any value is read back equal', () => {
    const item = fc.record({ sku: fc.string({ unit: 'grapheme' }), itemCount: fc.integer() })
    const value = fc.record(
      {
        orderId: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        big: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        state: fc.constantFrom('NEW', 'PAID'),
        items: fc.array(item, { maxLength: 3 }),
        prices: fc.dictionary(fc.string({ unit: 'grapheme' }), fc.double()),
        notes: fc.dictionary(
          fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
          fc.string({ unit: 'grapheme' }),
        ),
        deltas: fc.array(fc.integer(), { maxLength: 3 }),
        coupon: fc.string({ unit: 'grapheme' }),
        token: fc.uint8Array({ maxLength: 4 }),
        gift: item,
      },
      { requiredKeys: ['orderId', 'big', 'state', 'items', 'prices', 'notes', 'deltas'] },
    )
    fc.assert(
      fc.property(value, v => {
        expect(canonicalBytes(decode(encode(v)))).toEqual(canonicalBytes(v))
      }),
    )
  })
})

it('proto2: required, declared defaults, presence; lenient text is refused there too', () => {
  const proto = `syntax = "proto2"; message M { required int32 a = 1; optional int32 b = 2 [default = 5]; optional string c = 3; }`
  const { decode, encode } = codecOf(proto, 'M')
  expect(decode(bytes(0x08, 0x01))).toEqual({ a: 1, b: 5 })
  expect(() => decode(bytes(0x10, 0x01))).toThrow()
  expect(() => decode(bytes(0x08, 0x01, 0x1a, 0x01, 0xff))).toThrow()
  expect(() => encode({ b: 1 })).toThrow()
})

it('nesting is limited', () => {
  const { decode } = codecOf(proto3('message N { N next = 1; }'), 'N')
  let encoded = bytes()
  for (let i = 0; i < 120; i++) {
    const size = encoded.length < 128 ? [encoded.length] : [(encoded.length & 127) | 128, encoded.length >> 7]
    encoded = bytes(0x0a, ...size, ...encoded)
  }
  expect(() => decode(encoded)).toThrow('max depth')
})

it('names as the schema spells them, where the option says so', () => {
  expect(codecOf(proto3('message M { int32 a_b = 1; }'), 'M', { keepCase: true }).decode(bytes())).toEqual({ a_b: 0 })
})

it('an invalid schema is refused', () => {
  expect(() => protobuf('message', 'M')).toThrow('protobuf() cannot use its schema')
  expect(() => protobuf(proto3('message M {}'), 'N')).toThrow('protobuf() cannot use its schema')
  expect(() => protobuf(proto3('import "other.proto"; message M {}'), 'M')).toThrow('it imports other.proto')
  expect(() => protobuf(proto3('message M { Other o = 1; }'), 'M')).toThrow('protobuf() cannot use its schema')
  expect(() => protobuf(1 as never, 'M')).toThrow('is text, or { proto, imports }, got 1')
})

it('names the version of protobufjs that is installed', () => {
  const { dependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  expect(PROTOBUF_VERSION).toContain(`protobufjs ${dependencies.protobufjs}`)
})

const proto2 = (body: string): string => `syntax = "proto2";\n${body}`

describe('protobuf: names', () => {
  const NAMES = proto2(`import "google/protobuf/struct.proto"; import "google/protobuf/any.proto";
    message M {
      required int32 a_1 = 1;
      required int32 foo_bar_2x = 2;
      required int32 _low = 3;
      required int32 Big_Name = 4;
      required int32 x__y = 5;
      required int32 other = 6 [json_name = "@id"];
      map<string, int32> my_map = 7 [json_name = "counts"];
      optional group Sub_Group = 8 { required int32 in_it = 1; }
      optional google.protobuf.Value some_value = 9;
      optional google.protobuf.Any any_thing = 10;
    }`)
  const values = [0x08, 1, 0x10, 2, 0x18, 3, 0x20, 4, 0x28, 5, 0x30, 6]
  const encoded = bytes(...values, 0x43, 0x08, 7, 0x44, 0x4a, 0x02, 0x20, 0x01, 0x52, 0x03, 0x0a, 0x01, 0x75)

  it("are those of protobuf's own JSON", () => {
    const { decode, encode } = codecOf(NAMES, 'M')
    const value = {
      a1: 1,
      fooBar2x: 2,
      Low: 3,
      BigName: 4,
      xY: 5,
      '@id': 6,
      counts: {},
      subGroup: { inIt: 7 },
      someValue: { boolValue: true },
      anyThing: { typeUrl: 'u', value: bytes() },
    }
    expect(decode(encoded)).toEqual(value)
    expect(decode(encode(value))).toEqual(value)
    expect(() => encode({ ...value, a_1: 1 })).toThrow('has no field a_1')
  })

  it('with keepCase those of the schema, in the well-known types too', () => {
    const { decode, encode } = codecOf(NAMES, 'M', { keepCase: true })
    const value = {
      a_1: 1,
      foo_bar_2x: 2,
      _low: 3,
      Big_Name: 4,
      x__y: 5,
      other: 6,
      my_map: {},
      sub_group: { in_it: 7 },
      some_value: { bool_value: true },
      any_thing: { type_url: 'u', value: bytes() },
    }
    expect(decode(encoded)).toEqual(value)
    expect(decode(encode(value))).toEqual(value)
  })

  it('two fields of one name are refused', () => {
    expect(() => codecOf(proto3('message M { int32 a_1 = 1; int32 a1 = 2; }'), 'M')).toThrow('M are called a1')
  })
})

describe('protobuf: declared defaults', () => {
  const defaultOf = (type: string, literal: string): unknown =>
    (
      codecOf(
        proto2(
          `enum E { A = 1; B = 2; } message M { optional ${type} x = 1 [deprecated = true, default = ${literal}]; }`,
        ),
        'M',
      ).decode(bytes()) as { x: unknown }
    ).x

  it.each<[type: string, literal: string, value: unknown]>([
    ['int64', '9007199254740993', 9007199254740993n],
    ['int64', '-9223372036854775808', -(2n ** 63n)],
    ['int64', '- 7', -7n],
    ['uint64', '0xFFFFFFFFFFFFFFFF', 2n ** 64n - 1n],
    ['fixed64', '01000000000000000000001', 8n ** 21n + 1n],
    ['sint64', '0', 0n],
    ['int32', '0x10', 16],
    ['int32', '-010', -8],
    ['float', '0.1', Math.fround(0.1)],
    ['float', '1e50', Number.POSITIVE_INFINITY],
    ['float', '-inf', Number.NEGATIVE_INFINITY],
    ['double', 'nan', Number.NaN],
    ['double', '.5e-3', 0.0005],
    ['double', '7', 7],
    ['bool', 'true', true],
    ['E', 'B', 'B'],
    ['string', '"a, ]" /* c */ \'\\"b\'', 'a, ]"b'],
    ['string', '"\\xc3\\251\\u00e9\\U0001F600"', 'éé😀'],
    ['bytes', '"abcd"', text('abcd')],
    ['bytes', '"\\x00\\377\\n"', bytes(0, 255, 10)],
  ])('of %s: %s', (type, literal, value) => {
    expect(defaultOf(type, literal)).toEqual(value)
  })

  it.each([
    ['int64', '1.5'],
    ['string', '"\\xff"'],
    ['string', 'a'],
    ['bool', '1'],
    ['E', 'C'],
    ['double', 'abc'],
  ])('of %s: %s is refused', (type, literal) => {
    expect(() => defaultOf(type, literal)).toThrow()
  })

  it('a field, an option and a comment of that name are none', () => {
    const schema = proto2(`message M { // default = 3
      optional int32 default = 1 [default = 5, (my) = "default = 6"]; optional string s = 2 [default = "[default = 7]"]; }`)
    expect(codecOf(schema, 'M').decode(bytes())).toEqual({ default: 5, s: '[default = 7]' })
  })
})

describe('protobuf: open enums', () => {
  const schema = proto3('enum E { A = 0; B = 1; } message M { E e = 1; repeated E list = 2; map<string, E> by = 3; }')
  const encoded = bytes(0x08, 0x07, 0x12, 0x02, 0x01, 0x09, 0x1a, 0x05, 0x0a, 0x01, 0x6b, 0x10, 0x05)
  const value = { e: 7, list: ['B', 9], by: { k: 5 } }

  it('a number without a name stays a number by option, and is written so', () => {
    const { decode, encode } = codecOf(schema, 'M', { openEnums: true })
    expect(decode(encoded)).toEqual(value)
    expect(decode(encode(value))).toEqual(value)
    expect(decode(bytes(0x08, ...Array(9).fill(0xff), 0x01))).toEqual({ e: -1, list: [], by: {} })
    expect(() => encode({ e: 1 })).toThrow('E calls 1 B')
    expect(() => encode({ e: 2 ** 31 })).toThrow('beyond the range')
    expect(() => encode({ e: 'C' })).toThrow('has no such value')
  })

  it('without the option it does not decode', () => {
    const { decode, encode } = codecOf(schema, 'M')
    expect(() => decode(encoded)).toThrow('E has no value 7')
    expect(() => encode(value)).toThrow('has no such value')
  })
})
