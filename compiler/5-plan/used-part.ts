// The part of a declared type that a job uses: what `validate: 'used'` checks (semantics.md 3.2).
//
// Promises: accepts every record that the whole type accepts; a part that is used is of its whole type there; where
// only the presence counts, an object of any fields or an array of any elements will do, and a scalar is of its type.
// The discriminant of a union is always checked, since it says which member a value is. Fitting uses to the type is in
// `fit-uses.ts`.

import type { Schema, SchemaDocument, SchemaField, Uses } from '../../core/plan/schema.ts'
import { unionSchema } from '../2-check/reify/unions.ts'

/** `uses` as `fitUses` gives them for this document. */
export function usedPart(uses: Uses, document: SchemaDocument): SchemaDocument {
  const root = part(uses, document.root, document)
  return { root, defs: definitionsOf(root, document) }
}

const ANYTHING: Schema = { kind: 'unknown' }

function part(uses: Uses, schema: Schema, document: SchemaDocument): Schema {
  if (uses === true) return schema
  if (schema.kind === 'ref') return part(uses, document.defs[schema.name] as Schema, document)
  if (schema.kind === 'union') return unionPart(uses, schema, document)
  switch (schema.kind) {
    case 'object':
      return objectPart(uses, schema.fields, document, null)
    case 'array':
      return { kind: 'array', items: itemPart(uses, schema.items, document) }
    case 'record':
      return { kind: 'record', values: itemPart(uses, schema.values, document) }
    default:
      return schema
  }
}

/** Elements that no lambda uses may be anything. */
function itemPart(uses: Exclude<Uses, true>, items: Schema, document: SchemaDocument): Schema {
  const inner = uses['[]']
  return inner === undefined ? ANYTHING : part(inner, items, document)
}

function unionPart(
  uses: Exclude<Uses, true>,
  { members, discriminant }: Extract<Schema, { kind: 'union' }>,
  document: SchemaDocument,
): Schema {
  const parts = members.map(member => {
    const plain = plainOf(member, document)
    return plain.kind === 'object'
      ? objectPart(uses, plain.fields, document, discriminant)
      : part(uses, plain, document)
  })
  return unionSchema(parts, schema => plainOf(schema, document))
}

function objectPart(
  uses: Exclude<Uses, true>,
  fields: readonly SchemaField[],
  document: SchemaDocument,
  discriminant: string | null,
): Schema {
  const kept = fields.flatMap(field => {
    if (field.name === discriminant) return [field]
    const inner = Object.hasOwn(uses, field.name) ? uses[field.name] : undefined
    return inner === undefined ? [] : [{ ...field, schema: part(inner, field.schema, document) }]
  })
  return { kind: 'object', fields: kept }
}

function plainOf(schema: Schema, document: SchemaDocument): Schema {
  let at = schema
  for (let steps = 0; at.kind === 'ref' && steps < 1000; steps++) at = document.defs[at.name] as Schema
  return at
}

/** The definitions that a type still refers to: others define nothing. */
function definitionsOf(root: Schema, { defs }: SchemaDocument): Readonly<Record<string, Schema>> {
  const found = new Set<string>()
  const visit = (schema: Schema): void => {
    if (schema.kind === 'ref') {
      if (found.has(schema.name)) return
      found.add(schema.name)
      visit(defs[schema.name] as Schema)
    } else for (const inner of partsOf(schema)) visit(inner)
  }
  visit(root)
  return Object.fromEntries([...found].sort().map(name => [name, defs[name] as Schema]))
}

function partsOf(schema: Schema): readonly Schema[] {
  switch (schema.kind) {
    case 'array':
      return [schema.items]
    case 'tuple':
      return schema.rest === null ? schema.items : [...schema.items, schema.rest]
    case 'object':
      return schema.fields.map(f => f.schema)
    case 'record':
      return [schema.values]
    case 'union':
      return schema.members
    default:
      return []
  }
}
