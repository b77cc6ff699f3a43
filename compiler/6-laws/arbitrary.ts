// Generators: values of a reified type, biased towards what breaks aggregations.
//
// Promises: few different values, so that ties are common; among numbers ±0, NaN, infinities, decimals that round,
// 2^53; empty texts and arrays; texts that are numbers and dates. Smaller values come first, so that counter-examples
// shrink to them.

import fc, { type Arbitrary } from 'fast-check'
import type { Schema, SchemaDocument, SchemaField } from '../../core/plan/schema.ts'

/** Values of a type. Throws where the type has no finite value. */
export function arbitraryOf(document: SchemaDocument): Arbitrary<unknown> {
  return new Generators(document).at(document.root, 0)
}

/** How often recursive types are unfolded. */
const UNFOLDED = 3

const NUMBERS = [0, 1, 2, 3, -1]
const ODD_NUMBERS = [0.1, 0.2, 0.3, -0, 0.7, 2 ** 53, -(2 ** 53), 1e16, 1e308, NaN, Infinity, -Infinity]
const BIGINTS = [0n, 1n, 2n, -1n, 3n]
const ODD_BIGINTS = [2n ** 53n + 1n, -(2n ** 64n), 10n ** 30n]
const TEXTS = ['', 'a', 'b', 'c']
const ODD_TEXTS = [
  '1',
  '2',
  '10',
  '0.1',
  '2026-01-01T00:00:00Z',
  '2026-01-01T00:00:01Z',
  'é',
  '\u{1F600}',
  'B',
  '__proto__',
  'constructor',
]

const NUMBER = fc.oneof(
  { withCrossShrink: true },
  { arbitrary: fc.constantFrom(...NUMBERS), weight: 5 },
  { arbitrary: fc.constantFrom(...ODD_NUMBERS), weight: 4 },
  { arbitrary: fc.integer({ min: -20, max: 20 }), weight: 1 },
  { arbitrary: fc.double(), weight: 1 },
)
const BIGINT = fc.oneof(
  { withCrossShrink: true },
  { arbitrary: fc.constantFrom(...BIGINTS), weight: 5 },
  { arbitrary: fc.constantFrom(...ODD_BIGINTS), weight: 1 },
  { arbitrary: fc.bigInt({ min: -20n, max: 20n }), weight: 1 },
)
const TEXT = fc.oneof(
  { withCrossShrink: true },
  { arbitrary: fc.constantFrom(...TEXTS), weight: 5 },
  { arbitrary: fc.constantFrom(...ODD_TEXTS), weight: 3 },
  { arbitrary: fc.string({ maxLength: 4 }), weight: 1 },
)
const FIELD_NAME = fc.constantFrom('a', 'b', 'c', '', '__proto__')
const SCALAR = fc.oneof(fc.constant(null), fc.boolean(), NUMBER, TEXT)
const ANY = fc.oneof(
  { arbitrary: SCALAR, weight: 4 },
  { arbitrary: fc.array(SCALAR, { maxLength: 3 }), weight: 1 },
  { arbitrary: fc.dictionary(FIELD_NAME, SCALAR, { maxKeys: 3, noNullPrototype: true }), weight: 1 },
)

class Generators {
  readonly #document: SchemaDocument
  readonly #known = new Map<string, Arbitrary<unknown>>()

  constructor(document: SchemaDocument) {
    this.#document = document
  }

  at(schema: Schema, depth: number): Arbitrary<unknown> {
    switch (schema.kind) {
      case 'unknown':
        return ANY
      case 'never':
        throw new RangeError('the type has no value')
      case 'null':
        return fc.constant(null)
      case 'boolean':
        return fc.boolean()
      case 'number':
        return NUMBER
      case 'bigint':
        return BIGINT
      case 'string':
        return TEXT
      case 'bytes':
        return fc.uint8Array({ maxLength: 3 })
      case 'literal':
        return fc.constant(schema.value)
      case 'array':
        return this.#list(schema.items, depth)
      case 'tuple':
        return this.#tuple(schema, depth)
      case 'object':
        return this.#object(schema.fields, depth)
      case 'record':
        return this.#record(schema.values, depth)
      case 'union':
        return this.#union(schema.members, depth)
      case 'ref':
        return this.#ref(schema.name, depth + 1)
    }
  }

  #ref(name: string, depth: number): Arbitrary<unknown> {
    const schema = this.#document.defs[name]
    if (schema === undefined || depth > 2 * UNFOLDED) throw new RangeError(`the type ${name} has no finite value`)
    const key = `${name} ${depth}`
    const known = this.#known.get(key) ?? this.at(schema, depth)
    this.#known.set(key, known)
    return known
  }

  #list(items: Schema, depth: number): Arbitrary<unknown> {
    if (items.kind === 'never' || (depth >= UNFOLDED && holdsRef(items))) return fc.constant([])
    return fc.array(this.at(items, depth), { maxLength: 3 })
  }

  #record(values: Schema, depth: number): Arbitrary<unknown> {
    if (values.kind === 'never' || (depth >= UNFOLDED && holdsRef(values))) return fc.constant({})
    return fc.dictionary(FIELD_NAME, this.at(values, depth), { maxKeys: 3, noNullPrototype: true })
  }

  #tuple(schema: Extract<Schema, { kind: 'tuple' }>, depth: number): Arbitrary<unknown> {
    const absent = schema.items.findIndex(item => item.kind === 'never')
    const items = schema.items.slice(0, absent < 0 ? undefined : absent).map(item => this.at(item, depth))
    const lengths = Array.from({ length: items.length - schema.required + 1 }, (_, i) => schema.required + i)
    const whole = fc.oneof(...lengths.map(n => fc.tuple(...items.slice(0, n))))
    if (schema.rest === null || absent >= 0) return whole
    const rest = this.#list(schema.rest, depth) as Arbitrary<unknown[]>
    return fc.tuple(fc.tuple(...items), rest).map(([first, more]) => [...first, ...more])
  }

  #object(fields: readonly SchemaField[], depth: number): Arbitrary<unknown> {
    const kept = fields.filter(
      f => f.schema.kind !== 'never' && !(f.optional && depth >= UNFOLDED && holdsRef(f.schema)),
    )
    const model = Object.fromEntries(kept.map(f => [f.name, this.at(f.schema, depth)]))
    const requiredKeys = kept.filter(f => !f.optional).map(f => f.name)
    return fc.record(model, { requiredKeys, noNullPrototype: true })
  }

  #union(members: readonly Schema[], depth: number): Arbitrary<unknown> {
    const flat = members.filter(m => !(depth >= UNFOLDED && holdsRef(m)))
    const kept = flat.length === 0 ? members : flat
    return fc.oneof(...kept.map(m => this.at(m, depth)))
  }
}

function holdsRef(schema: Schema): boolean {
  switch (schema.kind) {
    case 'ref':
      return true
    case 'array':
      return holdsRef(schema.items)
    case 'tuple':
      return schema.items.some(holdsRef) || (schema.rest !== null && holdsRef(schema.rest))
    case 'object':
      return schema.fields.some(f => holdsRef(f.schema))
    case 'record':
      return holdsRef(schema.values)
    case 'union':
      return schema.members.some(holdsRef)
    default:
      return false
  }
}
