// What a source needs of a JSON record, as data for the kernel: which values it must check, and which go into columns.
//
// Promises: null for types that the kernel does not read; a record that it takes by a program has the values that the
// obvious decoder gives. A column for every used scalar, in the order of the schema.
// Not here: where the words of a program lie in memory (`layout.ts`).

import type { Schema, SchemaDocument, SchemaField, Uses } from '../../plan/schema.ts'
import { quotesPlainly } from '../../scan/quotes-plainly.ts'

/** JSON types that a value may have, as bits. INTEGER: a number without fraction and exponent. */
export const TYPE = Object.freeze({
  NULL: 1,
  TRUE: 2,
  FALSE: 4,
  NUMBER: 8,
  INTEGER: 16,
  STRING: 32,
  ARRAY: 64,
  OBJECT: 128,
})

const BOOLEAN = TYPE.TRUE | TYPE.FALSE
const ANY = TYPE.NULL | BOOLEAN | TYPE.NUMBER | TYPE.STRING | TYPE.ARRAY | TYPE.OBJECT

export type ColumnKind = 'number' | 'text' | 'boolean'

export interface ColumnSpec {
  /** Names of the fields on the way from the record to the value. */
  readonly path: readonly string[]
  readonly kind: ColumnKind
  readonly optional: boolean
  readonly nullable: boolean
}

/** What is checked of a value. */
export interface ValueShape {
  /** Bits of TYPE. */
  readonly types: number
  /** Index of the column that it goes into; only with one of number, string and boolean, besides null. */
  readonly column?: number
  /** Of an object; any where left out. */
  readonly object?: ObjectShape
  /** Of the items of an array; any where left out. */
  readonly items?: ValueShape
  /** A string must be one of them. */
  readonly literals?: readonly string[]
}

export interface FieldShape extends ValueShape {
  readonly name: string
  readonly optional: boolean
  /** Whether the job uses it, or any part of it, or whether it is there. */
  readonly used: boolean
}

export interface ObjectShape {
  /** In the order of the schema; no more than FIELDS_MAX. */
  readonly fields: readonly FieldShape[]
}

export interface DecodeProgram {
  readonly columns: readonly ColumnSpec[]
  readonly root: ObjectShape
}

/** Declared fields of one object: each has a bit of a 64-bit word. */
const FIELDS_MAX = 64
/** Objects and arrays inside each other in one type: the kernel calls itself for each. */
const NESTING_MAX = 16

export function programOf(document: SchemaDocument, uses: Uses): DecodeProgram | null {
  const builder = new Builder(document)
  const root = builder.value(document.root, uses, [], 0)
  if (root?.object === undefined || root.types !== TYPE.OBJECT) return null
  return { columns: builder.columns, root: root.object }
}

class Builder {
  readonly #document: SchemaDocument
  readonly columns: ColumnSpec[] = []

  constructor(document: SchemaDocument) {
    this.#document = document
  }

  /** `uses`: null where the value is only checked. */
  value(
    schema: Schema,
    uses: Uses | null,
    path: readonly string[],
    depth: number,
    optional = false,
  ): ValueShape | null {
    const members = this.#members(schema, depth)
    if (members === null) return null
    const shapes = members.map(m => this.#plain(m, uses, path, depth))
    const known = shapes.filter(s => s !== null)
    const shape = known.length === shapes.length ? joined(known) : null
    if (shape === null || uses === null || shape.types === TYPE.OBJECT) return shape
    const kind = kindOf(shape.types)
    // A part that may be missing on the way to a column has none, and neither has a value of several types.
    if (kind === null || this.columns.some(c => isWithin(c.path, path))) return null
    this.columns.push({ path, kind, optional, nullable: (shape.types & TYPE.NULL) !== 0 })
    return { ...shape, column: this.columns.length - 1 }
  }

  /** The types that a value may have, none of them a union or a reference. */
  #members(schema: Schema, depth: number): readonly Schema[] | null {
    if (depth > NESTING_MAX) return null
    if (schema.kind === 'union') {
      const all = schema.members.map(m => this.#members(m, depth + 1))
      return all.some(m => m === null) ? null : (all as Schema[][]).flat()
    }
    if (schema.kind !== 'ref') return [schema]
    const target = this.#document.defs[schema.name]
    return target === undefined ? null : this.#members(target, depth + 1)
  }

  #plain(schema: Schema, uses: Uses | null, path: readonly string[], depth: number): ValueShape | null {
    switch (schema.kind) {
      case 'unknown':
        return { types: ANY }
      case 'never':
        return { types: 0 }
      case 'null':
        return { types: TYPE.NULL }
      case 'boolean':
        return { types: BOOLEAN }
      case 'number':
        return { types: TYPE.NUMBER }
      case 'bigint':
        return uses === null ? { types: TYPE.INTEGER } : null
      case 'string':
        return { types: TYPE.STRING }
      case 'literal':
        return literal(schema.value)
      case 'array':
        return this.#array(schema.items, depth)
      case 'object':
        return this.#object(schema.fields, uses, path, depth)
      case 'record':
        return schema.values.kind === 'unknown' ? { types: TYPE.OBJECT } : null
      default: // tuples, and bytes, which JSON has not
        return null
    }
  }

