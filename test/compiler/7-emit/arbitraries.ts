// Random schemas, values that fit or nearly fit them, and many spellings of those values as JSON.

import fc from 'fast-check'
import type { Schema, SchemaDocument, SchemaField, Uses } from '../../../core/plan/schema.ts'

const NAMES = [
  'a',
  'b',
  'id',
  'kind',
  'user',
  'country',
  'a longer name',
  '__proto__',
  '1',
  '',
  'é',
  'a"b',
  'constructor',
]
const WORDS = [
  '',
  'a',
  'KR',
  'page',
  'a"b',
  'é',
  '😀',
  'x'.repeat(20),
  '\u0000',
  '\ud800',
  '/',
  'exactly 13 ch',
  '\\',
  '\u2028',
]
const NUMBERS = [
  0,
  -0,
  1,
  -1,
  12,
  0.1,
  1.5e300,
  1e-320,
  2 ** 53 + 2,
  123456789012345,
  1234567890123456,
  1e22,
  1e23,
  -7.25,
]

const literal: fc.Arbitrary<Schema> = fc
  .constantFrom<string | number | boolean>('page', 'click', 'é', 'a"b', 0, 1, -1.5, true, false)
  .map(value => ({ kind: 'literal', value }))

const scalar: fc.Arbitrary<Schema> = fc.oneof(
  fc.constantFrom<Schema>({ kind: 'string' }, { kind: 'number' }, { kind: 'boolean' }, { kind: 'null' }),
  fc.constantFrom<Schema>({ kind: 'string' }, { kind: 'number' }, { kind: 'bigint' }, { kind: 'unknown' }),
  literal,
)

function objectOf(child: fc.Arbitrary<Schema>, max = 5): fc.Arbitrary<Schema> {
  return fc
    .uniqueArray(
      fc.oneof(
        { weight: 9, arbitrary: fc.record({ name: fc.constantFrom(...NAMES), schema: child, optional: fc.boolean() }) },
        { weight: 1, arbitrary: fc.constantFrom(...NAMES).map(absentField) },
      ),
      { selector: f => f.name, maxLength: max },
    )
    .map(fields => ({ kind: 'object' as const, fields: sorted(fields) }))
}

const sorted = (fields: readonly SchemaField[]): SchemaField[] =>
  [...fields].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))

/** A field declared absent. */
const absentField = (name: string): SchemaField => ({ name, schema: { kind: 'never' }, optional: true })

/** Unions of objects with the discriminant `kind`, which one of them may declare absent. */
function discriminated(child: fc.Arbitrary<Schema>): fc.Arbitrary<Schema> {
  return fc
    .uniqueArray(fc.constantFrom('page', 'click', 'é', null), { minLength: 2, maxLength: 3 })
    .chain(kinds =>
      fc.tuple(
        ...kinds.map(kind =>
          objectOf(child, 2).map(o => {
            const fields = (o as { fields: readonly SchemaField[] }).fields.filter(f => f.name !== 'kind')
            const tag: SchemaField =
              kind === null
                ? absentField('kind')
                : { name: 'kind', schema: { kind: 'literal', value: kind }, optional: false }
            return { kind: 'object' as const, fields: sorted([...fields, tag]) }
          }),
        ),
      ),
    )
    .map(members => ({ kind: 'union', members, discriminant: 'kind' }))
}

function compound(child: fc.Arbitrary<Schema>): fc.Arbitrary<Schema> {
  const union = fc
    .array(child, { minLength: 2, maxLength: 3 })
    .map<Schema>(members => ({ kind: 'union', members, discriminant: null }))
  const nullable = child.map<Schema>(s => ({ kind: 'union', members: [{ kind: 'null' }, s], discriminant: null }))
  const tuple = fc
    .tuple(fc.array(child, { maxLength: 3 }), fc.nat(3), fc.option(child))
    .map<Schema>(([items, required, rest]) => ({
      kind: 'tuple',
      items,
      required: Math.min(required, items.length),
      rest,
    }))
  return fc.oneof(
    { weight: 4, arbitrary: objectOf(child) },
    { weight: 2, arbitrary: child.map<Schema>(items => ({ kind: 'array', items })) },
    { weight: 1, arbitrary: child.map<Schema>(values => ({ kind: 'record', values })) },
    { weight: 1, arbitrary: tuple },
    { weight: 1, arbitrary: union },
    { weight: 1, arbitrary: nullable },
    { weight: 1, arbitrary: discriminated(child) },
  )
}

const level1 = fc.oneof(scalar, compound(scalar))
const level2 = fc.oneof({ weight: 1, arbitrary: level1 }, { weight: 3, arbitrary: compound(level1) })

/** A list of itself, and types without references. */
const recursive: fc.Arbitrary<SchemaDocument> = scalar.map(value => ({
  root: { kind: 'ref', name: 'List' },
  defs: {
    List: {
      kind: 'object',
      fields: [
        {
          name: 'next',
          schema: { kind: 'union', members: [{ kind: 'null' }, { kind: 'ref', name: 'List' }], discriminant: null },
          optional: true,
        },
        { name: 'value', schema: value, optional: false },
      ],
    },
  },
}))

