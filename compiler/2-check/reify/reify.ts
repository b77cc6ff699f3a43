// Makes schemas of TypeScript types that are decoded or stored.
//
// Promises: a type that cannot be checked against bytes is a problem with the path into the type, never a schema that
// accepts too much. Members of unions and fields are sorted, so that the type checker's order does not show. Validating
// values is in `core/decode`.

import type { Schema, SchemaDocument, SchemaField } from '../../../core/plan/schema.ts'
import type { Reading } from '../../1-read/reading.ts'
import type { TypeShape } from '../../1-read/shape.ts'
import type { ts } from '../../1-read/syntax.ts'
import type { Message } from '../../diagnostic.ts'
import { problemOf } from './problems.ts'
import { unionSchema } from './unions.ts'

type Reified =
  | { readonly ok: true; readonly document: SchemaDocument }
  | { readonly ok: false; readonly problems: readonly Message[] }

/** `name` is the root in paths, such as `PageView`; `bytes`: whether the format can hold bytes (`Uint8Array`). */
export function reify(reading: Reading, type: ts.Type, name: string, bytes = false): Reified {
  return reified(new Reifier(reading, bytes), reifier => reifier.at(type, name))
}

/** As `reify`, for the union of these types, which may hold bytes. */
export function reifyUnion(reading: Reading, types: readonly ts.Type[], name: string): Reified {
  return reified(new Reifier(reading, true), reifier => reifier.union(types, name))
}

function reified(reifier: Reifier, read: (reifier: Reifier) => Schema): Reified {
  const root = read(reifier)
  if (reifier.problems.length > 0) return { ok: false, problems: reifier.problems }
  return { ok: true, document: { root, defs: reifier.defs() } }
}

/** No record is nested deeper; a type that is expands without end. */
const DEPTH_MAX = 64
const PROBLEMS_MAX = 10

class Reifier {
  readonly problems: Message[] = []
  readonly #reading: Reading
  readonly #bytes: boolean
  readonly #names = new Map<ts.Type, string>()
  readonly #open: ts.Type[] = []
  readonly #defs = new Map<string, Schema>()

  constructor(reading: Reading, bytes: boolean) {
    this.#reading = reading
    this.#bytes = bytes
  }

  defs(): Readonly<Record<string, Schema>> {
    const sorted = [...this.#defs].sort(([a], [b]) => (a < b ? -1 : 1))
    return Object.fromEntries(sorted)
  }

  at(type: ts.Type, path: string): Schema {
    const shape = this.#reading.shapeOf(type)
    switch (shape.kind) {
      case 'unknown':
      case 'null':
      case 'boolean':
      case 'number':
      case 'bigint':
      case 'string':
        return { kind: shape.kind }
      case 'literal':
        return this.#literal(shape.value, type, path)
      case 'array':
      case 'tuple':
      case 'object':
      case 'union':
        return this.#structure(type, shape, path)
      case 'class':
        if (this.#bytes && shape.standard && shape.name === 'Uint8Array') return { kind: 'bytes' }
        return this.#problem(shape, type, path)
      default:
        return this.#problem(shape, type, path)
    }
  }

  #problem(shape: TypeShape, type: ts.Type, path: string): Schema {
    if (this.problems.length < PROBLEMS_MAX) this.problems.push(problemOf(this.#reading, shape, type, path))
    return { kind: 'unknown' }
  }

  #literal(value: string | number | boolean, type: ts.Type, path: string): Schema {
    if (typeof value === 'number' && !Number.isFinite(value)) {
      return this.#problem({ kind: 'other', name: 'a number that JSON cannot write' }, type, path)
    }
    return { kind: 'literal', value: Object.is(value, -0) ? 0 : value }
  }

  /** Types that may hold themselves: one that is met again while it is open becomes a named definition. */
  #structure(type: ts.Type, shape: TypeShape, path: string): Schema {
    const known = this.#names.get(type)
    if (known !== undefined && (this.#open.includes(type) || this.#defs.has(known))) return { kind: 'ref', name: known }
    if (this.#open.includes(type)) return { kind: 'ref', name: this.#nameFor(type) }
    if (this.#open.length >= DEPTH_MAX) {
      return this.#problem({ kind: 'other', name: 'a type that expands without end' }, type, path)
    }
    this.#open.push(type)
    const schema = this.#parts(shape, type, path)
    this.#open.pop()
    const name = this.#names.get(type)
    if (name === undefined) return schema
    this.#defs.set(name, schema)
    return { kind: 'ref', name }
  }

  #nameFor(type: ts.Type): string {
    const wanted = (type.aliasSymbol ?? type.getSymbol())?.name ?? 'type'
    const base = wanted.startsWith('__') ? 'type' : wanted
    const taken = new Set(this.#names.values())
    let name = base
    for (let n = 2; taken.has(name); n++) name = `${base}${n}`
    this.#names.set(type, name)
    return name
  }

  #parts(shape: TypeShape, type: ts.Type, path: string): Schema {
    if (shape.kind === 'array') return { kind: 'array', items: this.#item(shape.items, `${path}[]`) }
    if (shape.kind === 'tuple') {
      const items = shape.items.map((item, i) =>
        i < shape.required ? this.at(item, `${path}[${i}]`) : this.#optional(item, `${path}[${i}]`),
      )
      return {
        kind: 'tuple',
        items,
        required: shape.required,
        rest: shape.rest === null ? null : this.#item(shape.rest, `${path}[]`),
      }
    }
    if (shape.kind === 'union') return this.union(shape.members, path)
    if (shape.kind !== 'object') return this.#problem(shape, type, path)
    if (shape.values === null) return { kind: 'object', fields: this.#fields(shape, path) }
    if (shape.properties.length > 0) {
      return this.#problem({ kind: 'other', name: 'a type with both fields and an index signature' }, type, path)
    }
    return { kind: 'record', values: this.#optional(shape.values, `${path}[string]`) }
  }

  #fields(shape: Extract<TypeShape, { kind: 'object' }>, path: string): readonly SchemaField[] {
    const fields: SchemaField[] = []
    for (const { name, type, optional } of shape.properties) {
      const absent = this.#reading.withoutUndefined(type) !== null
      const at = `${path}.${name}`
      const schema = optional ? this.#optional(type, at) : this.#present(type, at)
      fields.push({ name, schema, optional: optional || absent })
    }
    return fields.sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  union(members: readonly ts.Type[], path: string): Schema {
    return unionSchema(
      members.map(m => this.at(m, path)),
      schema => (schema.kind === 'ref' ? null : schema),
    )
  }

  /** The type of an optional field where it is present; `never` where it is declared absent. */
  #present(type: ts.Type, path: string): Schema {
    const parts = this.#reading.withoutUndefined(type)
    if (parts === null) return this.at(type, path)
    return parts.length === 0 ? { kind: 'never' } : this.union(parts, path)
  }

  /** As `#present`, for a part that need not be there: `never` says that it must not be. */
  #optional(type: ts.Type, path: string): Schema {
    return this.#isNever(type) ? { kind: 'never' } : this.#present(type, path)
  }

  /** Of `never[]` only the empty array. */
  #item(type: ts.Type, path: string): Schema {
    return this.#isNever(type) ? { kind: 'never' } : this.at(type, path)
  }

  #isNever(type: ts.Type): boolean {
    return this.#reading.shapeOf(type).kind === 'never'
  }
}
