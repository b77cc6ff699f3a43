// Canonical bytes of values: one byte string for each value, whose order is the order of values (semantics.md 8.1).
//
// Promises: null < false < true < numbers < bigints < strings < bytes < arrays < objects; -0 is 0 and NaN has one form,
// which sorts after all numbers; strings compare by UTF-8 bytes, lone surrogates included; fields are sorted by name,
// and an undefined one is absent. `decode(encode(x))` is the value as every executor emits it (semantics.md 3.5).
// Not here: what happens to a value without canonical bytes (the callers, by `Unencodable`).
//
// Forms: a tag, then for numbers the IEEE 754 bits made order preserving; for bigints a length byte and the magnitude;
// for strings and bytes their bytes with 00 written as 00 FF, closed by 00; for arrays their items, closed by 00; for
// objects each field as 01, name, value, closed by 00.

import { ByteReader, ByteWriter, compareBytes } from './bytes.ts'
import { decodeBigint, encodeBigint, skipBigint } from './canonical-bigint.ts'
import { compareTexts, decodeText, encodeText, skipText } from './canonical-text.ts'
import { decodeName, FIRST_FIELD } from './field-names.ts'
import { shapeOf } from './object-shape.ts'

const TAG = {
  null: 0x05,
  false: 0x10,
  true: 0x11,
  number: 0x20,
  bigint: 0x30,
  string: 0x40,
  bytes: 0x50,
  array: 0x60,
  object: 0x70,
} as const

const END = 0x00

/** Arrays and objects inside each other, at most. Deeper values are refused, so that nothing here runs out of stack. */
const MAX_VALUE_DEPTH = 256

/** A value without canonical bytes. `path` such as `$.a[2]`; `reason` in fixed words such as `a function`. */
export class Unencodable extends Error {
  readonly path: string
  readonly reason: string

  constructor(path: string, reason: string) {
    super(`${path}: ${reason}`)
    this.name = 'Unencodable'
    this.path = path
    this.reason = reason
  }
}

/** Appends the canonical bytes of a value. Throws `Unencodable`; then the writer holds a part of them. */
export function encodeValue(w: ByteWriter, value: unknown): void {
  encodeAt(w, value, 0)
}

const shared = new ByteWriter(256)

/** The canonical bytes of a value. Throws `Unencodable`. */
export function canonicalBytes(value: unknown): Uint8Array {
  const w = shared.length === 0 ? shared : new ByteWriter()
  try {
    encodeAt(w, value, 0)
    return w.take()
  } finally {
    w.reset()
  }
}

function encodeAt(w: ByteWriter, value: unknown, depth: number): void {
  switch (typeof value) {
    case 'number':
      return encodeNumber(w, value)
    case 'string':
      w.byte(TAG.string)
      return encodeText(w, value)
    case 'boolean':
      return w.byte(value ? TAG.true : TAG.false)
    case 'undefined':
      return w.byte(TAG.null)
    case 'bigint':
      w.byte(TAG.bigint)
      return encodeBigint(w, value)
    case 'object':
      return value === null ? w.byte(TAG.null) : encodeObject(w, value, depth)
    default:
      throw new Unencodable('$', `a ${typeof value}`)
  }
}

const bits = new DataView(new ArrayBuffer(8))

function encodeNumber(w: ByteWriter, value: number): void {
  w.byte(TAG.number)
  if (Number.isNaN(value)) {
    w.u32(0xfff80000)
    return w.u32(0)
  }
  bits.setFloat64(0, value === 0 ? 0 : value)
  const high = bits.getUint32(0)
  const low = bits.getUint32(4)
  if (high < 0x80000000) {
    w.u32(high + 0x80000000)
    w.u32(low)
  } else {
    w.u32(~high >>> 0)
    w.u32(~low >>> 0)
  }
}

