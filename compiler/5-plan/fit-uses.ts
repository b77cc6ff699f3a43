// Fits used fields to the type of the value that is decoded.
//
// Promises: where the two do not fit (a record that a helper takes for an object with fields, or the other way round)
// the part counts as used whole, so that a decoder never leaves out what a lambda uses. The uses themselves come from
// `2-check/uses`.

import { joinUses, type Schema, type SchemaDocument, type Uses } from '../../core/plan/schema.ts'

export function fitUses(uses: Uses, document: SchemaDocument): Uses {
  return fitted(uses, document.root, document, [])
}

function fitted(uses: Uses, schema: Schema, document: SchemaDocument, refs: readonly string[]): Uses {
  if (uses === true) return true
  const names = Object.keys(uses)
  if (names.length === 0) return uses
  switch (schema.kind) {
    case 'ref': {
      const target = document.defs[schema.name]
      return target === undefined || refs.includes(schema.name)
        ? true
        : fitted(uses, target, document, [...refs, schema.name])
    }
    case 'object':
      return fitFields(uses, schema, document)
    case 'record':
      return names.every(n => n === '[]') ? { '[]': fitted(uses['[]'] as Uses, schema.values, document, []) } : true
    case 'array':
      return names.every(n => n === '[]') ? { '[]': fitted(uses['[]'] as Uses, schema.items, document, []) } : true
    case 'tuple':
      return true
    case 'null':
    case 'never':
      return uses
    case 'union':
      return schema.members
        .filter(m => m.kind !== 'null')
        .map(m => fitted(uses, m, document, refs))
        .reduce(joinUses, {})
    default:
      return true
  }
}

function fitFields(
  uses: Exclude<Uses, true>,
  schema: Extract<Schema, { kind: 'object' }>,
  document: SchemaDocument,
): Uses {
  if ('[]' in uses && !schema.fields.some(f => f.name === '[]')) return true
  const out: Record<string, Uses> = Object.create(null)
  for (const [name, inner] of Object.entries(uses)) {
    const field = schema.fields.find(f => f.name === name)
    out[name] = field === undefined ? inner : fitted(inner, field.schema, document, [])
  }
  return out
}
