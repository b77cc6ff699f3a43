// Values from and to protobuf's wire format (protobuf.dev, Encoding), by protobufjs.
//
// Promises: a value is plain data: 64-bit integers are bigints, enums are their names, bytes are `Uint8Array`, maps are
// objects. A field without presence has its default where it is absent; one with presence (message, oneof, `optional`)
// is absent. Fields that the schema does not declare are skipped in records, as evolution needs, and refused in values
// that are written. Strings are strict UTF-8.
// Not here: names and declared defaults (`schema.ts`).

import protobuf from 'protobufjs'
import { type Framing, framed, framedReader } from '../confluent/frame.ts'
import { declaredMessages, pathBytes, withoutPath } from './message-indexes.ts'
import { differingField } from './same-message.ts'
import { type FieldShape, type MessageShape, type ProtobufSchema, type ProtoFiles, protobufSchema } from './schema.ts'

interface ProtobufCodec {
  readonly decode: (bytes: Uint8Array) => unknown
  /** Null where the framing has no id to write. */
  readonly encode: ((value: unknown) => Uint8Array) | null
  /** Whether names and defaults are those that version 1 of this format gave. */
  readonly asBefore: boolean
}

interface CodecOptions {
  readonly keepCase: boolean
  /** Whether a number that an enum does not name stays a number. */
  readonly openEnums: boolean
  /** Null without Confluent's framing. */
  readonly framing: Framing<ProtoFiles> | null
}

/** Throws protobufjs's error where the text is no schema, or has no such message. */
export function protobufCodec(files: ProtoFiles, message: string, options: CodecOptions): ProtobufCodec {
  const { keepCase, openEnums, framing } = options
  const schema = protobufSchema(files, message, keepCase)
  const { message: shape, shapeOf, asBefore } = schema
  const conversion: Conversion = { shapeOf, openEnums }
  const decode = (bytes: Uint8Array): unknown => {
    // A plain array: the library's reader of Node's buffers would give buffers.
    const reader = protobuf.Reader.create(new Uint8Array(bytes))
    reader.string = reader.stringVerify
    return plainMessage(conversion, shape, shape.type.decode(reader) as unknown as Fields)
  }
  const encode = (value: unknown): Uint8Array =>
    new Uint8Array(shape.type.encode(messageOf(conversion, shape, value, '$')).finish())
  if (framing === null) return { asBefore, decode, encode }
  const frame = framing.id === null ? null : frameOf(schema, framing.schemas, framing.id, keepCase)
  return {
    asBefore,
    decode: framedReader(framing, written => messageReader(written, shape, decode)),
    encode: frame === null ? null : value => frame(encode(value)),
  }
}

/** Reads what follows the frame of a schema: the message indexes, which must be those of the message, then itself. */
function messageReader(
  { proto }: ProtoFiles,
  { type }: MessageShape,
  decode: (bytes: Uint8Array) => unknown,
): (bytes: Uint8Array) => unknown {
  const declared = declaredMessages(proto)
  return bytes => {
    const { path, message } = withoutPath(bytes)
    const name = declared.nameAt(path)
    if (name === null) throw new Error(`it has no message with the indexes ${path.join()}`)
    if (name !== type.fullName) throw new Error(`the message is a ${name.slice(1)}, not a ${type.fullName.slice(1)}`)
    return decode(message)
  }
}

/** Puts an id and the indexes of the message before it, where the schema of the id has the same message. */
function frameOf(
  schema: ProtobufSchema,
  schemas: ReadonlyMap<number, ProtoFiles>,
  id: number,
  keepCase: boolean,
): (message: Uint8Array) => Uint8Array {
  const files = schemas.get(id) as ProtoFiles
  const { fullName } = schema.message.type
  const path = declaredMessages(files.proto).pathOf(fullName)
  if (path === null) throw new Error(`schema ${id} does not declare the message ${fullName.slice(1)}`)
  const differing = differingField(schema, protobufSchema(files, fullName, keepCase))
  if (differing !== null) {
    throw new Error(`values are written in its first schema, and schema ${id} has another ${differing}`)
  }
  const indexes = pathBytes(path)
  return message => framed(id, indexes, message)
}

