// Avro types over the classes of avsc, changed where its defaults would be wrong here.
//
// Promises: decoding gives plain values and never a wrong one: text is strict UTF-8, a long that no double holds is a
// bigint, the value of a union is the value itself, bytes are `Uint8Array`, `__proto__` is a key like any other.
// Hostile bytes end in an error after work that their length bounds, not in an overflow of stack or memory. Schemas,
// names, resolution and the encoding are avsc's.

import avsc from 'avsc'

/** Where avsc reads and writes. */
interface Tap {
  readonly buf: Uint8Array
  readonly pos: number
  depth?: number
  readLong(): number
  skipLong(): void
  readInt(): number
  readBytes(): Uint8Array | undefined
  readFixed(size: number): Uint8Array | undefined
  writeLong(value: number): void
  writeBytes(bytes: Uint8Array): void
  writeFixed(bytes: Uint8Array, size: number): void
}

type Hook = (value: unknown, type: AvroType) => void

interface Resolver {
  _read(tap: Tap, lazy?: boolean): unknown
}

/** The parts of avsc's types that are used here; those with an underscore are what its own types override too. */
export interface AvroType {
  readonly typeName: string
  /** In the canonical form of Avro's specification, for comparing. */
  schema(): unknown
  createResolver(writer: AvroType, options?: unknown): Resolver
  decode(bytes: Uint8Array, position: number, resolver?: Resolver): { readonly value: unknown; readonly offset: number }
  isValid(value: unknown, options: object): boolean
  toBuffer(value: unknown): Uint8Array
  _read(tap: Tap): unknown
  _skip(tap: Tap): void
  _write(tap: Tap, value: unknown): void
  _check(value: unknown, flags: number, hook?: Hook, path?: unknown[]): boolean
  _update(resolver: { _read?: Resolver['_read'] }, writer: AvroType, options: unknown): void
}

type Made<Parts> = new (schema?: unknown, options?: unknown) => AvroType & Parts

interface Library {
  readonly Type: { forSchema(schema: unknown, options: object): AvroType }
  readonly types: {
    readonly ArrayType: Made<{ readonly itemsType: AvroType }>
    readonly BytesType: Made<object>
    readonly FixedType: Made<{ readonly size: number }>
    readonly IntType: Made<object>
    readonly LongType: { __with(methods: object): AvroType }
    readonly MapType: Made<{ readonly valuesType: AvroType }>
    readonly StringType: Made<object>
    readonly WrappedUnionType: Made<{ readonly types: readonly AvroType[] }>
  }
}

const { Type, types } = avsc as unknown as Library

/** The type of a schema, parsed from JSON. Throws avsc's error where the schema is invalid. */
export function avroType(schema: unknown): AvroType {
  return Type.forSchema(schema, { typeHook, omitRecordMethods: true })
}

/** Whether values of one schema are written as those of the other: equal but for texts, aliases and defaults. */
export function sameAvroSchema(one: unknown, other: unknown): boolean {
  const form = (schema: unknown): string => JSON.stringify(Type.forSchema(schema, { wrapUnions: true }).schema())
  return form(one) === form(other)
}

function typeHook(schema: unknown, options: object): AvroType | undefined {
  if (Array.isArray(schema)) {
    const members = schema.map(member => Type.forSchema(member, options))
    return new PlainUnion(members, options)
  }
  const name = typeof schema === 'string' ? schema : (schema as { readonly type?: unknown }).type
  switch (name) {
    case 'string':
      return TEXT
    case 'bytes':
      return BYTES
    case 'int':
      return INT
    case 'long':
      return LONG
    case 'array':
      return typeof schema === 'string' ? undefined : new PlainArray(schema, options)
    case 'map':
      return typeof schema === 'string' ? undefined : new PlainMap(schema, options)
    case 'fixed':
      return typeof schema === 'string' ? undefined : new PlainFixed(schema, options)
    default:
      return undefined
  }
}

/** The deepest nesting of unions, arrays and maps: without one of them no value is infinite. */
const MAX_DEPTH = 200

function deeper<T>(tap: Tap, read: () => T): T {
  tap.depth = (tap.depth ?? 0) + 1
  if (tap.depth > MAX_DEPTH) throw new Error('nested too deeply')
  const value = read()
  tap.depth--
  return value
}

