// Which member of a union a value belongs to.
//
// Promises: with a discriminant, the member that the discriminant names decides, and its own fault is reported. Without
// one, every member that accepts the value contributes its declared fields, so that `{ a } | { a, b }` keeps `b` where
// it is present; nothing depends on the order in which the type checker lists the members, except between `number` and
// `bigint`.

import type { Schema } from '../plan/schema.ts'
import { type Decoded, type Decoding, decoded, fault, fieldPath } from './fault.ts'
import { isObject, type JsonObject, jsonWord, type PlainSchema, setField } from './tree.ts'

type Union = Extract<PlainSchema, { kind: 'union' }>

/** The parts of a validator that a union needs. */
interface MemberValidator {
  resolve(schema: Schema): PlainSchema
  at(tree: unknown, schema: Schema, path: string): Decoding
  attempt(tree: unknown, schema: Schema, path: string): Decoding
  mismatch(tree: unknown, schema: Schema, path: string): Decoding
}

export function validateUnion(validator: MemberValidator, tree: unknown, union: Union, path: string): Decoding {
  let members = membersFor(validator, tree, union.members)
  const discriminated = union.discriminant !== null && isObject(tree)
  if (discriminated) {
    const found = byDiscriminant(validator, tree, members, union.discriminant as string, path)
    if (!Array.isArray(found)) return found
    members = found
  }
  if (members.length === 1) return validator.at(tree, members[0] as Schema, path)
  const attempts = members.map(m => validator.attempt(tree, m, path))
  const accepted = attempts.filter((d): d is Decoded => d.ok).map(d => d.value)
  if (accepted.length > 0) return decoded(accepted.reduce(joinValues))
  return discriminated ? (attempts[0] as Decoding) : withDetail(validator.mismatch(tree, union, path), attempts)
}

/** Faults of members that the detail of a fault holds. */
const SHOWN_FAULTS = 4

/** Says why each member does not fit, for display: the reason only says that none does. */
function withDetail(mismatch: Decoding, attempts: readonly Decoding[]): Decoding {
  const faults = attempts.filter(d => !d.ok).slice(0, SHOWN_FAULTS)
  if (mismatch.ok || faults.length === 0) return mismatch
  return { ...mismatch, detail: `none of its types fits: ${faults.map(f => `${f.path}: ${f.reason}`).join('; ')}` }
}

/** Members that could hold a value of this JSON type, with nested unions flattened. */
function membersFor(validator: MemberValidator, tree: unknown, members: readonly Schema[]): PlainSchema[] {
  return members.flatMap(member => {
    const plain = validator.resolve(member)
    if (plain.kind === 'union') return membersFor(validator, tree, plain.members)
    return couldHold(plain, jsonWord(tree)) ? [plain] : []
  })
}

function couldHold(schema: PlainSchema, word: string): boolean {
  switch (schema.kind) {
    case 'unknown':
      return true
    case 'literal':
      return typeof schema.value === word
    case 'bigint':
      return word === 'number' || word === 'bigint'
    case 'tuple':
      return word === 'array'
    case 'record':
      return word === 'object'
    default:
      return schema.kind === word
  }
}

/** The members whose discriminant accepts the value's own one; a fault at the discriminant where there is none. */
function byDiscriminant(
  validator: MemberValidator,
  tree: JsonObject,
  members: readonly PlainSchema[],
  name: string,
  path: string,
): PlainSchema[] | Decoding {
  const schemas: Schema[] = []
  const found = members.filter(member => {
    if (member.kind !== 'object') return true
    const field = member.fields.find(f => f.name === name)
    if (field === undefined) return true
    schemas.push(field.schema)
    if (!Object.hasOwn(tree, name)) return field.optional
    return validator.at(tree[name], field.schema, '$').ok
  })
  if (found.length > 0) return found
  const here = fieldPath(path, name)
  if (!Object.hasOwn(tree, name)) return fault(here, 'missing field')
  const present = schemas.filter(s => s.kind !== 'never')
  return validator.mismatch(tree[name], { kind: 'union', members: present, discriminant: null }, here)
}

/** Joins two readings of the same JSON value, which differ only in the fields that they keep. */
function joinValues(a: unknown, b: unknown): unknown {
  if (a === b) return a
  if (Array.isArray(a) && Array.isArray(b)) return a.map((item, index) => joinValues(item, b[index]))
  if (!isObject(a) || !isObject(b)) return a
  const out = {}
  for (const [name, value] of Object.entries(a)) {
    setField(out, name, Object.hasOwn(b, name) ? joinValues(value, b[name]) : value)
  }
  for (const [name, value] of Object.entries(b)) if (!Object.hasOwn(a, name)) setField(out, name, value)
  return out
}