function encodeObject(w: ByteWriter, value: object, depth: number): void {
  if (depth >= MAX_VALUE_DEPTH) throw new Unencodable('$', 'nested too deeply')
  if (Array.isArray(value)) {
    w.byte(TAG.array)
    for (let i = 0; i < value.length; i++) within(w, value[i], depth, i)
    return w.byte(END)
  }
  if (value instanceof Uint8Array) {
    w.byte(TAG.bytes)
    return encodeEscaped(w, value)
  }
  checkPlain(value)
  w.byte(TAG.object)
  const shape = shapeOf(value)
  for (let i = 0; i < shape.names.length; i++) {
    const name = shape.names[i] as string
    const field = (value as Record<string, unknown>)[name]
    if (field === undefined) continue
    w.bytes(shape.starts[i] as Uint8Array)
    within(w, field, depth, name)
  }
  w.byte(END)
}

/** Encodes a part of an array or object. */
function within(w: ByteWriter, part: unknown, depth: number, step: string | number): void {
  if (typeof part === 'number') return encodeNumber(w, part)
  try {
    encodeAt(w, part, depth + 1)
  } catch (error) {
    throw deeper(error, step)
  }
}

/** An `Unencodable` of a part with the step to it before its path: a name, or an index. */
function deeper(error: unknown, step: string | number): unknown {
  if (!(error instanceof Unencodable)) return error
  const at = typeof step === 'number' ? `[${step}]` : `.${step}`
  return new Unencodable(`$${at}${error.path.slice(1)}`, error.reason)
}

function checkPlain(value: object): void {
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) throw new Unencodable('$', kindOf(value))
}

/** Fixed words for an object that is no plain data. */
function kindOf(value: object): string {
  if (value instanceof Date) return 'a Date'
  if (value instanceof Map) return 'a Map'
  if (value instanceof Set) return 'a Set'
  return 'an object of a class'
}

const sortedNames = (value: object): readonly string[] => shapeOf(value).names

function encodeEscaped(w: ByteWriter, bytes: Uint8Array): void {
  if (bytes.indexOf(0) < 0) w.bytes(bytes)
  else {
    const out = w.reserve(2 * bytes.length)
    const start = w.length
    let at = start
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] as number
      out[at++] = byte
      if (byte === 0) out[at++] = 0xff
    }
    w.advance(at - start)
  }
  w.byte(END)
}

/** Reads one value. Throws RangeError or SyntaxError for bytes that are not canonical. */
export function decodeValue(r: ByteReader): unknown {
  const tag = r.byte()
  switch (tag) {
    case TAG.null:
      return null
    case TAG.false:
      return false
    case TAG.true:
      return true
    case TAG.number:
      return decodeNumber(r)
    case TAG.bigint:
      return decodeBigint(r)
    case TAG.string:
      return decodeText(r)
    case TAG.bytes:
      return decodeEscaped(r)
    case TAG.array: {
      const items: unknown[] = []
      while (!ended(r)) items.push(decodeValue(r))
      return items
    }
    case TAG.object:
      return decodeObject(r)
    default:
      throw new SyntaxError(`no canonical value begins with byte ${tag}`)
  }
}

/** The first value of bytes. Throws as `decodeValue`. */
export const decodeBytes = (bytes: Uint8Array): unknown => decodeValue(new ByteReader(bytes))

/** Steps over the closing byte if it is next: no tag and no field begins with it. */
export function ended(r: ByteReader): boolean {
  if (r.source[r.position] !== END) return false
  r.position++
  return true
}

function decodeObject(r: ByteReader): unknown {
  const out: Record<string, unknown> = {}
  let step = FIRST_FIELD
  while (!ended(r)) {
    r.position++ // the field mark
    step = decodeName(r, step)
    const { name } = step
    putField(out, name, decodeValue(r))
  }
  return out
}

/** Whether an object is next. */
export const startsObject = (r: ByteReader): boolean => r.source[r.position] === TAG.object

/** Sets an own field, whatever its name. */
export function putField(out: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(out, name, { value, writable: true, enumerable: true, configurable: true })
  } else out[name] = value
}

const decodeNumber = (r: ByteReader): number => numberOf(r.u32(), r.u32())

/** Length of a canonical number. */
export const NUMBER_BYTES = 9

/** The canonical number at a place, its tag before it. */
export const numberAt = (view: DataView, at: number): number => numberOf(view.getUint32(at + 1), view.getUint32(at + 5))

function numberOf(high: number, low: number): number {
  const positive = high >= 0x80000000
  bits.setUint32(0, positive ? high - 0x80000000 : ~high)
  bits.setUint32(4, positive ? low : ~low)
  return bits.getFloat64(0)
}

