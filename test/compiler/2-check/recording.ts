// Values that record which of their parts are read, and values cut down to their used parts.

import type { Uses } from '../../../core/plan/schema.ts'

/** A value that adds to `outside` the path of every part that is read although `uses` does not name it. */
export function recording(value: unknown, uses: Uses, path: string, outside: string[]): unknown {
  if (typeof value !== 'object' || value === null) return value
  const isArray = Array.isArray(value)
  const partUses = (name: string): Uses | null => {
    if (uses === true) return true
    if (isArray && (name === 'length' || /^\d+$/.test(name))) return uses['[]'] ?? null
    return uses[name] ?? uses['[]'] ?? null
  }
  return new Proxy(value, {
    get(target, name, receiver) {
      const inner: unknown = Reflect.get(target, name, receiver)
      if (typeof name === 'symbol' || (typeof inner === 'function' && !Object.hasOwn(target, name))) return inner
      if (name === 'toJSON' || name === 'constructor') return inner
      const used = partUses(name)
      const isScalar = typeof inner !== 'object' && inner !== undefined && name !== 'length'
      if (used === null || (isScalar && used !== true)) outside.push(`${path}.${name}`)
      return recording(inner, used ?? true, `${path}.${name}`, outside)
    },
    has(target, name) {
      if (typeof name === 'string' && partUses(name) === null) outside.push(`${path}.${name}?`)
      return Reflect.has(target, name)
    },
    ownKeys(target) {
      if (uses !== true) outside.push(`${path}.*`)
      return Reflect.ownKeys(target)
    },
  })
}

/** What a decoder makes of a value: only the parts that are used. */
export function project(value: unknown, uses: Uses): unknown {
  if (uses === true || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return uses['[]'] === undefined ? [] : value.map(v => project(v, uses['[]'] as Uses))
  const all = uses['[]']
  if (all !== undefined) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, project(v, all)]))
  return Object.fromEntries(
    Object.entries(value).flatMap(([k, v]) => (uses[k] === undefined ? [] : [[k, project(v, uses[k])]])),
  )
}
