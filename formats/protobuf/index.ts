// The entry `lyrebird/protobuf`: Protobuf messages for sources and outputs.
//
// Promises: the schemas are text in the job, so that they are part of the plan hash; no file is read and no registry is
// contacted. Reading and writing
// bytes is in `codec.ts`.

import { messageOf } from '../../core/errors.ts'
import { canonicalJson } from '../../core/values/json-text.ts'
import { Call, wordFor } from '../../dsl/node.ts'
import { type CustomFormat, ownFormat } from '../../dsl/sources/format.ts'
import { framingOf } from '../confluent/frame.ts'
import { protobufCodec } from './codec.ts'
import type { ProtoFiles } from './schema.ts'

/** A Protobuf schema: its text, or its text with the texts of the files that it imports, by the names it gives them. */
export type ProtobufSchema = string | { readonly proto: string; readonly imports: Readonly<Record<string, string>> }

/** Options of `protobuf()`. */
export interface ProtobufOptions {
  /** Names of fields as the schema spells them, not in camel case as JSON and most code has them. */
  readonly keepCase?: boolean
  /**
   * Enums take numbers that the schema does not name, and give them as numbers. Without it such a record is a dead
   * letter.
   */
  readonly openEnums?: boolean
  /**
   * Confluent's framing: each message comes after a zero byte, the four bytes of its schema's id, and its place among
   * the messages of that schema.
   */
  readonly confluent?: {
    /**
     * The schemas that records were written with, by their ids in the registry: the content of the file that
     * `lyrebird schemas SUBJECT --into FILE` writes.
     */
    readonly schemas: Readonly<Record<number, ProtobufSchema>>
    /**
     * The id that an output writes before its messages, whose schema has the same message. Without it the format cannot
     * write.
     */
    readonly id?: number
  }
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
export function protobuf<T>(proto: ProtobufSchema, message: string, options?: ProtobufOptions): CustomFormat<T>
export function protobuf(...given: unknown[]): CustomFormat<unknown> {
  const call: Call = new Call(given)
  const message = call.args[1]
  const known = ['keepCase', 'openEnums', 'confluent'] as const
  const { keepCase = false, openEnums = false, confluent } = call.options(call.args[2], known, 'protobuf()')
  const files = filesOf(call, call.args[0], 'the schema of protobuf()')
  if (typeof message !== 'string') {
    call.fail('bad-argument', `protobuf() takes the name of a message of its schema, got ${wordFor(message)}.`)
  }
  if (typeof keepCase !== 'boolean') call.fail('bad-option', `keepCase is true or false, got ${wordFor(keepCase)}.`)
  if (typeof openEnums !== 'boolean') call.fail('bad-option', `openEnums is true or false, got ${wordFor(openEnums)}.`)
  const framing = framingOf(call, confluent, 'protobuf()', (schema, what) => filesOf(call, schema, what))
  try {
    const { decode, encode, asBefore } = protobufCodec(files, message, { keepCase, openEnums, framing })
    const definition = canonicalJson({
      ...plainSchema(files),
      message,
      keepCase,
      ...(openEnums ? { openEnums } : {}),
      ...(framing === null ? {} : { writers: [...framing.schemas].map(writerOf), id: framing.id }),
    })
    const version = asBefore ? VERSION_BEFORE : PROTOBUF_VERSION
    return ownFormat(call, { name: 'protobuf', version, definition, decode, encode })
  } catch (error) {
    return call.fail('bad-argument', `protobuf() cannot use its schema: ${messageOf(error)}.`)
  }
}

/** Without `imports` where there are none. */
function plainSchema({ proto, imports }: ProtoFiles): { proto: string; imports?: Readonly<Record<string, string>> } {
  return Object.keys(imports).length === 0 ? { proto } : { proto, imports }
}

/** As the file of `lyrebird schemas` has it. */
function writerOf([id, files]: readonly [number, ProtoFiles]): readonly [number, unknown] {
  const schema = plainSchema(files)
  return [id, schema.imports === undefined ? schema.proto : schema]
}

function filesOf(call: Call, schema: unknown, what: string): ProtoFiles {
  if (typeof schema === 'string') return { proto: schema, imports: {} }
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
    return call.fail('bad-argument', `${what} is text, or { proto, imports }, got ${wordFor(schema)}.`)
  }
  const { proto, imports = {} } = call.options(schema, ['proto', 'imports'], what)
  if (typeof proto !== 'string')
    return call.fail('bad-argument', `the proto of ${what} is text, got ${wordFor(proto)}.`)
  if (!areTexts(imports)) {
    return call.fail('bad-argument', `the imports of ${what} are texts by the names of files: { 'other.proto': text }.`)
  }
  return { proto, imports: { ...imports } }
}

const areTexts = (value: unknown): value is Readonly<Record<string, string>> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every(text => typeof text === 'string')
