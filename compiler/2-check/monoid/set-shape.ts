// Sorted unions: `[...new Set([...a, ...b])].sort()`, the lawful form of a set whose elements are all texts, numbers or
// bigints.

import type { Reading } from '../../1-read/reading.ts'
import { ts, unwrap } from '../../1-read/syntax.ts'

const ORDERED: ReadonlySet<string> = new Set(['string', 'number', 'bigint'])

/** `isPair` says whether two expressions are the two sides of the place in question. */
export function isSortedUnion(
  reading: Reading,
  call: ts.CallExpression,
  isPair: (a: ts.Expression, b: ts.Expression) => boolean,
): boolean {
  const callee = call.expression
  if (!ts.isPropertyAccessExpression(callee) || call.arguments.length > 0) return false
  if (callee.name.text !== 'sort' && callee.name.text !== 'toSorted') return false
  const set = setOf(unwrap(callee.expression))
  const list = set?.arguments?.length === 1 && set.arguments[0] !== undefined ? unwrap(set.arguments[0]) : null
  if (set === null || list === null || !isStandardSet(reading, set) || !ts.isArrayLiteralExpression(list)) return false
  const [one, other] = list.elements
  if (list.elements.length !== 2 || one === undefined || other === undefined) return false
  if (!ts.isSpreadElement(one) || !ts.isSpreadElement(other)) return false
  return isPair(one.expression, other.expression) && [one, other].every(s => hasOrder(reading, s.expression))
}

/** `[...new Set(x)]` or `Array.from(new Set(x))`. */
function setOf(node: ts.Expression): ts.NewExpression | null {
  let inner: ts.Expression | undefined
  if (ts.isArrayLiteralExpression(node) && node.elements.length === 1) {
    const [only] = node.elements
    inner = only !== undefined && ts.isSpreadElement(only) ? only.expression : undefined
  } else if (ts.isCallExpression(node) && node.arguments.length === 1 && node.expression.getText() === 'Array.from') {
    inner = node.arguments[0]
  }
  const set = inner === undefined ? null : unwrap(inner)
  return set !== null && ts.isNewExpression(set) ? set : null
}

function isStandardSet(reading: Reading, set: ts.NewExpression): boolean {
  const symbol = reading.meaningOf(set.expression)
  return symbol !== null && symbol.name === 'Set' && reading.ownerOf(symbol) === 'standard'
}

/** Elements of one primitive type: sorting by their text, as `sort()` does, leaves no tie between different ones. */
function hasOrder(reading: Reading, list: ts.Expression): boolean {
  const shape = reading.shapeOf(reading.typeOf(unwrap(list)))
  return shape.kind === 'array' && ORDERED.has(reading.shapeOf(shape.items).kind)
}