/** Not the slice of a subclass of the host, which copies nothing. */
const copyOf = Uint8Array.prototype.slice

function decodeEscaped(r: ByteReader): Uint8Array {
  const { source } = r
  const start = r.position
  const zero = source.indexOf(0, start)
  if (zero >= 0 && source[zero + 1] !== 0xff) {
    r.position = zero + 1
    return copyOf.call(source, start, zero)
  }
  let escapes = 0
  let end = start
  for (; source[end] !== 0 || source[end + 1] === 0xff; end++) {
    if (end >= source.length) throw new RangeError('bytes end before the value does')
    if (source[end] !== 0) continue
    escapes++
    end++
  }
  r.position = end + 1
  const bytes = new Uint8Array(end - start - escapes)
  for (let i = 0, at = start; i < bytes.length; i++) {
    const byte = source[at++] as number
    bytes[i] = byte
    if (byte === 0) at++
  }
  return bytes
}

/** A bytes value or null; a view of the source where it has them as they are. */
export function viewBytes(r: ByteReader): Uint8Array | null {
  const start = r.position + 1
  if (r.source[r.position] !== TAG.bytes) return decodeValue(r) as null
  const zero = r.source.indexOf(END, start)
  if (zero < 0 || r.source[zero + 1] === 0xff) return decodeValue(r) as Uint8Array
  r.position = zero + 1
  return r.source.subarray(start, zero)
}

/** Steps over one value. */
export function skipValue(r: ByteReader): void {
  const tag = r.byte()
  switch (tag) {
    case TAG.null:
    case TAG.false:
    case TAG.true:
      return
    case TAG.number:
      r.position += 8
      return
    case TAG.bigint:
      return skipBigint(r)
    case TAG.string:
    case TAG.bytes:
      return skipText(r)
    case TAG.array:
      while (!ended(r)) skipValue(r)
      return
    case TAG.object:
      while (!ended(r)) {
        r.position++
        skipText(r)
        skipValue(r)
      }
      return
    default:
      throw new SyntaxError(`no canonical value begins with byte ${tag}`)
  }
}

/** `decode(encode(x))`: a value as it is emitted. Throws `Unencodable`. */
export function normalise(value: unknown): unknown {
  return normaliseAt(value, 0)
}

/** Without the bytes on the way: the same value, refused with the same words. */
function normaliseAt(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case 'number':
      return value === 0 ? 0 : value
    case 'string':
    case 'boolean':
    case 'bigint':
      return value
    case 'undefined':
      return null
    case 'object':
      return value === null ? null : normaliseObject(value, depth)
    default:
      throw new Unencodable('$', `a ${typeof value}`)
  }
}

function normaliseObject(value: object, depth: number): unknown {
  if (depth >= MAX_VALUE_DEPTH) throw new Unencodable('$', 'nested too deeply')
  if (Array.isArray(value)) {
    const items: unknown[] = []
    for (let i = 0; i < value.length; i++) items.push(normaliseWithin(value[i], depth, i))
    return items
  }
  if (value instanceof Uint8Array) return new Uint8Array(value)
  checkPlain(value)
  const out: Record<string, unknown> = {}
  for (const name of sortedNames(value)) {
    const field = (value as Record<string, unknown>)[name]
    if (field === undefined) continue
    putField(out, name, normaliseWithin(field, depth, name))
  }
  return out
}

/** A part of an array or object; scalars, which cannot be refused, first. */
function normaliseWithin(part: unknown, depth: number, step: string | number): unknown {
  if (typeof part === 'number') return part === 0 ? 0 : part
  if (typeof part === 'string') return part
  try {
    return normaliseAt(part, depth + 1)
  } catch (error) {
    throw deeper(error, step)
  }
}

/** The order of values, as that of their canonical bytes. Throws `Unencodable`. */
export function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') {
    if (a < b) return -1
    if (a > b) return 1
    return a === b ? 0 : Number(Number.isNaN(a)) - Number(Number.isNaN(b))
  }
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b)
  return compareBytes(canonicalBytes(a), canonicalBytes(b))
}
