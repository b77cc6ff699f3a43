// Calls of array methods on a part of the value: their callbacks get its elements.

import { type FunctionNode, isFunctionNode, ts, unwrap } from '../../1-read/syntax.ts'
import { bindName } from './use-bindings.ts'
import { elementPaths } from './use-types.ts'
import type { Paths, Walker } from './walker.ts'

interface MethodRule {
  /** Which parameters of the callback are elements, and which is the array. */
  readonly elements: readonly number[]
  readonly array: number | null
  /** What the call gives: the array itself, one element, or another value. */
  readonly gives: 'array' | 'element' | 'value'
}

const each = (gives: MethodRule['gives']): MethodRule => ({ elements: [0], array: 2, gives })

const WITH_CALLBACK: Readonly<Record<string, MethodRule>> = {
  map: each('value'),
  flatMap: each('value'),
  forEach: each('value'),
  some: each('value'),
  every: each('value'),
  findIndex: each('value'),
  findLastIndex: each('value'),
  filter: each('array'),
  find: each('element'),
  findLast: each('element'),
  reduce: { elements: [1], array: 3, gives: 'value' },
  reduceRight: { elements: [1], array: 3, gives: 'value' },
  toSorted: { elements: [0, 1], array: null, gives: 'array' },
  sort: { elements: [0, 1], array: null, gives: 'array' },
}

/** Methods without a callback that only choose or arrange elements. */
const ARRANGING: Readonly<Record<string, 'array' | 'element'>> = {
  slice: 'array',
  toReversed: 'array',
  reverse: 'array',
  values: 'array',
  at: 'element',
}

export function arrayMethod(
  walk: Walker,
  call: ts.CallExpression,
  callee: ts.PropertyAccessExpression,
  base: Paths,
): Paths {
  const method = callee.name.text
  const rule = Object.hasOwn(WITH_CALLBACK, method) ? WITH_CALLBACK[method] : undefined
  const arranging = Object.hasOwn(ARRANGING, method) ? ARRANGING[method] : undefined
  const callback = call.arguments[0] === undefined ? null : unwrap(call.arguments[0])
  if (rule !== undefined && callback !== null && isFunctionNode(callback) && isSimple(callback)) {
    return withCallback(walk, call, callee, callback, rule, base)
  }
  for (const argument of call.arguments) walk.consume(ts.isSpreadElement(argument) ? argument.expression : argument)
  if (arranging === undefined) {
    walk.whole(base)
    return []
  }
  const elements = elementPaths(walk, callee.expression, base)
  return arranging === 'array' ? base : elements
}

/** Parameters that can be bound one by one. */
function isSimple(node: FunctionNode): boolean {
  return node.parameters.every(p => p.dotDotDotToken === undefined)
}

function withCallback(
  walk: Walker,
  call: ts.CallExpression,
  callee: ts.PropertyAccessExpression,
  callback: FunctionNode,
  rule: MethodRule,
  base: Paths,
): Paths {
  const elements = elementPaths(walk, callee.expression, base)
  const isReduce = rule.array === 3
  const start = isReduce && call.arguments[1] !== undefined ? walk.read(call.arguments[1]) : elements
  for (const [index, parameter] of callback.parameters.entries()) {
    const isElement = rule.elements.includes(index)
    const paths = isElement ? elements : index === rule.array ? base : isReduce && index === 0 ? start : []
    bindName(walk, parameter.name, paths, parameter.initializer)
  }
  // The result of a callback escapes: it is kept in the new array, or compared.
  if (ts.isBlock(callback.body)) walk.visit(callback.body)
  else walk.consume(callback.body as ts.Expression)
  // Without a start, the first element itself may come out of a reduction.
  if (isReduce && call.arguments[1] === undefined) walk.whole(elements)
  if (isReduce) walk.whole(start.filter(path => !elements.includes(path)))
  return rule.gives === 'array' ? base : rule.gives === 'element' ? elements : []
}
