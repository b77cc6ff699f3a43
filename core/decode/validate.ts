// A JSON tree, or plain values of a custom format, against a declared type: the validated value, or the first fault.
//
// Promises: fields are checked in the schema's order (sorted by name), depth first, so every decoder that validates
// here gives the same path and reason. Fields that are not declared are dropped; an `unknown` keeps everything. A field
// declared absent accepts no value, null included. What is declared is at most `MAX_DEPTH` deep; what is not may be as
// deep as it likes, since nothing looks at it.
// Not here: which member of a union a value belongs to (`union.ts`).

import type { Schema, SchemaDocument, SchemaField } from '../plan/schema.ts'
import { type Decoding, decoded, fault, fieldPath, itemPath } from './fault.ts'
import { integerOf } from './json.ts'
import {
  isDeeper,
  isObject,
  isStructure,
  type JsonObject,
  jsonWord,
  MAX_DEPTH,
  NumberToken,
  type PlainSchema,
  setField,
  withoutTokens,
} from './tree.ts'
import { validateUnion } from './union.ts'

const TOO_DEEP = 'nested too deeply'

export class Validator {
  readonly #document: SchemaDocument
  /** Results of union members on arrays and objects, so that nested unions take no exponential time. */
  #attempts = new Map<unknown, Map<Schema, Decoding>>()

  /** Arrays and objects around the value that is validated. */
  #depth = 0

  constructor(document: SchemaDocument) {
    this.#document = document
  }

  get root(): PlainSchema {
    return this.resolve(this.#document.root)
  }

  validate(tree: unknown): Decoding {
    this.#attempts.clear()
    this.#depth = 0
    const result = this.at(tree, this.#document.root, '$')
    this.#attempts.clear()
    return result.ok || result.reason !== TOO_DEEP ? result : fault('$', TOO_DEEP)
  }

  /** As `at`, remembering the answer: a part of a tree has one place, so its path is the same each time. */
  attempt(tree: unknown, schema: Schema, path: string): Decoding {
    if (typeof tree !== 'object' || tree === null) return this.at(tree, schema, path)
    const known = this.#attempts.get(tree)?.get(schema)
    if (known !== undefined) return known
    const result = this.at(tree, schema, path)
    const ofTree = this.#attempts.get(tree) ?? new Map<Schema, Decoding>()
    this.#attempts.set(tree, ofTree.set(schema, result))
    return result
  }

  /** The schema that a chain of references ends in. */
  resolve(schema: Schema): PlainSchema {
    let at = schema
    for (let steps = 0; at.kind === 'ref'; steps++) {
      const next = this.#document.defs[at.name]
      if (next === undefined || steps > 1000)
        throw new Error(`lyrebird invariant broken: no type ${at.name} in the schema`)
      at = next
    }
    return at
  }

  at(tree: unknown, schema: Schema, path: string): Decoding {
    const plain = this.resolve(schema)
    switch (plain.kind) {
      case 'unknown':
        return this.#anything(tree, path)
      case 'never':
        return this.mismatch(tree, plain, path)
      case 'null':
      case 'boolean':
      case 'string':
        return jsonWord(tree) === plain.kind ? decoded(tree) : this.mismatch(tree, plain, path)
      case 'bytes':
        return tree instanceof Uint8Array ? decoded(tree) : this.mismatch(tree, plain, path)
      case 'number':
        return jsonWord(tree) === 'number' ? decoded(withoutTokens(tree)) : this.mismatch(tree, plain, path)
      case 'bigint':
        return this.#bigint(tree, plain, path)
      case 'literal':
        return !isStructure(tree) && withoutTokens(tree) === plain.value
          ? decoded(plain.value)
          : this.mismatch(tree, plain, path)
      case 'array':
      case 'tuple':
        return Array.isArray(tree) ? this.#inside(tree, plain, path) : this.mismatch(tree, plain, path)
      case 'object':
      case 'record':
        return isObject(tree) ? this.#inside(tree, plain, path) : this.mismatch(tree, plain, path)
      case 'union':
        return validateUnion(this, tree, plain, path)
    }
  }

  /** The parts of an array or object, unless it is one level too deep. */
  #inside(tree: JsonObject | readonly unknown[], schema: PlainSchema, path: string): Decoding {
    if (this.#depth >= MAX_DEPTH) return fault(path, TOO_DEEP)
    this.#depth++
    const result = this.#parts(tree, schema, path)
    this.#depth--
    return result
  }

  #parts(tree: JsonObject | readonly unknown[], schema: PlainSchema, path: string): Decoding {
    const items = tree as readonly unknown[]
    switch (schema.kind) {
      case 'array':
        return this.#items(items, () => schema.items, path)
      case 'tuple':
        return this.#tuple(items, schema, path)
      case 'object':
        return this.#object(tree as JsonObject, schema.fields, path)
      default:
        return this.#record(tree as JsonObject, (schema as Extract<PlainSchema, { kind: 'record' }>).values, path)
    }
  }

  #anything(tree: unknown, path: string): Decoding {
    return isDeeper(tree, MAX_DEPTH - this.#depth) ? fault(path, TOO_DEEP) : decoded(withoutTokens(tree))
  }

  /** `expected string, got number`; where both sides have the same word, `got another string`. */
  mismatch(tree: unknown, schema: Schema, path: string): Decoding {
    const word = jsonWord(tree)
    const plain = this.resolve(schema)
    const same =
      (plain.kind === 'literal' && typeof plain.value === word) ||
      (plain.kind === 'union' && this.#hasLiteral(plain, word))
    return fault(path, `expected ${this.describe(plain)}, got ${same ? 'another ' : ''}${word}`)
  }

  /** A type in the words of reasons: `string`, `"a" | "b"`, `object`. */
  describe(schema: Schema): string {
    const plain = this.resolve(schema)
    if (plain.kind === 'literal') return JSON.stringify(plain.value)
    if (plain.kind === 'bigint') return 'integer'
    if (plain.kind === 'unknown') return 'any value'
    if (plain.kind === 'never') return 'nothing'
    if (plain.kind === 'tuple') return 'array'
    if (plain.kind === 'record') return 'object'
    if (plain.kind !== 'union') return plain.kind
    return [...new Set(plain.members.map(m => this.describe(m)))].join(' | ')
  }

  #hasLiteral(union: Extract<PlainSchema, { kind: 'union' }>, word: string): boolean {
    return union.members.some(m => {
      const plain = this.resolve(m)
      return plain.kind === 'literal' && typeof plain.value === word
    })
  }

  #bigint(tree: unknown, schema: PlainSchema, path: string): Decoding {
    // Custom formats give plain values: a number that is an integer is taken as the same bigint.
    if (typeof tree === 'bigint') return decoded(tree)
    if (Number.isSafeInteger(tree)) return decoded(BigInt(tree as number))
    if (!(tree instanceof NumberToken)) return this.mismatch(tree, schema, path)
    const value = integerOf(tree.text)
    return value === null ? fault(path, 'expected integer, got number with fraction or exponent') : decoded(value)
  }

