// Where the object behind an expression comes from, seen from one function.
//
// Promises: the order of statements does not matter: a name has the origins of everything that is ever assigned to it.
// What is made in the function is fresh and has none. What is done to an object is in `mutations.ts`.

import type { Reading } from '../../1-read/reading.ts'
import { functionAround, isFunctionNode, isInside, ts, unwrap } from '../../1-read/syntax.ts'
import { callsOf } from '../lambda/find-functions.ts'

export type Origin =
  /** Declared outside the function. */
  | { readonly kind: 'captured'; readonly name: string; readonly symbol: ts.Symbol }
  | { readonly kind: 'parameter'; readonly index: number }
  | { readonly kind: 'this' }
  /** An object of the ECMAScript library, such as `Array.prototype`. */
  | { readonly kind: 'standard'; readonly name: string }
  /** A fresh container, such as `[...tags]`, whose content has this origin. */
  | { readonly kind: 'content'; readonly of: Origin }

export type Origins = readonly Origin[]

/** The origins of what a call returns, from the facts of its callee. */
type ReturnedOrigins = (call: ts.CallExpression) => Origins

const ALIASING = new Set(['get', 'at', 'find', 'findLast', 'deref', 'pop', 'shift'])
const COPYING = new Set([
  'filter',
  'slice',
  'concat',
  'toSorted',
  'toReversed',
  'toSpliced',
  'with',
  'flat',
  'values',
  'entries',
  'from',
])

export class OriginFinder {
  readonly #reading: Reading
  readonly #unit: ts.Node
  readonly #returned: ReturnedOrigins
  readonly #open = new Set<ts.Symbol>()

  constructor(reading: Reading, unit: ts.Node, returned: ReturnedOrigins) {
    this.#reading = reading
    this.#unit = unit
    this.#returned = returned
  }

