// The schema of a format is part of the plan hash, its formatting is not; built-in code of a format counts by its
// version.

import { expect, it } from 'vitest'
import { planGraph } from '../../compiler/plan-graph.ts'
import { type CustomFormat, format, job, source } from '../../dsl/index.ts'
import { formatParts } from '../../dsl/sources/format.ts'
import { avro } from '../../formats/avro/index.ts'
import { protobuf } from '../../formats/protobuf/index.ts'
import { graph } from '../support/run-job.ts'

const hashOf = (made: CustomFormat<{ a: number }>): string | undefined => {
  const all = source('t', { format: made })
  return planGraph(graph(job('j', { n: all.keyBy(v => v.a).count() }))).results[0]?.hash
}

const outputHash = (made: CustomFormat<{ a: number }>): string | undefined =>
  planGraph(graph(job('j', { o: source<{ a: number }>('t').to('o', { value: made }) }))).results[0]?.hash

const SCHEMA = { type: 'record', name: 'R', fields: [{ name: 'a', type: 'int' }] }
const PROTO = 'syntax = "proto3"; message R { int32 a = 1; }'

it.each([
  [
    'avro: another field',
    avro(SCHEMA),
    avro({ ...SCHEMA, fields: [...SCHEMA.fields, { name: 'b', type: 'int', default: 0 }] }),
  ],
  ['avro: a writer', avro(SCHEMA), avro(SCHEMA, { writer: SCHEMA })],
  ['avro: the framing', avro(SCHEMA), avro(SCHEMA, { confluent: { schemas: { 1: SCHEMA }, id: 1 } })],
  [
    'avro: an id',
    avro(SCHEMA, { confluent: { schemas: { 1: SCHEMA, 2: SCHEMA }, id: 1 } }),
    avro(SCHEMA, { confluent: { schemas: { 1: SCHEMA, 2: SCHEMA }, id: 2 } }),
  ],
  ['protobuf: a type', protobuf(PROTO, 'R'), protobuf(PROTO.replace('int32', 'sint32'), 'R')],
  ['protobuf: the spelling of names', protobuf(PROTO, 'R'), protobuf(PROTO, 'R', { keepCase: true })],
  ['protobuf: the framing', protobuf(PROTO, 'R'), protobuf(PROTO, 'R', { confluent: { schemas: { 1: PROTO } } })],
  [
    'protobuf: one schema more',
    protobuf(PROTO, 'R', { confluent: { schemas: { 1: PROTO } } }),
    protobuf(PROTO, 'R', { confluent: { schemas: { 1: PROTO, 2: PROTO } } }),
  ],
  ['one format and another', avro(SCHEMA), protobuf(PROTO, 'R')],
  ['the name', format({ decode: () => ({ a: 1 }), name: 'x' }), format({ decode: () => ({ a: 1 }), name: 'y' })],
] as [string, CustomFormat<{ a: number }>, CustomFormat<{ a: number }>][])('%s', (_, one, other) => {
  expect(hashOf(one)).toMatch(/^[0-9a-f]{32}$/)
  expect(hashOf(one)).not.toBe(hashOf(other))
})

it('a schema that means what it meant in version 1 keeps the hash of that version', () => {
  const version = (proto: string): unknown => formatParts(protobuf(proto, 'R'))?.decode?.own
  const proto2 = (field: string): string => `syntax = "proto2"; message R { required int32 a = 1; ${field} }`
  expect(version(PROTO)).toBe('protobuf 1, protobufjs 8.8.1')
  for (const same of ['optional int32 a_b = 2;', 'optional int64 x = 2 [default = 3];', 'optional float x = 2;']) {
    expect(version(proto2(same)), same).toBe('protobuf 1, protobufjs 8.8.1')
  }
  for (const other of [
    'optional int32 a_1 = 2;',
    'optional int32 b = 2 [json_name = "c"];',
    'optional group Big_One = 2 {}',
    'optional int64 x = 2 [default = 9007199254740993];',
    'optional float x = 2 [default = 0.1];',
    'optional bytes x = 2 [default = "abcd"];',
  ]) {
    expect(version(proto2(other)), other).toBe('protobuf 2, protobufjs 8.8.1')
  }
})

it('formatting and the order of names do not count', () => {
  const text = JSON.stringify({ fields: SCHEMA.fields, name: 'R', type: 'record' }, null, 2)
  expect(hashOf(avro(text))).toBe(hashOf(avro(SCHEMA)))
  expect(outputHash(avro(text))).toBe(outputHash(avro(SCHEMA)))
  expect(outputHash(avro(SCHEMA))).not.toBe(outputHash(protobuf(PROTO, 'R')))
})
