// Whether values of a type have canonical bytes: keys, what aggregations keep, rows of views, values of outputs.
//
// Promises: says no only where the type shows it; what types leave open (`unknown`, type parameters) is checked at run
// time.

import type { Reading } from '../../1-read/reading.ts'
import type { ts } from '../../1-read/syntax.ts'

interface NotPlain {
  readonly path: string
  readonly type: string
}

/** The first part of a type that is not plain data; null where there is none. `undefined` means absent or null. */
export function notPlain(reading: Reading, type: ts.Type, path: string): NotPlain | null {
  return find(reading, type, path, [])
}

const BYTES = new Set(['Uint8Array', 'Buffer'])

function find(reading: Reading, type: ts.Type, path: string, open: readonly ts.Type[]): NotPlain | null {
  if (open.includes(type) || open.length > 40) return null
  const shape = reading.shapeOf(type)
  const inner = [...open, type]
  const first = (parts: readonly (readonly [ts.Type, string])[]): NotPlain | null => {
    for (const [part, at] of parts) {
      const found = find(reading, part, at, inner)
      if (found !== null) return found
    }
    return null
  }
  switch (shape.kind) {
    case 'any':
      return { path, type: 'any: give the value its type' }
    case 'function':
      return { path, type: 'a function' }
    case 'symbol':
      return { path, type: 'a symbol' }
    case 'class':
      if (shape.standard && BYTES.has(shape.name)) return null
      return { path, type: shape.standard ? `a ${shape.name}` : `an instance of the class ${shape.name}` }
    case 'union':
      return first(shape.members.map(m => [m, path] as const))
    case 'array':
      return first([[shape.items, `${path}[]`]])
    case 'tuple':
      return first(shape.items.map((item, i) => [item, `${path}[${i}]`] as const))
    case 'object':
      return first([
        ...shape.properties.map(p => [p.type, `${path}.${p.name}`] as const),
        ...(shape.values === null ? [] : [[shape.values, `${path}[string]`] as const]),
      ])
    default:
      return null
  }
}
