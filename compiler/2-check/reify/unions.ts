// Unions: sorts the members, joins `true | false` to boolean, finds the discriminant.

import type { Schema, SchemaField } from '../../../core/plan/schema.ts'

type ObjectSchema = Extract<Schema, { kind: 'object' }>

/** `open` gives the schema behind a member, or null where it is a reference whose fields are not known here. */
export function unionSchema(members: readonly Schema[], open: (schema: Schema) => Schema | null): Schema {
  const flat = members.flatMap(m => (m.kind === 'union' ? m.members : [m])).filter(m => m.kind !== 'never')
  if (flat.length === 0) return { kind: 'never' }
  const unique = new Map(joinBooleans(flat).map(m => [JSON.stringify(m), m]))
  const sorted = [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, m]) => m)
  if (sorted.length === 1) return sorted[0] as Schema
  if (sorted.some(m => m.kind === 'unknown')) return { kind: 'unknown' }
  return { kind: 'union', members: sorted, discriminant: discriminantOf(sorted, open) }
}

/** TypeScript splits `boolean` into `true | false` inside a union. */
function joinBooleans(members: readonly Schema[]): readonly Schema[] {
  const has = (value: boolean) => members.some(m => m.kind === 'literal' && m.value === value)
  if (!has(true) || !has(false)) return members
  return [...members.filter(m => m.kind !== 'literal' || typeof m.value !== 'boolean'), { kind: 'boolean' }]
}

/**
 * The first field by name that every object declares, with literals that no other one has. One of them may declare it
 * absent.
 */
function discriminantOf(members: readonly Schema[], open: (schema: Schema) => Schema | null): string | null {
  const opened = members.map(open)
  if (opened.some(m => m === null || m.kind === 'record' || m.kind === 'unknown')) return null
  const objects = opened.filter((m): m is ObjectSchema => m?.kind === 'object')
  if (objects.length < 2) return null
  const names = (objects[0] as ObjectSchema).fields.map(f => f.name)
  return names.find(name => tellsApart(objects, name)) ?? null
}

function tellsApart(objects: readonly ObjectSchema[], name: string): boolean {
  const seen = new Set<string>()
  for (const object of objects) {
    const values = literalsOf(object.fields.find(f => f.name === name))
    if (values === null || values.some(v => seen.has(v))) return false
    for (const value of values) seen.add(value)
  }
  return true
}

const ABSENT = 'absent'

function literalsOf(field: SchemaField | undefined): readonly string[] | null {
  if (field?.schema.kind === 'never') return [ABSENT]
  if (field === undefined || field.optional) return null
  const parts = field.schema.kind === 'union' ? field.schema.members : [field.schema]
  const texts = parts.map(p => (p.kind === 'literal' ? JSON.stringify(p.value) : p.kind === 'null' ? 'null' : null))
  return texts.every(t => t !== null) ? texts : null
}
