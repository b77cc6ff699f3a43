// The emitted decoder of JSON: a function from the bytes of a record to its used fields.
//
// Promises: what it returns is what the obvious decoder gives, without the parts that are not used; where it is not
// sure it returns undefined, and the obvious decoder decides. Each family of schemas has a file of its own.

import { MAX_DEPTH, type PlainSchema } from '../../../core/decode/tree.ts'
import type { Schema, SchemaDocument, Uses } from '../../../core/plan/schema.ts'
import { MAX_SKIP_DEPTH } from '../../../core/scan/skip.ts'
import { BLANKS, type Emitter, type Target } from './emitter.ts'
import { readArray, readRecord, readTuple } from './lists.ts'
import { objectFunction } from './objects.ts'
import { readBigint, readBoolean, readLiterals, readNull, readNumber, readString, readUnknown } from './scalars.ts'
import { readUnion } from './unions.ts'

/** Emitted code of one decoder: statements that run once at linking, functions among them. */
export interface DecoderCode {
  /** Name of the function `(b, v, p, end)`. */
  readonly name: string
  readonly setup: string
  /** A statement that a chunk begins with, before its records are decoded. */
  readonly enter?: string
}

/** The nesting that emitted code reads itself: with what it steps over behind that, never deeper than is allowed. */
const MAX_NESTING = MAX_DEPTH - MAX_SKIP_DEPTH

export function jsonDecoder(name: string, document: SchemaDocument, uses: Uses): DecoderCode {
  const emitter = new JsonEmitter(name, document)
  if (emitter.nesting > MAX_NESTING) return { name, setup: `function ${name}() {\nreturn undefined\n}` }
  const root = emitter.value(document.root, { into: 'value', uses, bail: 'return undefined' })
  const code = `function ${name}(b, v, p, end) {
    ${emitter.recursive ? `${name}Depth.at = 0` : ''}
    ${BLANKS}
    if (p >= end) return undefined
    let value
    ${root}
    return p === end || skipBlanks(b, p, end) === end ? value : undefined
  }`
  return { name, setup: [...emitter.statements, code].join('\n') }
}

class JsonEmitter implements Emitter {
  readonly #prefix: string
  readonly #document: SchemaDocument
  readonly #functions = new Map<string, string>()
  readonly #ids = new Map<Schema, number>()
  #count = 0
  readonly statements: string[] = []
  readonly recursive: boolean
  /** Deepest nesting of any type, references not followed. */
  readonly nesting: number

  constructor(prefix: string, document: SchemaDocument) {
    this.#prefix = prefix
    this.#document = document
    this.recursive = Object.keys(document.defs).length > 0
    this.nesting = Math.max(...[document.root, ...Object.values(document.defs)].map(nestingOf))
    if (this.recursive) this.setup(`const ${prefix}Depth = { at: 0 }`)
  }

  resolve(schema: Schema): PlainSchema {
    let at = schema
    for (let steps = 0; at.kind === 'ref'; steps++) {
      const next = this.#document.defs[at.name]
      if (next === undefined || steps > 1000) throw new Error(`lyrebird invariant broken: no type ${at.name}`)
      at = next
    }
    return at
  }

  fresh(prefix: string): string {
    return `${prefix}${this.#count++}_${this.#prefix}`
  }

  setup(statement: string): void {
    this.statements.push(statement)
  }

  value(schema: Schema, target: Target): string {
    const plain = this.resolve(schema)
    const uses = target.into === null ? null : fitting(target.uses, plain)
    // Objects and targets of references are functions of their own: recursive types end there.
    if (schema.kind === 'ref' || plain.kind === 'object') return this.#call(plain, uses, target)
    return this.#inline(plain, { ...target, uses: uses ?? true })
  }

  #inline(schema: Exclude<PlainSchema, { kind: 'object' }>, target: Target): string {
    switch (schema.kind) {
      case 'unknown':
        return readUnknown(this, target)
      case 'null':
        return readNull(target)
      case 'boolean':
        return readBoolean(target)
      case 'number':
        return readNumber(target)
      case 'bigint':
        return readBigint(this, target)
      case 'string':
        return readString(this, target)
      case 'literal':
        return readLiterals(this, [schema.value], target)
      case 'array':
        return readArray(this, schema, target)
      case 'tuple':
        return readTuple(this, schema, target)
      case 'record':
        return readRecord(this, schema, target)
      case 'union':
        return readUnion(this, schema, target)
      case 'bytes': // JSON has none
      case 'never':
        return target.bail
    }
  }

  #call(schema: PlainSchema, uses: Uses | null, target: Target): string {
    // Presence of an object needs none of its fields.
    const name = this.#functionFor(schema, uses)
    if (target.into === null) return `p = ${name}(b, v, p, end)\nif (p < 0) ${target.bail}`
    return `${target.into} = ${name}(b, v, p, end)
      if (${target.into} === undefined) ${target.bail}
      p = stopped[0]`
  }

  #functionFor(schema: PlainSchema, uses: Uses | null): string {
    const id = this.#ids.get(schema) ?? this.#ids.size
    this.#ids.set(schema, id)
    const key = `${id} ${JSON.stringify(uses)}`
    const known = this.#functions.get(key)
    if (known !== undefined) return known
    const name = `${this.#prefix}${uses === null ? 'Skip' : 'Read'}${this.#functions.size}`
    this.#functions.set(key, name)
    this.setup(this.#functionOf(name, schema, uses))
    return name
  }

  #functionOf(name: string, schema: PlainSchema, uses: Uses | null): string {
    const limit = Math.floor(MAX_NESTING / Math.max(1, this.nesting))
    const depth = `${this.#prefix}Depth.at`
    const guard = this.recursive ? `++${depth} > ${limit}` : ''
    if (schema.kind === 'object') return objectFunction(this, name, schema, uses, { guard, leave: `${depth}--` })
    const bail = uses === null ? 'return -1' : 'return undefined'
    return `function ${name}(b, v, p, end) {
      ${guard === '' ? '' : `if (${guard}) ${bail}`}
      ${uses === null ? '' : 'let value'}
      ${this.#inline(schema, { into: uses === null ? null : 'value', uses: uses ?? true, bail })}
      ${guard === '' ? '' : `${depth}--`}
      ${uses === null ? 'return p' : 'stopped[0] = p\nreturn value'}
    }`
  }
}

/**
 * Uses that do not fit the type (elements of an object, fields of an array) mean the whole: nothing that is looked at
 * is left out.
 */
function fitting(uses: Uses, schema: PlainSchema): Uses {
  if (uses === true) return true
  const names = Object.keys(uses)
  if (schema.kind === 'object') return names.includes('[]') && !schema.fields.some(f => f.name === '[]') ? true : uses
  if (schema.kind === 'array' || schema.kind === 'record') return names.every(n => n === '[]') ? uses : true
  return uses
}

/** Arrays and objects inside each other in one type. */
function nestingOf(schema: Schema): number {
  switch (schema.kind) {
    case 'array':
      return 1 + nestingOf(schema.items)
    case 'tuple':
      return 1 + Math.max(0, ...[...schema.items, ...(schema.rest === null ? [] : [schema.rest])].map(nestingOf))
    case 'object':
      return 1 + Math.max(0, ...schema.fields.map(f => nestingOf(f.schema)))
    case 'record':
      return 1 + nestingOf(schema.values)
    case 'union':
      return Math.max(0, ...schema.members.map(nestingOf))
    default:
      return 0
  }
}
