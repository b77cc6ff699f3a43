// What the shape of an author's `plus` shows: that it is commutative and associative, that it is not, or neither.
//
// Promises: `proved` only where both laws hold for all values that the types allow, bit for bit: sums of bigints,
// `| & ^`, `|| &&` of booleans, Math.max and Math.min, the greater or lesser of bigints or texts, sorted unions of
// sets, constants, objects and tuples of these, and any of these with null as the state of no element. `refuted` where
// doubles round or one side wins by its place.
// Not here: everything else, and whether zero, lift and present fit a proved `plus`, which is tested (`6-laws`).

import type { Reading } from '../../1-read/reading.ts'
import { type FunctionNode, nameOf, ts, unwrap } from '../../1-read/syntax.ts'
import type { LambdaArgument } from '../lambda/lambda-arguments.ts'
import { type OperandSide, Operands } from './operands.ts'
import { isSortedUnion } from './set-shape.ts'

type PlusShape =
  | { readonly kind: 'proved' | 'unknown' }
  | { readonly kind: 'refuted'; readonly at: ts.Node; readonly label: string; readonly fix: string }

const PROVED: PlusShape = { kind: 'proved' }
const UNKNOWN: PlusShape = { kind: 'unknown' }

export function plusShape(reading: Reading, { expression, found }: LambdaArgument): PlusShape {
  if (ts.isExpression(expression) && isExtreme(reading, expression)) return PROVED
  const [plus] = found.functions
  if (!found.complete || found.standard || found.functions.length !== 1 || plus === undefined) return UNKNOWN
  const body = bodyOf(plus)
  const operands = Operands.of(reading, plus)
  return body === null || operands === null ? UNKNOWN : new Shapes(reading, operands).of(body, '')
}

/** The expression that a function returns, if it does nothing else. */
function bodyOf({ body }: FunctionNode): ts.Expression | null {
  if (!ts.isBlock(body)) return body as ts.Expression
  const [only] = body.statements
  return body.statements.length === 1 && only !== undefined && ts.isReturnStatement(only)
    ? (only.expression ?? null)
    : null
}

/** `Math.max` or `Math.min`, however it is named. */
function isExtreme(reading: Reading, callee: ts.Expression): boolean {
  const symbol = reading.meaningOf(unwrap(callee))
  if (symbol === null || reading.ownerOf(symbol) !== 'standard') return false
  return ['Math.max', 'Math.min'].includes(reading.qualifiedName(symbol))
}

const { SyntaxKind } = ts
const BITS: ReadonlySet<ts.SyntaxKind> = new Set([
  SyntaxKind.BarToken,
  SyntaxKind.AmpersandToken,
  SyntaxKind.CaretToken,
])
const LOGIC: ReadonlySet<ts.SyntaxKind> = new Set([SyntaxKind.BarBarToken, SyntaxKind.AmpersandAmpersandToken])
const COMPARE: ReadonlySet<ts.SyntaxKind> = new Set([
  SyntaxKind.LessThanToken,
  SyntaxKind.LessThanEqualsToken,
  SyntaxKind.GreaterThanToken,
  SyntaxKind.GreaterThanEqualsToken,
])
const EQUALS: ReadonlySet<ts.SyntaxKind> = new Set([SyntaxKind.EqualsEqualsToken, SyntaxKind.EqualsEqualsEqualsToken])

class Shapes {
  readonly #reading: Reading
  readonly #operands: Operands

  constructor(reading: Reading, operands: Operands) {
    this.#reading = reading
    this.#operands = operands
  }

  /** `path` is the place in the state that the expression gives. */
  of(expression: ts.Expression, path: string): PlusShape {
    const node = unwrap(expression)
    if (isConstant(node)) return PROVED
    if (ts.isObjectLiteralExpression(node)) return this.#object(node, path)
    if (ts.isArrayLiteralExpression(node)) return this.#array(node, path)
    if (ts.isConditionalExpression(node)) return this.#conditional(node, path)
    if (ts.isBinaryExpression(node)) return this.#binary(node, path)
    if (ts.isCallExpression(node)) return this.#call(node, path)
    return UNKNOWN
  }