export const schemas: fc.Arbitrary<SchemaDocument> = fc.oneof(
  { weight: 3, arbitrary: objectOf(level1).map(root => ({ root, defs: {} })) },
  { weight: 3, arbitrary: level2.map(root => ({ root, defs: {} })) },
  { weight: 1, arbitrary: recursive },
)

/** A value as JSON text, which nearly always fits the schema. */
function textOf({ defs }: SchemaDocument, schema: Schema, depth: number): fc.Arbitrary<string> {
  const of = (s: Schema): fc.Arbitrary<string> => textOf({ root: s, defs }, s, depth + 1)
  switch (schema.kind) {
    case 'unknown':
      return fc.oneof(fc.json({ maxDepth: 2 }), words)
    case 'null':
    case 'never':
      return fc.constant('null')
    case 'boolean':
      return fc.constantFrom('true', 'false')
    case 'number':
      return fc.oneof(numbers, fc.double({ noNaN: true, noDefaultInfinity: true }).map(spellNumber))
    case 'bigint':
      return fc.oneof(fc.bigInt().map(String), fc.constantFrom('0', '-0', '7', '12345678901234567890', '1.0', '1e3'))
    case 'string':
    case 'bytes':
      return words
    case 'literal':
      return fc.oneof({ weight: 9, arbitrary: fc.constant(spellValue(schema.value)) }, { weight: 1, arbitrary: words })
    case 'array':
      return fc.array(of(schema.items), { maxLength: 3 }).map(items => `[${items.join(',')}]`)
    case 'tuple':
      return fc
        .tuple(
          fc.tuple(...schema.items.map(of)),
          fc.nat(1),
          schema.rest === null ? fc.constant([]) : fc.array(of(schema.rest), { maxLength: 2 }),
        )
        .map(([items, drop, rest]) => `[${[...items, ...rest].slice(0, items.length + rest.length - drop).join(',')}]`)
    case 'record':
      return fc
        .array(fc.tuple(fc.constantFrom(...NAMES), of(schema.values)), { maxLength: 3 })
        .map(pairs => `{${pairs.map(([k, v]) => `${JSON.stringify(k)}:${v}`).join(',')}}`)
    case 'object':
      return objectText(schema.fields, of)
    case 'union':
      return schema.members.length === 0 ? fc.constant('null') : fc.oneof(...schema.members.map(of))
    case 'ref':
      return depth > 6 ? fc.constant('null') : of(defs[schema.name] as Schema)
  }
}

/** Fields in any order; optional ones may be absent, undeclared ones and duplicates may occur. */
function objectText(fields: readonly SchemaField[], of: (s: Schema) => fc.Arbitrary<string>): fc.Arbitrary<string> {
  const parts = fields.map(f =>
    fc.tuple(fc.constant(f.name), of(f.schema), fc.integer({ min: 0, max: 99 })).map(([name, value, keep]) => ({
      text: `${JSON.stringify(name)}:${value}`,
      keep: keep > (f.schema.kind === 'never' ? 90 : f.optional ? 30 : 1),
    })),
  )
  const extra = fc
    .tuple(fc.constantFrom('other', 'zzz', ...NAMES), fc.oneof(fc.json({ maxDepth: 2 }), words))
    .map(([name, value]) => ({ text: `${JSON.stringify(name)}:${value}`, keep: true }))
  return fc
    .tuple(fc.tuple(...parts), fc.array(extra, { maxLength: 1 }), fc.option(fc.infiniteStream(fc.nat(1000))))
    .map(([list, more, shuffle]) => {
      const all = [...list, ...more].filter(p => p.keep).map(p => p.text)
      if (shuffle !== null)
        for (let i = all.length - 1; i > 0; i--) swap(all, i, (shuffle.next().value as number) % (i + 1))
      return `{${all.join(',')}}`
    })
}

function swap(list: string[], i: number, j: number): void {
  ;[list[i], list[j]] = [list[j] as string, list[i] as string]
}

const words = fc
  .tuple(fc.oneof(fc.constantFrom(...WORDS), fc.string({ unit: 'binary', maxLength: 12 })), fc.boolean())
  .map(([word, escaped]) => (escaped ? escapeAll(word) : JSON.stringify(word)))

const escapeAll = (word: string): string =>
  `"${[...word].map(c => (c.length > 1 ? c : `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)).join('')}"`

const numbers = fc
  .tuple(fc.constantFrom(...NUMBERS), fc.constantFrom('', '', '', '.0', 'e0', 'E+2', 'e-3', '000', '.50'))
  .map(([n, suffix]) => `${spellNumber(n)}${suffix}`)

const spellNumber = (n: number): string => (Object.is(n, -0) ? '-0' : String(n))
const spellValue = (value: string | number | boolean): string => JSON.stringify(value)

