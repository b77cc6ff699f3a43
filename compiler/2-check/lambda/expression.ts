// Reads a lambda as an expression over its value (`core/plan/expression.ts`).
//
// Promises: null for everything that is not surely one: calls, statements, captured variables, parts of the value that
// may be missing on the way. Names of constants of a module that hold a literal are read as that literal.
// Not here: whether the value has such parts as columns (`7-emit`).

import {
  BINARY_OPERATORS,
  type BinaryOperator,
  type Expression,
  type ExpressionField,
  UNARY_OPERATORS,
  type UnaryOperator,
} from '../../../core/plan/expression.ts'
import type { Reading } from '../../1-read/reading.ts'
import { type FunctionNode, nameOf, ts, unwrap } from '../../1-read/syntax.ts'
import { isLocalVariable } from './captured.ts'

/** More operators than that are left to the closure. */
const SIZE_MAX = 64

/** What a lambda computes of its parameter number `value`; null where it is no expression of that alone. */
export function expressionOf(reading: Reading, lambda: FunctionNode, value: number): Expression | null {
  const body = resultOf(lambda)
  const parameter = lambda.parameters[value]
  if (body === null || lambda.asteriskToken !== undefined || isAsync(lambda)) return null
  if (parameter !== undefined && (parameter.dotDotDotToken !== undefined || parameter.initializer !== undefined))
    return null
  return new ExpressionReader(reading, parameter).read(body)
}

const isAsync = (node: FunctionNode): boolean =>
  ts.canHaveModifiers(node) && (ts.getModifiers(node)?.some(m => m.kind === ts.SyntaxKind.AsyncKeyword) ?? false)

/** The one expression that a function gives. */
function resultOf(lambda: FunctionNode): ts.Expression | null {
  if (!ts.isBlock(lambda.body)) return ts.isExpression(lambda.body) ? lambda.body : null
  const [only, ...more] = lambda.body.statements
  if (only === undefined || more.length > 0 || !ts.isReturnStatement(only)) return null
  return only.expression ?? null
}

class ExpressionReader {
  readonly #reading: Reading
  /** The path of each name that the parameter binds. */
  readonly #bound = new Map<ts.Symbol, readonly string[]>()
  #size = 0

  constructor(reading: Reading, parameter: ts.ParameterDeclaration | undefined) {
    this.#reading = reading
    if (parameter !== undefined) this.#bind(parameter.name, [])
  }

  read(given: ts.Expression): Expression | null {
    if (++this.#size > SIZE_MAX) return null
    const node = unwrap(given)
    const constant = literalOf(node)
    if (constant !== null) return constant
    if (ts.isIdentifier(node)) return this.#name(node)
    if (ts.isPropertyAccessExpression(node)) return this.#access(node)
    if (ts.isPrefixUnaryExpression(node)) return this.#unary(node)
    if (ts.isBinaryExpression(node)) return this.#binary(node)
    if (ts.isConditionalExpression(node)) return this.#conditional(node)
    if (ts.isObjectLiteralExpression(node)) return this.#object(node)
    if (ts.isArrayLiteralExpression(node)) return this.#array(node)
    return null
  }

  /** Names without defaults, rests or computed keys; what is bound otherwise has no path, and is no expression. */
  #bind(name: ts.BindingName, path: readonly string[]): void {
    if (ts.isIdentifier(name)) {
      const symbol = this.#reading.symbolAt(name)
      if (symbol !== null) this.#bound.set(symbol, path)
      return
    }
    if (ts.isArrayBindingPattern(name)) return
    for (const element of name.elements) {
      const field = nameOf((element.propertyName as ts.PropertyName | undefined) ?? element.name)
      if (field === null || element.dotDotDotToken !== undefined || element.initializer !== undefined) continue
      this.#bind(element.name, [...path, field])
    }
  }

  #name(node: ts.Identifier): Expression | null {
    const symbol = this.#reading.symbolAt(node)
    if (symbol === null) return null
    const path = this.#bound.get(symbol)
    if (path !== undefined) return { kind: 'field', path }
    if (node.text === 'undefined' && this.#reading.declarationsOf(symbol).length === 0) return { kind: 'constant' }
    return this.#moduleConstant(symbol)
  }