  #items(tree: readonly unknown[], schemaOf: (index: number) => Schema, path: string): Decoding {
    const out: unknown[] = []
    for (const [index, item] of tree.entries()) {
      const result = this.at(item, schemaOf(index), itemPath(path, index))
      if (!result.ok) return result
      out.push(result.value)
    }
    return decoded(out)
  }

  #tuple(tree: readonly unknown[], schema: Extract<PlainSchema, { kind: 'tuple' }>, path: string): Decoding {
    const { items, required, rest } = schema
    const most = rest === null ? items.length : Number.POSITIVE_INFINITY
    if (tree.length < required || tree.length > most) {
      const range =
        most === required ? `${required}` : rest === null ? `${required} to ${most}` : `at least ${required}`
      return fault(path, `expected ${range} elements, got ${tree.length}`)
    }
    return this.#items(tree, index => items[index] ?? (rest as Schema), path)
  }

  #object(tree: JsonObject, fields: readonly SchemaField[], path: string): Decoding {
    const out = {}
    for (const field of fields) {
      const here = fieldPath(path, field.name)
      if (!Object.hasOwn(tree, field.name)) {
        if (field.optional) continue
        return fault(here, 'missing field')
      }
      const result = this.at(tree[field.name], field.schema, here)
      if (!result.ok) return result
      setField(out, field.name, result.value)
    }
    return decoded(out)
  }

  #record(tree: JsonObject, values: Schema, path: string): Decoding {
    const out = {}
    for (const [name, item] of Object.entries(tree)) {
      const result = this.at(item, values, fieldPath(path, name))
      if (!result.ok) return result
      setField(out, name, result.value)
    }
    return decoded(out)
  }
}

/** Whether a schema holds a bigint anywhere, so that the text of numbers must be kept. */
export function needsExactIntegers(document: SchemaDocument): boolean {
  return [document.root, ...Object.values(document.defs)].some(holdsBigint)
}

function holdsBigint(schema: Schema): boolean {
  switch (schema.kind) {
    case 'bigint':
      return true
    case 'array':
      return holdsBigint(schema.items)
    case 'tuple':
      return schema.items.some(holdsBigint) || (schema.rest !== null && holdsBigint(schema.rest))
    case 'object':
      return schema.fields.some(f => holdsBigint(f.schema))
    case 'record':
      return holdsBigint(schema.values)
    case 'union':
      return schema.members.some(holdsBigint)
    default:
      return false
  }
}
