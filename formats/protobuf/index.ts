// The entry `lyrebird/protobuf`: Protobuf messages for sources and outputs.
//
// Promises: the schema is text in the job, so that it is part of the plan hash; no file is read. Reading and writing
// bytes is in `codec.ts`.

import { messageOf } from '../../core/errors.ts'
import { canonicalJson } from '../../core/values/json-text.ts'
import { Call, wordFor } from '../../dsl/node.ts'
import { type CustomFormat, ownFormat } from '../../dsl/sources/format.ts'
import { protobufCodec } from './codec.ts'

/** Options of `protobuf()`. */
export interface ProtobufOptions {
  /** Names of fields as the schema spells them, not in camel case as JSON and most code has them. */
  readonly keepCase?: boolean
  /**
   * Enums take numbers that the schema does not name, and give them as numbers. Without it such a record is a dead
   * letter.
   */
  readonly openEnums?: boolean
}

/** Counts up when the meaning of a schema changes. It names protobufjs, whose reading is part of that meaning. */
export const PROTOBUF_VERSION = '2, protobufjs 8.8.1'
/** Of schemas whose names and defaults mean the same as in version 1, so that states of theirs go on. */
const VERSION_BEFORE = '1, protobufjs 8.8.1'

/**
 * Protobuf's wire format, one message a record. `T` is the type of the messages as the job sees them: 64-bit integers
 * are `bigint`, enums are the names of their values, bytes are `Uint8Array`, maps are `Record<string, V>`, messages and
 * members of a oneof are optional.
 *
 *     const trades = source('trades', { format: protobuf<Trade>(proto, 'Trade') })
 */
export function protobuf<T>(proto: string, message: string, options?: ProtobufOptions): CustomFormat<T>
export function protobuf(...given: unknown[]): CustomFormat<unknown> {
  const call: Call = new Call(given)
  const [proto, message] = call.args
  const { keepCase = false, openEnums = false } = call.options(call.args[2], ['keepCase', 'openEnums'], 'protobuf()')
  if (typeof proto !== 'string')
    call.fail('bad-argument', `protobuf() takes the text of a schema, got ${wordFor(proto)}.`)
  if (typeof message !== 'string') {
    call.fail('bad-argument', `protobuf() takes the name of a message of its schema, got ${wordFor(message)}.`)
  }
  if (typeof keepCase !== 'boolean') call.fail('bad-option', `keepCase is true or false, got ${wordFor(keepCase)}.`)
  if (typeof openEnums !== 'boolean') call.fail('bad-option', `openEnums is true or false, got ${wordFor(openEnums)}.`)
  try {
    const { decode, encode, asBefore } = protobufCodec(proto, message, { keepCase, openEnums })
    const definition = canonicalJson({ proto, message, keepCase, ...(openEnums ? { openEnums } : {}) })
    const version = asBefore ? VERSION_BEFORE : PROTOBUF_VERSION
    return ownFormat(call, { name: 'protobuf', version, definition, decode, encode })
  } catch (error) {
    return call.fail('bad-argument', `protobuf() cannot use its schema: ${messageOf(error)}.`)
  }
}