  /** `const LIMIT = 5` at the top level of a module of the author's. */
  #moduleConstant(symbol: ts.Symbol): Expression | null {
    const meaning = this.#reading.ownerOf(symbol) === 'author' ? symbol : null
    const declarations = meaning === null ? [] : this.#reading.declarationsOf(meaning)
    const [declaration] = declarations
    if (declarations.length !== 1 || declaration === undefined || !ts.isVariableDeclaration(declaration)) return null
    const isConst = (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.BlockScoped) === ts.NodeFlags.Const
    if (!isConst || isLocalVariable(declaration) || declaration.initializer === undefined) return null
    return literalOf(unwrap(declaration.initializer))
  }

  #access(node: ts.PropertyAccessExpression): Expression | null {
    if (node.questionDotToken !== undefined || ts.isPrivateIdentifier(node.name)) return null
    const of = this.read(node.expression)
    if (of === null) return null
    if (of.kind === 'object') return of.fields.find(f => f.name === node.name.text)?.value ?? null
    return of.kind === 'field' ? { kind: 'field', path: [...of.path, node.name.text] } : null
  }

  #unary(node: ts.PrefixUnaryExpression): Expression | null {
    const operator = ts.tokenToString(node.operator) as UnaryOperator
    const operand = UNARY_OPERATORS.includes(operator) ? this.read(node.operand) : null
    return operand === null ? null : { kind: 'unary', operator, operand }
  }

  #binary(node: ts.BinaryExpression): Expression | null {
    const operator = ts.tokenToString(node.operatorToken.kind) as BinaryOperator
    if (!BINARY_OPERATORS.includes(operator)) return null
    const left = this.read(node.left)
    const right = left === null ? null : this.read(node.right)
    return left === null || right === null ? null : { kind: 'binary', operator, left, right }
  }

  #conditional(node: ts.ConditionalExpression): Expression | null {
    const test = this.read(node.condition)
    const yes = test === null ? null : this.read(node.whenTrue)
    const no = yes === null ? null : this.read(node.whenFalse)
    return test === null || yes === null || no === null ? null : { kind: 'conditional', test, yes, no }
  }

  #object(node: ts.ObjectLiteralExpression): Expression | null {
    const fields: ExpressionField[] = []
    for (const property of node.properties) {
      const name = nameOf(property.name)
      if (name === null || name === '__proto__' || fields.some(f => f.name === name)) return null
      const value = ts.isPropertyAssignment(property)
        ? this.read(property.initializer)
        : ts.isShorthandPropertyAssignment(property)
          ? this.#shorthand(property)
          : null
      if (value === null) return null
      fields.push({ name, value })
    }
    return { kind: 'object', fields }
  }

  #shorthand(property: ts.ShorthandPropertyAssignment): Expression | null {
    const symbol = this.#reading.symbolAt(property.name)
    const path = symbol === null ? undefined : this.#bound.get(symbol)
    if (path !== undefined) return { kind: 'field', path }
    return symbol === null ? null : this.#moduleConstant(symbol)
  }

  #array(node: ts.ArrayLiteralExpression): Expression | null {
    const items: Expression[] = []
    for (const element of node.elements) {
      const item = ts.isSpreadElement(element) || ts.isOmittedExpression(element) ? null : this.read(element)
      if (item === null) return null
      items.push(item)
    }
    return { kind: 'array', items }
  }
}

function literalOf(node: ts.Expression): Expression | null {
  if (ts.isNumericLiteral(node)) return { kind: 'constant', value: Number(node.text) }
  if (ts.isStringLiteralLike(node)) return { kind: 'constant', value: node.text }
  if (node.kind === ts.SyntaxKind.TrueKeyword) return { kind: 'constant', value: true }
  if (node.kind === ts.SyntaxKind.FalseKeyword) return { kind: 'constant', value: false }
  if (node.kind === ts.SyntaxKind.NullKeyword) return { kind: 'constant', value: null }
  if (!ts.isPrefixUnaryExpression(node) || node.operator !== ts.SyntaxKind.MinusToken) return null
  return ts.isNumericLiteral(node.operand) ? { kind: 'constant', value: -Number(node.operand.text) } : null
}