/** Records with blanks between tokens; some have a few bytes overwritten, cut or doubled. */
export function records(schema: SchemaDocument): fc.Arbitrary<Uint8Array> {
  const damage = fc.record({
    kind: fc.constantFrom('overwrite', 'cut', 'insert', 'delete'),
    at: fc.nat(400),
    byte: fc.oneof(fc.constantFrom(...new TextEncoder().encode('{}[]",:\\u0019eE+-.tfn \t\r\n')), fc.nat(255)),
  })
  return fc
    .tuple(
      textOf(schema, schema.root, 0),
      fc.constantFrom('', '', '', ' ', '\n\t'),
      fc.array(damage, { maxLength: 2 }),
      fc.nat(3),
    )
    .map(([text, blank, damages, often]) => {
      let bytes = new TextEncoder().encode(blank === '' ? text : spaced(text, blank))
      if (often === 0) for (const d of damages) bytes = damaged(bytes, d)
      return bytes
    })
}

function spaced(text: string, blank: string): string {
  let out = ''
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string
    if (quoted && c === '\\') out += c + (text[++i] ?? '')
    else {
      if (c === '"') quoted = !quoted
      out += !quoted && /[{}[\],:]/.test(c) ? `${blank}${c}${blank}` : c
    }
  }
  return out
}

function damaged(
  bytes: Uint8Array,
  { kind, at, byte }: { kind: string; at: number; byte: number },
): Uint8Array<ArrayBuffer> {
  const i = bytes.length === 0 ? 0 : at % bytes.length
  if (kind === 'cut') return bytes.slice(0, i)
  const out = [...bytes]
  if (kind === 'overwrite') out[i] = byte
  else if (kind === 'insert') out.splice(i, 0, byte)
  else out.splice(i, 1)
  return Uint8Array.from(out)
}

/** Random uses of a schema: the whole value, or some of its fields. */
export function usesOf({ root, defs }: SchemaDocument): fc.Arbitrary<Uses> {
  const of = (schema: Schema, depth: number): fc.Arbitrary<Uses> => {
    const plain = schema.kind === 'ref' ? (defs[schema.name] as Schema) : schema
    if (depth > 3) return fc.constant(true)
    if (plain.kind === 'object') {
      const fields = plain.fields.map(f => fc.option(of(f.schema, depth + 1)).map(u => [f.name, u] as const))
      const some = fc.tuple(...fields).map(list => nullObject(list.filter(([, u]) => u !== null) as [string, Uses][]))
      return fc.oneof({ weight: 1, arbitrary: fc.constant<Uses>(true) }, { weight: 3, arbitrary: some })
    }
    if (plain.kind === 'array')
      return fc.oneof(
        of(plain.items, depth + 1).map(u => ({ '[]': u })),
        fc.constant<Uses>({}),
      )
    if (plain.kind === 'record')
      return fc.oneof(
        of(plain.values, depth + 1).map(u => ({ '[]': u })),
        fc.constant<Uses>({}),
      )
    if (plain.kind === 'tuple') return fc.constantFrom<Uses>(true, {})
    if (plain.kind === 'union') {
      const solid = plain.members.filter(m => m.kind !== 'null')
      if (solid.length === 1) return of(solid[0] as Schema, depth + 1)
      // Whole fields: a field of the same name in a member of another type would need uses of its own.
      if (plain.discriminant !== null) return of(solid[0] as Schema, 3)
    }
    return fc.constant(true)
  }
  return of(root, 0)
}

function nullObject(entries: readonly (readonly [string, Uses])[]): Uses {
  const out: Record<string, Uses> = Object.create(null)
  for (const [name, uses] of entries) out[name] = uses
  return out
}

/** The used parts of a value that the obvious decoder gave. */
export function usedParts(value: unknown, uses: Uses): unknown {
  if (uses === true || typeof value !== 'object' || value === null) return value
  const elements = Object.hasOwn(uses, '[]') ? (uses['[]'] as Uses) : null
  if (Array.isArray(value)) return elements === null ? [] : value.map(item => usedParts(item, elements))
  const out = {}
  for (const [name, part] of Object.entries(value)) {
    if (elements === null && !Object.hasOwn(uses, name)) continue
    const used = usedParts(part, elements ?? (uses[name] as Uses))
    Object.defineProperty(out, name, { value: used, writable: true, enumerable: true, configurable: true })
  }
  return out
}

/** A value as text that differs wherever two values differ: types, -0, the order of fields, names like `__proto__`. */
export function exactText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(exactText).join(', ')}]`
  if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) {
    if (Object.getPrototypeOf(value) !== Object.prototype) return 'an object of another prototype'
    return `{${Object.entries(value)
      .map(([name, part]) => `${JSON.stringify(name)}: ${exactText(part)}`)
      .join(', ')}}`
  }
  if (typeof value === 'string') return JSON.stringify(value)
  return Object.is(value, -0) ? '-0' : `${typeof value} ${String(value)}`
}
