// The fields of objects as canonical bytes need them: in order, each with the bytes before its value.
//
// Promises: worked out once for objects of few shapes that follow each other.

import { ByteWriter } from './bytes.ts'
import { compareTexts, encodeText } from './canonical-text.ts'

/** What a field begins with. */
const FIELD = 0x01

/** Names whose UTF-16 order may differ from that of their code points. */
const ODD_NAME = /[\ud800-\uffff]/

/** The fields of an object. */
interface Shape {
  /** As they came. */
  readonly given: readonly string[]
  /** In the order of their canonical bytes. */
  readonly names: readonly string[]
  /** The bytes before each field's value. */
  readonly starts: readonly Uint8Array[]
  /** Whether they came in that order. */
  readonly inOrder: boolean
}

/** Objects of few shapes follow each other. */
const SHAPES = 64
const NO_FIELDS: Shape = { given: [], names: [], starts: [], inOrder: true }
const shapes: Shape[] = new Array(SHAPES).fill(NO_FIELDS)

/** Of the own enumerable fields. */
export function shapeOf(value: object): Shape {
  const given = Object.keys(value)
  const { length } = given
  if (length === 0) return NO_FIELDS
  const place = placeOf(given[0] as string, given[length - 1] as string, length)
  const known = shapes[place] as Shape
  if (isSame(given, known.given)) return known
  const names = given.some(name => ODD_NAME.test(name)) ? [...given].sort(compareTexts) : [...given].sort()
  const shape = { given, names, starts: names.map(fieldStart), inOrder: isSame(given, names) }
  shapes[place] = shape
  return shape
}

/** The same fields in another order have another place. */
const placeOf = (first: string, last: string, length: number): number =>
  (length + 5 * first.length + 7 * first.charCodeAt(0) + 31 * last.charCodeAt(0)) & (SHAPES - 1)

function isSame(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** The bytes of an object before a field's value: mark and name. */
export function fieldStart(name: string): Uint8Array {
  const w = new ByteWriter(name.length + 8)
  w.byte(FIELD)
  encodeText(w, name)
  return w.take()
}
