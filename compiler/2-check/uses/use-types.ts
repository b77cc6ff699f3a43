// What reading a part of an expression uses, by the type of the expression.

import type { Reading } from '../../1-read/reading.ts'
import type { TypeShape } from '../../1-read/shape.ts'
import type { ts } from '../../1-read/syntax.ts'
import type { Paths, Walker } from './walker.ts'

/**
 * `array` and `object` where every part of the type except null and undefined is one; `other` for the rest, also for
 * `any`.
 */
type TypeClass = 'array' | 'object' | 'other'

export function typeClass(reading: Reading, node: ts.Node): TypeClass {
  return classOf(reading, reading.nonNull(reading.typeOf(node)))
}

function classOf(reading: Reading, type: ts.Type): TypeClass {
  const shape = reading.shapeOf(type)
  if (shape.kind === 'array' || shape.kind === 'tuple') return 'array'
  if (shape.kind === 'object') return 'object'
  if (shape.kind !== 'union') return 'other'
  const classes = new Set(shape.members.map(m => classOf(reading, m)))
  return classes.size === 1 ? (classes.values().next().value as TypeClass) : 'other'
}

/** The paths of named properties; null for names that are not known, which use the whole. */
export function propertyPaths(
  walk: Walker,
  object: ts.Expression,
  base: Paths,
  names: readonly string[] | null,
): Paths {
  if (base.length === 0) return []
  const type = walk.reading.nonNull(walk.reading.typeOf(object))
  return propertyPathsOfType(walk, type, base, names)
}

export function propertyPathsOfType(walk: Walker, type: ts.Type, base: Paths, names: readonly string[] | null): Paths {
  const kind = classOf(walk.reading, type)
  if (kind === 'array' && names?.length === 1 && names[0] === 'length') {
    noteLength(walk, type, base)
    return []
  }
  if (kind !== 'object') {
    walk.whole(base)
    return []
  }
  const records = objectsOf(walk.reading, type).map(shape => shape.values !== null)
  if (records.every(Boolean)) return base.map(path => [...path, '[]'])
  if (records.some(Boolean) || names === null || names.some(name => !isDeclared(walk.reading, type, name))) {
    walk.whole(base)
    return []
  }
  return base.flatMap(path => names.map(name => [...path, name]))
}

/** The paths of the elements of an array; anything else that is iterated is used whole. */
export function elementPaths(walk: Walker, array: ts.Expression, base: Paths): Paths {
  if (base.length === 0) return []
  return elementPathsOfType(walk, walk.reading.nonNull(walk.reading.typeOf(array)), base)
}

export function elementPathsOfType(walk: Walker, type: ts.Type, base: Paths): Paths {
  if (base.length === 0) return []
  if (classOf(walk.reading, type) !== 'array') {
    walk.whole(base)
    return []
  }
  noteLength(walk, type, base)
  return base.map(path => [...path, '[]'])
}

/** How many elements there are: each must be made, but without content where it is an object itself. */
function noteLength(walk: Walker, type: ts.Type, base: Paths): void {
  const empty = itemTypes(walk.reading, type).every(t => classOf(walk.reading, t) === 'object' && !holdsNull(walk, t))
  for (const path of base) {
    if (empty) walk.tree.presence([...path, '[]'])
    else walk.tree.whole([...path, '[]'])
  }
}

function holdsNull(walk: Walker, type: ts.Type): boolean {
  return walk.reading.nonNull(type) !== type
}

function itemTypes(reading: Reading, type: ts.Type): readonly ts.Type[] {
  const shape = reading.shapeOf(type)
  if (shape.kind === 'array') return [shape.items]
  if (shape.kind === 'tuple') return shape.rest === null ? shape.items : [...shape.items, shape.rest]
  return shape.kind === 'union' ? shape.members.flatMap(m => itemTypes(reading, m)) : []
}

/** The object shapes that a type is made of; those with an index signature hold fields that the data names. */
function objectsOf(reading: Reading, type: ts.Type): readonly Extract<TypeShape, { kind: 'object' }>[] {
  const shape = reading.shapeOf(type)
  if (shape.kind === 'union') return shape.members.flatMap(m => objectsOf(reading, m))
  return shape.kind === 'object' ? [shape] : []
}

/** False for what every object inherits, such as `toString`. */
function isDeclared(reading: Reading, type: ts.Type, name: string): boolean {
  return objectsOf(reading, type).some(shape => shape.properties.some(p => p.name === name))
}
