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
}

/** Objects of few shapes follow each other. */
const SHAPES = 16
const NO_FIELDS: Shape = { given: [], names: [], starts: [] }
const shapes: Shape[] = new Array(SHAPES).fill(NO_FIELDS)

/** Of the own enumerable fields. */
export function shapeOf(value: object): Shape {
  const given = Object.keys(value)
  const { length } = given
  if (length === 0) return NO_FIELDS
  const place = (length + 5 * (given[0] as string).length) & (SHAPES - 1)
  const known = shapes[place] as Shape
  if (isSame(given, known.given)) return known
  const names = given.some(name => ODD_NAME.test(name)) ? [...given].sort(compareTexts) : [...given].sort()
  const shape = { given, names, starts: names.map(fieldStart) }
  shapes[place] = shape
  return shape
}

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
