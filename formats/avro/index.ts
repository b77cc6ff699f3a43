// The entry `lyrebird/avro`: Avro values for sources and outputs.
//
// Promises: everything that says how bytes are read is in the job, so that it is part of the plan hash; no registry is
// contacted. Reading and writing bytes is in `codec.ts`.

import { messageOf } from '../../core/errors.ts'
import { canonicalJson } from '../../core/values/json-text.ts'
import { Call } from '../../dsl/node.ts'
import { type CustomFormat, ownFormat } from '../../dsl/sources/format.ts'
import { framingOf } from '../confluent/frame.ts'
import { avroCodec } from './codec.ts'

/** An Avro schema: JSON text, or the content of an imported JSON file. */
export type AvroSchema = string | object

/** Options of `avro()`. */
export interface AvroOptions {
  /** The schema that the records were written with, where it is not the one that the job reads. */
  readonly writer?: AvroSchema
  /** Confluent's framing: each value comes after a zero byte and the four bytes of its schema's id. */
  readonly confluent?: {
    /**
     * The schemas that records were written with, by their ids in the registry: the content of the file that
     * `lyrebird schemas SUBJECT --into FILE` writes.
     */
    readonly schemas: Readonly<Record<number, AvroSchema>>
    /**
     * The id that an output writes before its values, whose schema is the first one. Without it the format cannot
     * write.
     */
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
  const reader = parsed(call, call.args[0], 'the schema of avro()')
  const written = writer === undefined ? undefined : parsed(call, writer, 'the writer of avro()')
  const framing = framingOf(call, confluent, 'avro()', (schema, what) => parsed(call, schema, what))
  const { writers, id } = { writers: framing === null ? null : [...framing.schemas], id: framing?.id ?? null }
  const definition = canonicalJson({ reader, written, writers, id })
  try {
    const { decode, encode } = avroCodec({ reader, writer: written, framing })
    return ownFormat(call, { name: 'avro', version: AVRO_VERSION, definition, decode, encode })
  } catch (error) {
    return call.fail('bad-argument', `avro() cannot use its schemas: ${messageOf(error)}.`)
  }
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