interface Conversion {
  readonly shapeOf: (type: protobuf.Type) => MessageShape
  readonly openEnums: boolean
}

type Fields = Readonly<Record<string, unknown>>

function plainMessage(conversion: Conversion, { fields }: MessageShape, message: Fields): object {
  const out = {}
  for (const shape of fields) {
    const { name } = shape.field
    const value = plainField(conversion, shape, Object.hasOwn(message, name) ? message[name] : undefined)
    if (value !== undefined) put(out, shape.name, value)
  }
  return out
}

function plainField(conversion: Conversion, { field, declared }: FieldShape, value: unknown): unknown {
  if (field instanceof protobuf.MapField) {
    const out = {}
    for (const [key, item] of Object.entries((value ?? {}) as Fields)) {
      put(out, plainKey(field.keyType, key), plainValue(conversion, field, item))
    }
    return out
  }
  if (field.repeated) {
    return ((value ?? []) as readonly unknown[]).map(item => plainValue(conversion, field, item))
  }
  if (value !== undefined) return plainValue(conversion, field, value)
  // proto2 may declare a default; without presence the default of the type is used for what is absent.
  if (declared !== null) return declared.value
  const present = field.hasPresence || field.partOf !== null || field.resolvedType instanceof protobuf.Type
  return present ? undefined : plainValue(conversion, field, field.typeDefault)
}

function plainValue(conversion: Conversion, field: protobuf.Field, value: unknown): unknown {
  const { resolvedType, type } = field
  if (resolvedType instanceof protobuf.Type) {
    return plainMessage(conversion, conversion.shapeOf(resolvedType), value as Fields)
  }
  if (resolvedType instanceof protobuf.Enum) {
    const name = typeof value === 'string' ? value : resolvedType.valuesById[value as number]
    if (name !== undefined) return name
    if (conversion.openEnums) return value
    throw new Error(`${field.name}: ${resolvedType.name} has no value ${String(value)}`)
  }
  if (LONGS.has(type)) return bigintOf(value)
  if (type === 'bytes') return Uint8Array.from(value as Iterable<number>)
  return value
}

/** Texts of 64-bit keys are eight characters, one for each byte. */
function plainKey(type: string, key: string): string {
  if (!LONGS.has(type)) return key
  return key.length === 8
    ? String(bigintOf(protobuf.util.longFromHash(key, type.startsWith('u') || type === 'fixed64')))
    : key
}

const LONGS: ReadonlySet<string> = new Set(['int64', 'uint64', 'sint64', 'fixed64', 'sfixed64'])

function bigintOf(value: unknown): bigint {
  if (typeof value === 'number') return BigInt(value)
  const { low, high, unsigned } = value as { low: number; high: number; unsigned: boolean }
  const top = BigInt(unsigned ? high >>> 0 : high)
  return (top << 32n) | BigInt(low >>> 0)
}

function put(out: object, name: string, value: unknown): void {
  Object.defineProperty(out, name, { value, writable: true, enumerable: true, configurable: true })
}

function messageOf(
  conversion: Conversion,
  { type, byName }: MessageShape,
  value: unknown,
  path: string,
): protobuf.Message {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array) {
    throw new Error(`${path}: expected an object for message ${type.name}`)
  }
  const message = type.create() as protobuf.Message & Record<string, unknown>
  const chosen = new Map<string, string>()
  for (const [name, given] of Object.entries(value)) {
    const field = byName.get(name)?.field
    if (field === undefined) throw new Error(`${path}: message ${type.name} has no field ${name}`)
    if (given === null) continue
    if (field.partOf) {
      const other = chosen.get(field.partOf.name)
      if (other !== undefined) throw new Error(`${path}: both ${other} and ${name} of ${field.partOf.name}`)
      chosen.set(field.partOf.name, name)
    }
    put(message, field.name, fieldValue(conversion, field, given, `${path}.${name}`))
  }
  const missing = type.fieldsArray.find(field => field.required && !Object.hasOwn(message, field.name))
  if (missing !== undefined) throw new Error(`${path}: message ${type.name} lacks ${missing.name}`)
  const problem = type.verify(message)
  if (problem !== null) throw new Error(`${path}: ${problem}`)
  return message
}