  #object(node: ts.ObjectLiteralExpression, path: string): PlusShape {
    const spreads = node.properties.filter(ts.isSpreadAssignment)
    if (spreads.length === 2 && this.#isPair(spreads[0]?.expression, spreads[1]?.expression, path)) {
      return refuted(node, 'of fields that both sides have the right one wins', SPREAD_FIX)
    }
    return all(
      node.properties.map(property => {
        const name = property.name === undefined ? null : nameOf(property.name)
        if (name === null || !ts.isPropertyAssignment(property)) return UNKNOWN
        return this.of(property.initializer, `${path}.${name}`)
      }),
    )
  }

  #array(node: ts.ArrayLiteralExpression, path: string): PlusShape {
    const [first, second] = node.elements
    const areSpread =
      first !== undefined && second !== undefined && ts.isSpreadElement(first) && ts.isSpreadElement(second)
    if (areSpread && this.#isPair(first.expression, second.expression, path)) {
      return refuted(node, 'the order of the two sides shows in the list', LIST_FIX)
    }
    return all(node.elements.map((item, i) => (ts.isSpreadElement(item) ? UNKNOWN : this.of(item, `${path}.${i}`))))
  }

  #binary(node: ts.BinaryExpression, path: string): PlusShape {
    const operator = node.operatorToken.kind
    if (!this.#isPair(node.left, node.right, path)) return UNKNOWN
    const kind = this.#kindOf(node.left)
    if (kind !== this.#kindOf(node.right))
      return operator === SyntaxKind.QuestionQuestionToken ? oneWins(node) : UNKNOWN
    if (operator === SyntaxKind.PlusToken) return sumOf(node, kind)
    if (operator === SyntaxKind.AsteriskToken && kind === 'bigint') return PROVED
    if (BITS.has(operator) && (kind === 'bigint' || kind === 'number')) return PROVED
    if (LOGIC.has(operator) && kind === 'boolean') return PROVED
    return operator === SyntaxKind.QuestionQuestionToken ? oneWins(node) : UNKNOWN
  }

  #call(node: ts.CallExpression, path: string): PlusShape {
    const [first, second] = node.arguments
    if (isExtreme(this.#reading, node.expression)) {
      return node.arguments.length === 2 && this.#isPair(first, second, path) ? PROVED : UNKNOWN
    }
    if (isSortedUnion(this.#reading, node, (a, b) => this.#isPair(a, b, path))) return PROVED
    const callee = node.expression
    const isConcat =
      ts.isPropertyAccessExpression(callee) && callee.name.text === 'concat' && node.arguments.length === 1
    if (isConcat && this.#isPair(callee.expression, first, path)) {
      return refuted(node, 'the order of the two sides shows in the result', LIST_FIX)
    }
    return UNKNOWN
  }

  #conditional(node: ts.ConditionalExpression, path: string): PlusShape {
    const one = this.#orOther(node, path)
    if (one !== null) {
      const rest = unwrap(one.rest)
      const other = ts.isConditionalExpression(rest) ? this.#orOther(rest, path) : null
      return other === null || other.tested === one.tested ? UNKNOWN : this.of(other.rest, path)
    }
    const test = unwrap(node.condition)
    if (!ts.isBinaryExpression(test) || !COMPARE.has(test.operatorToken.kind)) return UNKNOWN
    const sides = [test.left, test.right, node.whenTrue, node.whenFalse].map(e => this.#operands.sideOf(e, path))
    if (!this.#isPair(test.left, test.right, path) || sides.includes(null) || sides[2] === sides[3]) return UNKNOWN
    const kind = this.#kindOf(test.left)
    if (kind === 'bigint' || kind === 'string') return PROVED
    return kind === 'number'
      ? refuted(node, 'with NaN the result depends on the side on which it stands', MAX_FIX)
      : UNKNOWN
  }

  /** `a === null ? b : rest`, with either side tested; null for anything else. */
  #orOther(node: ts.ConditionalExpression, path: string): { tested: OperandSide | null; rest: ts.Expression } | null {
    const test = unwrap(node.condition)
    if (!ts.isBinaryExpression(test) || !EQUALS.has(test.operatorToken.kind)) return null
    if (unwrap(test.right).kind !== SyntaxKind.NullKeyword) return null
    if (!this.#isPair(test.left, node.whenTrue, path)) return null
    return { tested: this.#operands.sideOf(test.left, path), rest: node.whenFalse }
  }

  /** Two sides of one place, in either order. */
  #isPair(one: ts.Expression | undefined, other: ts.Expression | undefined, path: string): boolean {
    if (one === undefined || other === undefined) return false
    const [a, b] = [this.#operands.sideOf(one, path), this.#operands.sideOf(other, path)]
    return a !== null && b !== null && a !== b
  }

  /** `number`, `bigint`, `string`, `boolean`, also of literal types; the shape's kind for others. */
  #kindOf(node: ts.Expression): string {
    const shape = this.#reading.shapeOf(this.#reading.typeOf(unwrap(node)))
    if (shape.kind === 'literal') return typeof shape.value
    if (shape.kind !== 'union') return shape.kind
    const kinds = new Set(
      shape.members.map(member => {
        const part = this.#reading.shapeOf(member)
        return part.kind === 'literal' ? typeof part.value : part.kind
      }),
    )
    return kinds.size === 1 ? ([...kinds][0] as string) : 'union'
  }
}

/** Null does not count as one: it is the state of no element, which `plus` of two states must not give. */
function isConstant(node: ts.Expression): boolean {
  return ts.isLiteralExpression(node) || node.kind === SyntaxKind.TrueKeyword || node.kind === SyntaxKind.FalseKeyword
}

function all(parts: readonly PlusShape[]): PlusShape {
  return parts.find(p => p.kind === 'refuted') ?? parts.find(p => p.kind === 'unknown') ?? PROVED
}

function sumOf(node: ts.Node, kind: string): PlusShape {
  if (kind === 'bigint') return PROVED
  if (kind === 'number')
    return refuted(node, 'doubles round at each addition, so the order of additions shows', SUM_FIX)
  return kind === 'string' ? refuted(node, 'the order of the two sides shows in the text', LIST_FIX) : UNKNOWN
}

const oneWins = (node: ts.Node): PlusShape =>
  refuted(node, 'where both sides have a value the first one wins', WINS_FIX)

function refuted(at: ts.Node, label: string, fix: string): PlusShape {
  return { kind: 'refuted', at, label, fix }
}

const SUM_FIX =
  'Use sum() or count(), which are exact, as a field beside this one: `aggregate({ total: sum(v => v.price), ... })`; or keep a bigint: `lift: n => BigInt(n)`.'
const LIST_FIX =
  'Use collectList(), which goes by (time, identity), or collectSet(); or sort by all of the value: `[...new Set([...a, ...b])].sort()`.'
const SPREAD_FIX =
  'Decide for each field: `{ low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) }`; what should be the newest is last() or maxBy().'
const WINS_FIX =
  'Use first() or last(), which go by (time, identity), or minBy() and maxBy(); or take Math.max of both sides.'
const MAX_FIX = 'Use Math.max(a, b) or Math.min(a, b), or max() and min() as fields.'
