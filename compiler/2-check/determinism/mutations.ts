// What a node does to objects: assignments, `delete`, methods that change their receiver, library functions that change
// an argument.

import type { Reading } from '../../1-read/reading.ts'
import { ts, unwrap } from '../../1-read/syntax.ts'
import { isWritten } from '../lambda/find-functions.ts'

const CHANGING = new Set(
  'push pop shift unshift splice sort reverse fill copyWithin set add delete clear append setTime setUTCDate setUTCFullYear setUTCHours setUTCMilliseconds setUTCMinutes setUTCMonth setUTCSeconds'.split(
    ' ',
  ),
)
/** Those newer than ES2023. */
const CHANGING_NEW = new Set(['setFromBase64', 'setFromHex', 'getOrInsert', 'getOrInsertComputed'])
const CHANGING_FIRST = new Set([
  'ObjectConstructor.assign',
  'ObjectConstructor.defineProperty',
  'ObjectConstructor.defineProperties',
  'ObjectConstructor.setPrototypeOf',
  'ObjectConstructor.freeze',
  'ObjectConstructor.seal',
  'Reflect.set',
  'Reflect.deleteProperty',
  'Reflect.defineProperty',
  'Reflect.setPrototypeOf',
])
const ITERATING = new Set(['next', 'return', 'throw'])

interface Mutation {
  readonly kind: 'change' | 'iterate'
  /** The object that is changed. */
  readonly target: ts.Expression
}

/** What a single node changes; null for most. */
export function mutationAt(reading: Reading, node: ts.Node): Mutation | null {
  if ((ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) && isWritten(node)) {
    return { kind: 'change', target: node.expression }
  }
  if (ts.isDeleteExpression(node)) {
    const deleted = unwrap(node.expression)
    const isMember = ts.isPropertyAccessExpression(deleted) || ts.isElementAccessExpression(deleted)
    return isMember ? { kind: 'change', target: deleted.expression } : null
  }
  if (ts.isForOfStatement(node) && isIterator(reading, node.expression))
    return { kind: 'iterate', target: node.expression }
  return ts.isCallExpression(node) ? callMutation(reading, node) : null
}

function callMutation(reading: Reading, node: ts.CallExpression): Mutation | null {
  const callee = unwrap(node.expression)
  const symbol = reading.meaningOf(callee)
  if (symbol === null || reading.ownerOf(symbol) === 'author') return null
  const first = node.arguments[0]
  if (first !== undefined && CHANGING_FIRST.has(reading.qualifiedName(symbol))) return { kind: 'change', target: first }
  if (!ts.isPropertyAccessExpression(callee)) return null
  if (ITERATING.has(symbol.name) && isIterator(reading, callee.expression)) {
    return { kind: 'iterate', target: callee.expression }
  }
  return CHANGING.has(symbol.name) || CHANGING_NEW.has(symbol.name)
    ? { kind: 'change', target: callee.expression }
    : null
}

/** An iterator: it remembers how far it has been read, unlike an array, a map or a set. */
function isIterator(reading: Reading, node: ts.Expression): boolean {
  return reading.propertyType(reading.nonNull(reading.typeOf(node)), 'next') !== null
}
