// Canonical JSON: values as JSON text in one form, which outputs write and `query` prints.
//
// Promises: the same text for values with the same canonical bytes, fields sorted in canonical order. What JSON lacks
// has a fixed form (a bigint is an integer token; NaN and the infinities are strings; bytes are base64, RFC 4648).

import { compareValues, normalise } from './canonical.ts'
import { shapeOf } from './object-shape.ts'

/** Canonical JSON of a value; undefined is null. Throws `Unencodable` for what has no canonical bytes. */
export function canonicalJson(value: unknown): string {
  if (value === undefined) return 'null'
  if (isPlainJson(value, 0)) return JSON.stringify(value)
  const normal = normalise(value)
  return isPlainJson(normal, 0) ? JSON.stringify(normal) : textOf(normal)
}

/** Deeper values, which are rare, are written by `textOf`. */
const PLAIN_DEPTH = 16

/** Whether `JSON.stringify` gives the text of this value: JSON has all that is in it, and fields are in order. */
function isPlainJson(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true
    case 'number':
      return Number.isFinite(value)
    case 'object':
      return value === null || (depth < PLAIN_DEPTH && isPlainObject(value, depth + 1))
    default:
      return false
  }
}

function isPlainObject(value: object, depth: number): boolean {
  if (Array.isArray(value)) return isPlainPrototype(value, Array.prototype) && value.every(v => isPlainJson(v, depth))
  if (!isPlainPrototype(value, Object.prototype)) return false
  const { names, inOrder } = shapeOf(value)
  if (!inOrder) return false
  for (const name of names) if (!isPlainJson((value as Record<string, unknown>)[name], depth)) return false
  return true
}

const isPlainPrototype = (value: object, expected: object): boolean => Object.getPrototypeOf(value) === expected

function textOf(value: unknown): string {
  switch (typeof value) {
    case 'bigint':
      return String(value)
    case 'number':
      return Number.isFinite(value) ? JSON.stringify(value) : `"${value}"`
    case 'object':
      break
    default:
      return JSON.stringify(value)
  }
  if (value === null) return 'null'
  if (Array.isArray(value)) return `[${value.map(textOf).join(',')}]`
  if (value instanceof Uint8Array) return `"${base64(value)}"`
  let text = ''
  for (const name of namesOf(value)) {
    text += `${text === '' ? '{' : ','}${JSON.stringify(name)}:${textOf((value as Record<string, unknown>)[name])}`
  }
  return text === '' ? '{}' : `${text}}`
}

/**
 * Names of a normalised value in order. They are in order already, except that engines put names that are integers
 * first.
 */
function namesOf(value: object): readonly string[] {
  const names = Object.keys(value)
  const first = names[0]?.charCodeAt(0) ?? 0
  return first >= ZERO && first <= NINE ? names.sort(compareValues) : names
}

const [ZERO, NINE] = [48, 57]

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Base64 of bytes (RFC 4648, section 4). */
export function base64(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const word = ((bytes[i] as number) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    const digits = [18, 12, 6, 0].map(shift => ALPHABET[(word >> shift) & 63] as string)
    const known = Math.min(bytes.length - i, 3) + 1
    text += digits.slice(0, known).join('').padEnd(4, '=')
  }
  return text
}

/** The bytes of a text that `base64` gives; null for any other one. */
export function bytesOfBase64(text: string): Uint8Array | null {
  if (text.length % 4 !== 0) return null
  const digits = text.endsWith('==') ? text.length - 2 : text.endsWith('=') ? text.length - 1 : text.length
  const bytes = new Uint8Array(Math.floor((digits * 3) / 4))
  for (let i = 0, at = 0; i < digits; i += 4) {
    let word = 0
    for (let k = i; k < i + 4; k++) {
      const digit = k < digits ? ALPHABET.indexOf(text[k] as string) : 0
      if (digit < 0) return null
      word = (word << 6) | digit
    }
    for (let shift = 16; shift >= 0 && at < bytes.length; shift -= 8) bytes[at++] = (word >> shift) & 0xff
  }
  return base64(bytes) === text ? bytes : null
}