  of(expression: ts.Expression): Origins {
    const node = unwrap(expression)
    if (ts.isIdentifier(node)) return this.#name(node)
    if (node.kind === ts.SyntaxKind.ThisKeyword) return [{ kind: 'this' }]
    if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) {
      return this.of(node.expression).map(o => (o.kind === 'content' ? o.of : o))
    }
    if (ts.isConditionalExpression(node)) return [...this.of(node.whenTrue), ...this.of(node.whenFalse)]
    if (ts.isBinaryExpression(node)) return this.#binary(node)
    if (ts.isCallExpression(node)) return this.#call(node)
    if (ts.isObjectLiteralExpression(node)) return contents(node.properties.flatMap(p => this.#property(p)))
    if (ts.isArrayLiteralExpression(node)) return contents(node.elements.flatMap(e => this.#element(e)))
    if (ts.isNewExpression(node)) return contents((node.arguments ?? []).flatMap(a => this.#element(a)))
    return []
  }

  #binary(node: ts.BinaryExpression): Origins {
    const operator = node.operatorToken.kind
    if (operator === ts.SyntaxKind.CommaToken || operator === ts.SyntaxKind.EqualsToken) return this.of(node.right)
    return BOTH.has(operator) ? [...this.of(node.left), ...this.of(node.right)] : []
  }

  #property(node: ts.ObjectLiteralElementLike): Origins {
    if (ts.isSpreadAssignment(node)) return this.of(node.expression).map(o => (o.kind === 'content' ? o.of : o))
    if (ts.isPropertyAssignment(node)) return this.of(node.initializer)
    return ts.isShorthandPropertyAssignment(node) ? this.#name(node.name) : []
  }

  #element(node: ts.Expression): Origins {
    if (!ts.isSpreadElement(node)) return this.of(node)
    return this.of(node.expression).map(o => (o.kind === 'content' ? o.of : o))
  }

  #call(node: ts.CallExpression): Origins {
    const callee = unwrap(node.expression)
    const symbol = this.#reading.meaningOf(callee)
    if (symbol !== null && this.#reading.ownerOf(symbol) === 'author') return this.#returned(node)
    if (!ts.isPropertyAccessExpression(callee)) return isFunctionNode(callee) ? this.#returned(node) : []
    const holder = [...this.of(callee.expression), ...node.arguments.slice(0, 1).flatMap(a => this.#element(a))]
    const plain = holder.filter(o => o.kind !== 'standard').map(o => (o.kind === 'content' ? o.of : o))
    if (ALIASING.has(callee.name.text)) return plain
    if (callee.name.text === 'sort' || callee.name.text === 'reverse') return this.of(callee.expression)
    return COPYING.has(callee.name.text) ? contents(plain) : []
  }

  #name(node: ts.Identifier): Origins {
    const symbol = this.#reading.symbolAt(node)
    if (symbol === null || this.#open.has(symbol)) return []
    const declaration = this.#reading.declarationsOf(symbol)[0]
    if (declaration === undefined) return []
    if (this.#reading.ownerOf(symbol) === 'standard') return [{ kind: 'standard', name: symbol.name }]
    // A function's own name refers to what outlives its calls.
    if (!isInside(declaration, this.#unit) || declaration === this.#unit)
      return [{ kind: 'captured', name: node.text, symbol }]
    this.#open.add(symbol)
    const found = [...this.#declared(declaration), ...this.#assigned(symbol)]
    this.#open.delete(symbol)
    return found
  }

  #declared(declaration: ts.Node): Origins {
    let at = declaration
    while (ts.isBindingElement(at) || ts.isObjectBindingPattern(at) || ts.isArrayBindingPattern(at)) at = at.parent
    const taken = at !== declaration
    const open = (origins: Origins): Origins => (taken ? origins.map(o => (o.kind === 'content' ? o.of : o)) : origins)
    if (ts.isParameter(at)) return open(this.#parameter(at))
    if (!ts.isVariableDeclaration(at)) return []
    if (at.initializer !== undefined) return open(this.of(at.initializer))
    const loop = at.parent.parent
    if (!ts.isForOfStatement(loop)) return []
    return this.of(loop.expression).map(o => (o.kind === 'content' ? o.of : o))
  }

  #parameter(parameter: ts.ParameterDeclaration): Origins {
    const owner = parameter.parent
    const index = (owner.parameters as readonly ts.Node[]).indexOf(parameter)
    if (owner === this.#unit) return [{ kind: 'parameter', index }]
    const { parent } = owner
    // A callback of a method of a collection gets its elements.
    if (ts.isCallExpression(parent) && ts.isPropertyAccessExpression(parent.expression)) {
      const holder = this.of(parent.expression.expression).map(o => (o.kind === 'content' ? o.of : o))
      const start = parent.arguments[1] === undefined ? [] : this.of(parent.arguments[1])
      return parent.expression.name.text.startsWith('reduce') && index === 0 ? [...start] : holder
    }
    const calls = callsOf(this.#reading, owner) ?? []
    return calls.flatMap(call => (call.arguments[index] === undefined ? [] : this.#element(call.arguments[index])))
  }

  #assigned(symbol: ts.Symbol): Origins {
    return this.#reading.usesOf(symbol).flatMap(use => {
      const { parent } = use
      if (!isInside(use, this.#unit) || !ts.isBinaryExpression(parent) || parent.left !== use) return []
      return ASSIGNING.has(parent.operatorToken.kind) ? this.of(parent.right) : []
    })
  }
}

const BOTH: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.QuestionQuestionToken,
])

const ASSIGNING: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.EqualsToken,
  ts.SyntaxKind.QuestionQuestionEqualsToken,
  ts.SyntaxKind.BarBarEqualsToken,
  ts.SyntaxKind.AmpersandAmpersandEqualsToken,
])

function contents(origins: Origins): Origins {
  return origins.map(o => (o.kind === 'content' ? o : { kind: 'content', of: o }))
}

/** The function that `this` belongs to is a constructor, where the object is still being made. */
export function isInConstructor(node: ts.Node): boolean {
  let around = functionAround(node)
  while (around !== null && ts.isArrowFunction(around)) around = functionAround(around)
  return around !== null && (ts.isConstructorDeclaration(around) || ts.isPropertyDeclaration(around))
}