function fieldValue(conversion: Conversion, field: protobuf.Field, value: unknown, path: string): unknown {
  if (field instanceof protobuf.MapField) {
    if (typeof value !== 'object' || Array.isArray(value)) throw new Error(`${path}: expected an object`)
    const out = {}
    for (const [key, item] of Object.entries(value as Fields)) {
      put(out, key, scalarValue(conversion, field, item, `${path}.${key}`))
    }
    return out
  }
  if (!field.repeated) return scalarValue(conversion, field, value, path)
  if (!Array.isArray(value)) throw new Error(`${path}: expected an array`)
  return value.map((item, i) => scalarValue(conversion, field, item, `${path}[${i}]`))
}

/** Bounds of integers; values outside would be truncated silently. */
const RANGES: Readonly<Record<string, readonly [bigint, bigint]>> = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  sint32: [-(2n ** 31n), 2n ** 31n - 1n],
  sfixed32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  fixed32: [0n, 2n ** 32n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  sint64: [-(2n ** 63n), 2n ** 63n - 1n],
  sfixed64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
  fixed64: [0n, 2n ** 64n - 1n],
}

function scalarValue(conversion: Conversion, field: protobuf.Field, value: unknown, path: string): unknown {
  const { resolvedType, type } = field
  if (resolvedType instanceof protobuf.Type) {
    return messageOf(conversion, conversion.shapeOf(resolvedType), value, path)
  }
  if (resolvedType instanceof protobuf.Enum) return enumNumber(conversion, resolvedType, value, path)
  const range = RANGES[type]
  if (range !== undefined) return integerValue(type, range, value, path)
  if (type === 'string' && (typeof value !== 'string' || /\p{Surrogate}/u.test(value))) {
    throw new Error(`${path}: expected well-formed text`)
  }
  if (type === 'bytes' && !(value instanceof Uint8Array)) throw new Error(`${path}: expected bytes`)
  if ((type === 'double' || type === 'float') && typeof value !== 'number')
    throw new Error(`${path}: expected a number`)
  if (type === 'bool' && typeof value !== 'boolean') throw new Error(`${path}: expected a boolean`)
  return value
}

function enumNumber({ openEnums }: Conversion, type: protobuf.Enum, value: unknown, path: string): number {
  if (typeof value === 'string' && Object.hasOwn(type.values, value)) return type.values[value] as number
  if (!openEnums || typeof value !== 'number') throw new Error(`${path}: ${type.name} has no such value`)
  const name = type.valuesById[value]
  if (name !== undefined) throw new Error(`${path}: ${type.name} calls ${value} ${name}`)
  return integerValue('int32', RANGES.int32 as readonly [bigint, bigint], value, path) as number
}

function integerValue(type: string, [least, most]: readonly [bigint, bigint], value: unknown, path: string): unknown {
  if (typeof value !== 'bigint' && !Number.isSafeInteger(value)) throw new Error(`${path}: expected an integer`)
  const exact = BigInt(value as number | bigint)
  if (exact < least || exact > most) throw new Error(`${path}: beyond the range of ${type}`)
  if (!LONGS.has(type)) return Number(exact)
  // The two halves, as the library's own class of long integers holds them.
  const half = (part: bigint): number => Number(BigInt.asIntN(32, part))
  return { low: half(exact), high: half(exact >> 32n), unsigned: least === 0n }
}