/** The number of items in the next block of an array or map; 0 at its end. */
function blockSize(tap: Tap, sofar: number): number {
  let count = tap.readLong()
  if (count < 0) {
    count = -count
    tap.skipLong() // the size in bytes
  }
  if (tap.pos > tap.buf.length || sofar + count > tap.buf.length) throw new Error('more items than bytes')
  return count
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function textOf(tap: Tap): string {
  const bytes = tap.readBytes()
  if (bytes === undefined) throw new Error('cut off')
  return strict.decode(bytes)
}

class PlainText extends types.StringType {
  override _read(tap: Tap): string {
    return textOf(tap)
  }

  override _check(value: unknown, flags: number, hook?: Hook): boolean {
    return super._check(value, flags, hook) && !/\p{Surrogate}/u.test(value as string)
  }
}

class PlainBytes extends types.BytesType {
  override _read(tap: Tap): Uint8Array {
    const bytes = tap.readBytes()
    if (bytes === undefined) throw new Error('cut off')
    return new Uint8Array(bytes)
  }

  override _check(value: unknown, _flags: number, hook?: Hook): boolean {
    const valid = value instanceof Uint8Array
    if (!valid) hook?.(value, this)
    return valid
  }

  override _write(tap: Tap, value: unknown): void {
    tap.writeBytes(Buffer.from(value as Uint8Array))
  }
}

class PlainFixed extends types.FixedType {
  override _read(tap: Tap): Uint8Array {
    const bytes = tap.readFixed(this.size)
    if (bytes === undefined) throw new Error('cut off')
    return new Uint8Array(bytes)
  }

  override _check(value: unknown, _flags: number, hook?: Hook): boolean {
    const valid = value instanceof Uint8Array && value.length === this.size
    if (!valid) hook?.(value, this)
    return valid
  }

  override _write(tap: Tap, value: unknown): void {
    tap.writeFixed(Buffer.from(value as Uint8Array), this.size)
  }
}

class PlainInt extends types.IntType {
  override _read(tap: Tap): number {
    const value = tap.readInt()
    if (value !== (value | 0)) throw new Error('an int of more than 32 bits')
    return value
  }
}

class PlainArray extends types.ArrayType {
  override _read(tap: Tap): unknown[] {
    return deeper(tap, () => {
      const items: unknown[] = []
      for (let left = blockSize(tap, 0); left > 0; left = blockSize(tap, items.length)) {
        while (left-- > 0) items.push(this.itemsType._read(tap))
      }
      return items
    })
  }

  override _skip(tap: Tap): void {
    this._read(tap)
  }
}

class PlainMap extends types.MapType {
  override _read(tap: Tap): object {
    return deeper(tap, () => {
      const out = {}
      let count = 0
      for (let left = blockSize(tap, 0); left > 0; left = blockSize(tap, count)) {
        for (; left > 0; left--) {
          const value: PropertyDescriptor = { writable: true, enumerable: true, configurable: true }
          const key = textOf(tap)
          Object.defineProperty(out, key, { ...value, value: this.valuesType._read(tap) })
          count++
        }
      }
      return out
    })
  }

  override _skip(tap: Tap): void {
    this._read(tap)
  }
}

/** Values of unions are those of their members; a value is written as the first member that it is a value of. */
class PlainUnion extends types.WrappedUnionType {
  override _read(tap: Tap): unknown {
    const member = this.types[tap.readLong()]
    if (member === undefined) throw new Error('no such member of a union')
    return deeper(tap, () => member._read(tap))
  }

  override _skip(tap: Tap): void {
    this._read(tap)
  }

  override _check(value: unknown, flags: number, hook?: Hook): boolean {
    const valid = this.#memberOf(value, flags) >= 0
    if (!valid) hook?.(value, this)
    return valid
  }

  override _write(tap: Tap, value: unknown): void {
    const index = this.#memberOf(value, NO_OTHER_FIELDS)
    tap.writeLong(index)
    this.types[index]?._write(tap, value ?? null)
  }

  override createResolver(writer: AvroType, options?: unknown): Resolver {
    const resolver = super.createResolver(writer, options)
    const read: Resolver['_read'] = (tap, lazy) => deeper(tap, () => resolver._read(tap, lazy))
    return Object.freeze(Object.create(resolver, { _read: { value: read } }) as Resolver)
  }

  override _update(resolver: { _read?: Resolver['_read'] }, writer: AvroType, options: unknown): void {
    for (const member of this.types) {
      const own = resolverOf(member, writer, options)
      if (own === null) continue
      resolver._read = tap => own._read(tap)
      return
    }
  }

  /** An absent field is null. */
  #memberOf(value: unknown, flags: number): number {
    return this.types.findIndex(member => member._check(value ?? null, flags))
  }
}

/** avsc's flag of `_check`: a record may have no other fields than its own. */
const NO_OTHER_FIELDS = 1

function resolverOf(member: AvroType, writer: AvroType, options: unknown): Resolver | null {
  try {
    return member.createResolver(writer, options)
  } catch {
    return null
  }
}

const TEXT = new PlainText()
const BYTES = new PlainBytes()
const INT = new PlainInt()

/** A number where a double holds it, else a bigint. */
const LONG = types.LongType.__with({
  fromBuffer: (bytes: Buffer) => {
    const value = bytes.readBigInt64LE()
    const near = Number(value)
    return Number.isSafeInteger(near) ? near : value
  },
  toBuffer: (value: number | bigint) => {
    const bytes = Buffer.alloc(8)
    bytes.writeBigInt64LE(BigInt(value))
    return bytes
  },
  fromJSON: (value: number) => value,
  toJSON: Number,
  isValid: (value: unknown) =>
    typeof value === 'bigint' ? BigInt.asIntN(64, value) === value : Number.isSafeInteger(value),
  compare: (a: number | bigint, b: number | bigint) => (a < b ? -1 : a > b ? 1 : 0),
})