  #array(items: Schema, depth: number): ValueShape | null {
    const shape = this.value(items, null, [], depth + 1)
    return shape === null ? null : { types: TYPE.ARRAY, ...(shape.types === ANY ? {} : { items: shape }) }
  }

  #object(
    fields: readonly SchemaField[],
    uses: Uses | null,
    path: readonly string[],
    depth: number,
  ): ValueShape | null {
    if (fields.length > FIELDS_MAX || (uses !== null && uses !== true && Object.hasOwn(uses, '[]'))) return null
    const shapes: FieldShape[] = []
    for (const { name, schema, optional } of fields) {
      const used = uses === null || uses === true ? uses : Object.hasOwn(uses, name) ? (uses[name] as Uses) : null
      // Where such a field is absent, a lambda sees what every object has by that name.
      if (!quotesPlainly(name) || (used !== null && name in Object.prototype)) return null
      const shape = this.value(schema, used, [...path, name], depth + 1, optional)
      if (shape === null || (optional && used !== null && shape.column === undefined)) return null
      shapes.push({ name, optional, used: used !== null, ...shape })
    }
    return { types: TYPE.OBJECT, object: { fields: shapes } }
  }
}

function literal(value: string | number | boolean): ValueShape | null {
  if (typeof value === 'boolean') return { types: value ? TYPE.TRUE : TYPE.FALSE }
  return typeof value === 'string' && quotesPlainly(value) ? { types: TYPE.STRING, literals: [value] } : null
}

/** One shape for a value of several types; null where it would say less than they do. */
function joined(shapes: readonly ValueShape[]): ValueShape | null {
  let types = 0
  for (const shape of shapes) types |= shape.types
  const objects = shapes.filter(s => (s.types & TYPE.OBJECT) !== 0)
  const arrays = shapes.filter(s => (s.types & TYPE.ARRAY) !== 0)
  const texts = shapes.filter(s => (s.types & TYPE.STRING) !== 0)
  if (types === TYPE.OBJECT && objects.length === 1) return objects[0] as ValueShape
  if (objects.length > 1 || arrays.length > 1) return null
  const anyText = texts.some(s => s.literals === undefined)
  const literals = anyText ? undefined : texts.flatMap(s => s.literals as readonly string[])
  return {
    types,
    ...(objects[0]?.object === undefined ? {} : { object: objects[0].object }),
    ...(arrays[0]?.items === undefined ? {} : { items: arrays[0].items }),
    ...(literals === undefined || literals.length === 0 ? {} : { literals }),
  }
}

function kindOf(types: number): ColumnKind | null {
  const some = types & ~TYPE.NULL
  if (some === TYPE.NUMBER) return 'number'
  if (some === TYPE.STRING) return 'text'
  return some !== 0 && (some & ~BOOLEAN) === 0 ? 'boolean' : null
}

const isWithin = (path: readonly string[], of: readonly string[]): boolean =>
  path.length > of.length && of.every((name, i) => path[i] === name)
