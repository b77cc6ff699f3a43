// Types of values in random jobs, and expressions of JavaScript over such values.
//
// Promises: every expression type-checks under strict options where its variable has the type, and means the same in
// each run.

export type ValueType =
  | { readonly kind: 'number' | 'string' | 'boolean' | 'bigint' | 'bytes' }
  | { readonly kind: 'array'; readonly items: ValueType }
  | { readonly kind: 'tuple'; readonly items: readonly ValueType[] }
  | { readonly kind: 'record'; readonly fields: Readonly<Record<string, ValueType>> }
  /** The value, null or undefined. */
  | { readonly kind: 'maybe'; readonly of: ValueType }
  /** Plain data that no expression looks into: the result of a sketch. */
  | { readonly kind: 'opaque' }

export const NUMBER: ValueType = { kind: 'number' }
export const STRING: ValueType = { kind: 'string' }
export const BIGINT: ValueType = { kind: 'bigint' }
export const BOOLEAN: ValueType = { kind: 'boolean' }
export const BYTES: ValueType = { kind: 'bytes' }
export const OPAQUE: ValueType = { kind: 'opaque' }
export const arrayOf = (items: ValueType): ValueType => ({ kind: 'array', items })
export const tupleOf = (...items: ValueType[]): ValueType => ({ kind: 'tuple', items })
export const recordOf = (fields: Readonly<Record<string, ValueType>>): ValueType => ({ kind: 'record', fields })
export const maybe = (of: ValueType): ValueType => (of.kind === 'maybe' ? of : { kind: 'maybe', of })

/** Whether two types are the same. */
export const sameType = (a: ValueType, b: ValueType): boolean => textOf(a) === textOf(b)

const texts = new WeakMap<ValueType, string>()

function textOf(type: ValueType): string {
  const known = texts.get(type) ?? JSON.stringify(type)
  texts.set(type, known)
  return known
}

/** The number of levels of a type, by which jobs keep values small. */
export function depthOf(type: ValueType): number {
  if (type.kind === 'array') return 1 + depthOf(type.items)
  if (type.kind === 'tuple') return 1 + Math.max(0, ...type.items.map(depthOf))
  if (type.kind === 'record') return 1 + Math.max(0, ...Object.values(type.fields).map(depthOf))
  return type.kind === 'maybe' ? depthOf(type.of) : 0
}

/** Expressions of type number that read a value; never none. */
export function numbersIn(type: ValueType, at: string): readonly string[] {
  const own = leavesIn(type, at).flatMap(({ type: leaf, at: place }) => {
    if (leaf.kind === 'number') return [place]
    if (leaf.kind === 'bigint') return [`Number(${place})`]
    if (leaf.kind === 'boolean') return [`Number(${place})`]
    if (leaf.kind === 'string' || leaf.kind === 'array' || leaf.kind === 'bytes') return [`${place}.length`]
    return []
  })
  return own.length > 0 ? own : ['Number(3)']
}

/** Expressions of type string that read a value; never none. */
export function stringsIn(type: ValueType, at: string): readonly string[] {
  const leaves = leavesIn(type, at)
  const texts = leaves.flatMap(({ type: leaf, at: place }) => (leaf.kind === 'string' ? [place] : []))
  if (texts.length > 0) return texts
  const others = leaves.flatMap(({ type: leaf, at: place }) =>
    leaf.kind === 'number' || leaf.kind === 'bigint' || leaf.kind === 'boolean' ? [`String(${place})`] : [],
  )
  return others.length > 0 ? others : ["String('x')"]
}

/** An expression of type `to` that reads a value of type `from`. */
export function converted(from: ValueType, at: string, to: ValueType): string {
  if (sameType(from, to)) return at
  switch (to.kind) {
    case 'number':
      return numbersIn(from, at)[0] as string
    case 'string':
      return stringsIn(from, at)[0] as string
    case 'boolean':
      return `${numbersIn(from, at)[0]} > 1`
    case 'bigint':
      return `BigInt(${numbersIn(from, at)[0]} > 1)`
    case 'array':
      return `[${converted(from, at, to.items)}]`
    case 'tuple':
      return `[${to.items.map(item => converted(from, at, item)).join(', ')}]`
    case 'record':
      return `({ ${Object.entries(to.fields)
        .map(([name, field]) => `${name}: ${converted(from, at, field)}`)
        .join(', ')} })`
    case 'maybe':
      return converted(from, at, to.of)
    case 'bytes':
      return `Uint8Array.of(${numbersIn(from, at)[0]})`
    case 'opaque':
      throw new Error('nothing can be converted to what a sketch gives')
  }
}

/** Whether an expression can make a value of this type. */
export function canBeMade(type: ValueType): boolean {
  if (type.kind === 'array') return canBeMade(type.items)
  if (type.kind === 'tuple') return type.items.every(canBeMade)
  if (type.kind === 'record') return Object.values(type.fields).every(canBeMade)
  return type.kind === 'maybe' ? canBeMade(type.of) : type.kind !== 'opaque'
}

interface Leaf {
  readonly type: ValueType
  readonly at: string
}

/** Parts of a value that are no records, each as an expression that is never null or undefined. */
function leavesIn(type: ValueType, at: string): readonly Leaf[] {
  switch (type.kind) {
    case 'record':
      return Object.entries(type.fields).flatMap(([name, field]) => leavesIn(field, `${at}.${name}`))
    case 'tuple':
      return type.items.flatMap((item, i) => leavesIn(item, `${at}[${i}]`))
    case 'maybe':
      return maybeLeaves(type.of, at)
    default:
      return [{ type, at }]
  }
}

function maybeLeaves(type: ValueType, at: string): readonly Leaf[] {
  switch (type.kind) {
    case 'record':
      return Object.entries(type.fields).flatMap(([name, field]) => leavesIn(maybe(field), `${at}?.${name}`))
    case 'tuple':
      return type.items.flatMap((item, i) => leavesIn(maybe(item), `${at}?.[${i}]`))
    case 'maybe':
      return maybeLeaves(type.of, at)
    case 'number':
      return [{ type, at: `(${at} ?? 0)` }]
    case 'string':
      return [{ type, at: `(${at} ?? '')` }]
    case 'array':
      return [{ type, at: `(${at} ?? [])` }]
    default:
      return []
  }
}
