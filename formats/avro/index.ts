// The entry `lyrebird/avro`: Avro values for sources and outputs.
//
// Promises: everything that says how bytes are read is in the job, so that it is part of the plan hash; no registry is
// contacted. Reading and writing bytes is in `codec.ts`.

import { messageOf } from '../../core/errors.ts'
import { canonicalJson } from '../../core/values/json-text.ts'
import { Call } from '../../dsl/node.ts'
import { type CustomFormat, ownFormat } from '../../dsl/sources/format.ts'
import { avroCodec } from './codec.ts'

/** An Avro schema: JSON text, or the content of an imported JSON file. */
export type AvroSchema = string | object

/** Options of `avro()`. */
export interface AvroOptions {
  /** The schema that the records were written with, where it is not the one that the job reads. */
  readonly writer?: AvroSchema
  /** Confluent's framing: each value comes after a zero byte and the four bytes of its schema's id. */
  readonly confluent?: {
    /** The schemas that records were written with, by their ids in the registry. */
    readonly schemas: Readonly<Record<number, AvroSchema>>
    /** The id that an output writes before its values. Without it the format cannot write. */
    readonly id?: number
  }
}

/** Counts up when the meaning of a schema changes. It names avsc, whose decoding is part of that meaning. */
export const AVRO_VERSION = '1, avsc 5.7.9'

/**
 * A format for Avro's binary encoding. `T` is the type of the values as the job sees them: longs are `number`, or
 * `bigint` where they may go beyond 2^53; bytes and fixed are `Uint8Array`; unions are the members' own values; enums
 * are strings; logical types are the values of their underlying types.
 *
 *     const trades = source('trades', { format: avro<Trade>(schema) })
 */
export function avro<T>(schema: AvroSchema, options?: AvroOptions): CustomFormat<T>
export function avro(...given: unknown[]): CustomFormat<unknown> {
  const call: Call = new Call(given)
  const { writer, confluent } = call.options(call.args[1], ['writer', 'confluent'], 'avro()')
  if (writer !== undefined && confluent !== undefined) {
    call.fail('bad-option', 'avro() takes either writer or confluent: in the framing each record names its writer.')
  }
  const framing = call.options(confluent, ['schemas', 'id'], 'confluent of avro()')
  const { schemas, id = null } = framing
  const reader = parsed(call, call.args[0], 'the schema of avro()')
  const written = writer === undefined ? undefined : parsed(call, writer, 'the writer of avro()')
  const writers = confluent === undefined ? null : writersOf(call, schemas)
  if (id !== null && !writers?.has(id as number)) {
    call.fail('bad-option', 'the id of confluent is one of those that its schemas are given by.')
  }
  const definition = canonicalJson({ reader, written, writers: writers === null ? null : [...writers], id })
  try {
    const codec = avroCodec({ reader, writer: written, writers, id: id as number | null })
    const encode = writers !== null && id === null ? null : codec.encode
    return ownFormat(call, { name: 'avro', version: AVRO_VERSION, definition, decode: codec.decode, encode })
  } catch (error) {
    return call.fail('bad-argument', `avro() cannot use its schemas: ${messageOf(error)}.`)
  }
}

function writersOf(call: Call, schemas: unknown): ReadonlyMap<number, unknown> {
  if (typeof schemas !== 'object' || schemas === null || Object.keys(schemas).length === 0) {
    call.fail('bad-option', 'confluent of avro() needs its schemas by id: { schemas: { 1: schema } }.')
  }
  const entries = Object.entries(schemas).map(([id, schema]) => {
    if (!/^(?:0|[1-9]\d{0,9})$/.test(id) || Number(id) > 0xffff_ffff) {
      call.fail(
        'bad-option',
        `${JSON.stringify(id.slice(0, 40))} is no id of a schema: it is a whole number of 32 bits.`,
      )
    }
    return [Number(id), parsed(call, schema, `schema ${id} of avro()`)] as const
  })
  return new Map(entries)
}

/** A schema as data. Text of one word, such as `string`, may name a type without quotes. */
function parsed(call: Call, schema: unknown, what: string): unknown {
  if (typeof schema === 'object' && schema !== null) return JSON.parse(JSON.stringify(schema))
  if (typeof schema !== 'string') return call.fail('bad-argument', `${what} is JSON text or an object.`)
  if (/^\s*[a-z]+\s*$/.test(schema)) return schema.trim()
  try {
    return JSON.parse(schema)
  } catch {
    return call.fail('bad-argument', `${what} is no JSON.`)
  }
}
