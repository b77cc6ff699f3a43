// An Avro schema that uses types of other schemas by name, as one schema: each such type is put where it is first used.
//
// Promises: names mean what they meant in their own schemas, whatever surrounds them; later uses stay names, and types
// that are not used are left out.

/** Parsed JSON. */
type Schema = unknown

interface Named {
  readonly schema: Readonly<Record<string, Schema>>
  /** The namespace of the schema's own names. */
  readonly namespace: string
}

const PRIMITIVE = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'])
const NAMED = new Set(['record', 'error', 'enum', 'fixed'])

/** The schema with the types of the used schemas inside. */
export function inlined(schema: Schema, used: readonly Schema[]): Schema {
  const known = new Map<string, Named>()
  for (const one of used) collect(one, '', known)
  return withTypes(schema, '', { known, written: new Set() })
}

interface Inlining {
  readonly known: ReadonlyMap<string, Named>
  /** Full names of types that stand further up already. */
  readonly written: Set<string>
}

function collect(schema: Schema, around: string, known: Map<string, Named>): void {
  if (Array.isArray(schema)) for (const member of schema) collect(member, around, known)
  if (!isObject(schema)) return
  const within = isNamed(schema) ? namespaceOf(schema, around) : around
  if (isNamed(schema)) known.set(fullName(schema.name as string, within), { schema, namespace: within })
  for (const part of partsOf(schema)) collect(part, within, known)
}

function partsOf({ type, items, values, fields }: Readonly<Record<string, Schema>>): readonly Schema[] {
  const types = Array.isArray(fields) ? fields.map(field => (isObject(field) ? field.type : undefined)) : []
  return [type, items, values, ...types]
}

function withTypes(schema: Schema, around: string, inlining: Inlining): Schema {
  if (typeof schema === 'string') return named(schema, around, inlining)
  if (Array.isArray(schema)) return schema.map(member => withTypes(member, around, inlining))
  if (!isObject(schema)) return schema
  const within = isNamed(schema) ? namespaceOf(schema, around) : around
  if (isNamed(schema)) inlining.written.add(fullName(schema.name as string, within))
  const parts: [string, Schema][] = Object.entries(schema).map(([name, part]) => {
    if (name === 'type' && !(typeof part === 'string' && NAMED.has(part)))
      return [name, withTypes(part, within, inlining)]
    if (name === 'items' || name === 'values') return [name, withTypes(part, within, inlining)]
    return [name, name === 'fields' && Array.isArray(part) ? part.map(f => fieldOf(f, within, inlining)) : part]
  })
  return Object.fromEntries(parts)
}

function fieldOf(field: Schema, around: string, inlining: Inlining): Schema {
  return isObject(field) ? { ...field, type: withTypes(field.type, around, inlining) } : field
}

/** A name: its definition where it is used first, else a name that means the same here. */
function named(name: string, around: string, inlining: Inlining): Schema {
  if (PRIMITIVE.has(name) || name === 'array' || name === 'map') return name
  const full = fullName(name, around)
  const { known, written } = inlining
  // A name that its own namespace does not have is one without a namespace.
  const found = [full, name].find(candidate => written.has(candidate) || known.has(candidate))
  if (found === undefined) return name
  if (written.has(found)) return found === full ? name : `.${found}`
  const { schema, namespace } = known.get(found) as Named
  return withTypes({ ...schema, namespace }, namespace, inlining)
}

const isObject = (value: Schema): value is Readonly<Record<string, Schema>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isNamed = ({ type, name }: Readonly<Record<string, Schema>>): boolean =>
  typeof type === 'string' && NAMED.has(type) && typeof name === 'string'

const fullName = (name: string, namespace: string): string =>
  name.includes('.') || namespace === '' ? name.replace(/^\./, '') : `${namespace}.${name}`

function namespaceOf({ name, namespace }: Readonly<Record<string, Schema>>, around: string): string {
  const dot = (name as string).lastIndexOf('.')
  if (dot >= 0) return (name as string).slice(0, dot)
  return typeof namespace === 'string' ? namespace : around
}
