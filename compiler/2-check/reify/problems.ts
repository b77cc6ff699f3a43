// The diagnostic of a type that cannot be decoded or stored.

import type { Reading } from '../../1-read/reading.ts'
import type { TypeShape } from '../../1-read/shape.ts'
import type { ts } from '../../1-read/syntax.ts'
import type { Message } from '../../diagnostic.ts'
import {
  anyInType,
  classInType,
  collectionInType,
  dateInType,
  functionInType,
  symbolInType,
  unresolvedType,
  unsupportedType,
} from '../../messages/types.ts'

const COLLECTIONS = new Set(['Map', 'Set', 'ReadonlyMap', 'ReadonlySet', 'WeakMap', 'WeakSet'])

export function problemOf(reading: Reading, shape: TypeShape, type: ts.Type, path: string): Message {
  switch (shape.kind) {
    case 'any':
      return anyInType({ path })
    case 'function':
      return functionInType({ path })
    case 'symbol':
      return symbolInType({ path })
    case 'generic':
      return unresolvedType({ path, type: reading.printType(type) })
    case 'class':
      if (shape.standard && shape.name === 'Date') return dateInType({ path })
      if (shape.standard && COLLECTIONS.has(shape.name)) return collectionInType({ path, type: shape.name })
      return classInType({ path, type: shape.standard ? `the built-in ${shape.name}` : `the class ${shape.name}` })
    case 'undefined':
    case 'void':
      return unsupportedType({
        path,
        type: 'undefined',
        advice: 'JSON has no undefined: use `null`, or an optional field.',
      })
    case 'never':
      return unsupportedType({
        path,
        type: 'never',
        advice: 'No value has this type. A field that must be missing is optional: `field?: never`.',
      })
    case 'template':
      return unsupportedType({
        path,
        type: `the text pattern ${reading.printType(type)}`,
        advice: 'Declare `string` and check the pattern in a lambda.',
      })
    case 'other':
      return unsupportedType({ path, type: shape.name, advice: adviceFor(shape.name) })
    default:
      return unsupportedType({ path, type: shape.kind, advice: adviceFor('') })
  }
}

function adviceFor(name: string): string {
  if (name === 'a bigint literal') return 'Declare `bigint` and compare in a lambda.'
  if (name.includes('index signature')) return 'Declare either fields or `Record<string, V>`, in an object of its own.'
  if (name === 'object') return 'Declare the fields, `Record<string, unknown>`, or `unknown`.'
  return 'Declare `unknown` for the part that has no plain type, and examine it in a lambda.'
}
