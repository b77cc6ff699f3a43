// Values from and to protobuf's wire format (protobuf.dev, Encoding), by protobufjs.
//
// Promises: a value is plain data: 64-bit integers are bigints, enums are their names, bytes are `Uint8Array`, maps are
// objects. A field without presence has its default where it is absent; one with presence (message, oneof, `optional`)
// is absent. Fields that the schema does not declare are skipped in records, as evolution needs, and refused in values
// that are written. Strings are strict UTF-8.

import protobuf from 'protobufjs'

interface ProtobufCodec {
  readonly decode: (bytes: Uint8Array) => unknown
  readonly encode: (value: unknown) => Uint8Array
}

/** Throws protobufjs's error where the text is no schema, or has no such message. */
export function protobufCodec(proto: string, message: string, keepCase: boolean): ProtobufCodec {
  const root = new protobuf.Root()
  const { imports = [], weakImports = [] } = protobuf.parse(proto, root, { keepCase })
  for (const file of [...imports, ...weakImports]) addImport(root, file)
  const type = root.resolveAll().lookupType(message)
  return {
    decode: bytes => {
      // A plain array: the library's reader of Node's buffers would give buffers.
      const reader = protobuf.Reader.create(new Uint8Array(bytes))
      reader.string = reader.stringVerify
      return plainMessage(type, type.decode(reader) as unknown as Fields)
    },
    encode: value => new Uint8Array(type.encode(messageOf(type, value, '$')).finish()),
  }
}

/** Google's well-known types are built in; no other import is looked for, on disk or elsewhere. */
function addImport(root: protobuf.Root, file: string): void {
  const known = protobuf.common.get(file)
  if (known === null)
    throw new Error(`it imports ${file}, which is none of Google's well-known types; put it into the text`)
  root.addJSON(known.nested ?? {})
}

type Fields = Readonly<Record<string, unknown>>

function plainMessage(type: protobuf.Type, message: Fields): object {
  const out = {}
  for (const field of type.fieldsArray) {
    const value = plainField(field, Object.hasOwn(message, field.name) ? message[field.name] : undefined)
    if (value !== undefined) put(out, field.name, value)
  }
  return out
}

function plainField(field: protobuf.Field, value: unknown): unknown {
  if (field instanceof protobuf.MapField) {
    const out = {}
    for (const [key, item] of Object.entries((value ?? {}) as Fields)) {
      put(out, plainKey(field.keyType, key), plainValue(field, item))
    }
    return out
  }
  if (field.repeated) return ((value ?? []) as readonly unknown[]).map(item => plainValue(field, item))
  if (value !== undefined) return plainValue(field, value)
  // proto2 may declare a default; without presence the default of the type is used for what is absent.
  const declared = field.options?.default !== undefined
  const present = field.hasPresence || field.partOf !== null || field.resolvedType instanceof protobuf.Type
  return present && !declared ? undefined : plainValue(field, field.typeDefault)
}

function plainValue(field: protobuf.Field, value: unknown): unknown {
  const { resolvedType, type } = field
  if (resolvedType instanceof protobuf.Type) return plainMessage(resolvedType, value as Fields)
  if (resolvedType instanceof protobuf.Enum) {
    const name = typeof value === 'string' ? value : resolvedType.valuesById[value as number]
    if (name === undefined) throw new Error(`${field.name}: ${resolvedType.name} has no value ${String(value)}`)
    return name
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

function messageOf(type: protobuf.Type, value: unknown, path: string): protobuf.Message {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array) {
    throw new Error(`${path}: expected an object for message ${type.name}`)
  }
  const message = type.create() as protobuf.Message & Record<string, unknown>
  const chosen = new Map<string, string>()
  for (const [name, given] of Object.entries(value)) {
    const field = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined
    if (field === undefined) throw new Error(`${path}: message ${type.name} has no field ${name}`)
    if (given === null) continue
    if (field.partOf) {
      const other = chosen.get(field.partOf.name)
      if (other !== undefined) throw new Error(`${path}: both ${other} and ${name} of ${field.partOf.name}`)
      chosen.set(field.partOf.name, name)
    }
    put(message, name, fieldValue(field, given, `${path}.${name}`))
  }
  const missing = type.fieldsArray.find(field => field.required && !Object.hasOwn(message, field.name))
  if (missing !== undefined) throw new Error(`${path}: message ${type.name} lacks ${missing.name}`)
  const problem = type.verify(message)
  if (problem !== null) throw new Error(`${path}: ${problem}`)
  return message
}

function fieldValue(field: protobuf.Field, value: unknown, path: string): unknown {
  if (field instanceof protobuf.MapField) {
    if (typeof value !== 'object' || Array.isArray(value)) throw new Error(`${path}: expected an object`)
    const out = {}
    for (const [key, item] of Object.entries(value as Fields)) put(out, key, scalarValue(field, item, `${path}.${key}`))
    return out
  }
  if (!field.repeated) return scalarValue(field, value, path)
  if (!Array.isArray(value)) throw new Error(`${path}: expected an array`)
  return value.map((item, i) => scalarValue(field, item, `${path}[${i}]`))
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

function scalarValue(field: protobuf.Field, value: unknown, path: string): unknown {
  const { resolvedType, type } = field
  if (resolvedType instanceof protobuf.Type) return messageOf(resolvedType, value, path)
  if (resolvedType instanceof protobuf.Enum) {
    const number = Object.hasOwn(resolvedType.values, value as string)
      ? resolvedType.values[value as string]
      : undefined
    if (number === undefined) throw new Error(`${path}: ${resolvedType.name} has no such value`)
    return number
  }
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

function integerValue(type: string, [least, most]: readonly [bigint, bigint], value: unknown, path: string): unknown {
  if (typeof value !== 'bigint' && !Number.isSafeInteger(value)) throw new Error(`${path}: expected an integer`)
  const exact = BigInt(value as number | bigint)
  if (exact < least || exact > most) throw new Error(`${path}: beyond the range of ${type}`)
  if (!LONGS.has(type)) return Number(exact)
  // The two halves, as the library's own class of long integers holds them.
  const half = (part: bigint): number => Number(BigInt.asIntN(32, part))
  return { low: half(exact), high: half(exact >> 32n), unsigned: least === 0n }
}
