// Finds the functions that an expression can be.
//
// Promises: `complete` only where every function that the expression can be was found. Follows names, constants,
// properties of object literals, both sides of `?:`, what factories return, and parameters of helpers back to all calls
// of the helper.

import type { Reading } from '../../1-read/reading.ts'
import {
  type FunctionNode,
  forEachDescendant,
  functionAround,
  isFunctionNode,
  ts,
  unwrap,
} from '../../1-read/syntax.ts'
import { overridesOf } from './overrides.ts'

export interface FoundFunctions {
  readonly functions: readonly FunctionNode[]
  readonly complete: boolean
  /** A function of the ECMAScript library is among them, such as `Boolean`. */
  readonly standard: boolean
}

const NONE: FoundFunctions = { functions: [], complete: false, standard: false }
const STANDARD: FoundFunctions = { functions: [], complete: true, standard: true }
const DEPTH_MAX = 12

export function findFunctions(reading: Reading, expression: ts.Expression, depth = 0): FoundFunctions {
  if (depth > DEPTH_MAX) return NONE
  const node = unwrap(expression)
  const again = (e: ts.Expression): FoundFunctions => findFunctions(reading, e, depth + 1)
  if (isFunctionNode(node)) return { functions: [node], complete: true, standard: false }
  if (ts.isConditionalExpression(node)) return join([again(node.whenTrue), again(node.whenFalse)])
  if (ts.isBinaryExpression(node) && EITHER.has(node.operatorToken.kind))
    return join([again(node.left), again(node.right)])
  if (ts.isCallExpression(node)) return fromFactory(reading, node, depth)
  const symbol = reading.meaningOf(node)
  return symbol === null ? NONE : fromSymbol(reading, symbol, depth)
}

const EITHER: ReadonlySet<ts.SyntaxKind> = new Set([ts.SyntaxKind.QuestionQuestionToken, ts.SyntaxKind.BarBarToken])

function join(parts: readonly FoundFunctions[]): FoundFunctions {
  return {
    functions: [...new Set(parts.flatMap(p => p.functions))],
    complete: parts.length > 0 && parts.every(p => p.complete),
    standard: parts.some(p => p.standard),
  }
}

function fromSymbol(reading: Reading, symbol: ts.Symbol, depth: number): FoundFunctions {
  const owner = reading.ownerOf(symbol)
  if (owner === 'standard') return STANDARD
  if (owner !== 'author') return NONE
  const found = reading.declarationsOf(symbol).filter(d => !isOverload(d))
  const all = found.flatMap(d => [d, ...overridesOf(reading, d)])
  return join(all.map(d => fromDeclaration(reading, d, depth)))
}

function isOverload(node: ts.Node): boolean {
  return (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) && node.body === undefined
}

function fromDeclaration(reading: Reading, node: ts.Declaration, depth: number): FoundFunctions {
  if (isFunctionNode(node)) return { functions: [node], complete: true, standard: false }
  if (ts.isParameter(node)) return fromParameter(reading, node, depth)
  if (ts.isShorthandPropertyAssignment(node)) {
    const value = reading.symbolAt(node.name)
    return value === null ? NONE : fromSymbol(reading, value, depth + 1)
  }
  if (!ts.isExportAssignment(node) && isReassigned(reading, (node as ts.NamedDeclaration).name)) return NONE
  const holds = ts.isVariableDeclaration(node) || ts.isPropertyAssignment(node) || ts.isPropertyDeclaration(node)
  if (holds || ts.isExportAssignment(node)) {
    const value = ts.isExportAssignment(node) ? node.expression : node.initializer
    return value === undefined ? NONE : findFunctions(reading, value, depth + 1)
  }
  return NONE
}

/** A variable or property that is written again after its declaration. */
function isReassigned(reading: Reading, name: ts.Node | undefined): boolean {
  const symbol = name === undefined ? null : reading.symbolAt(name)
  if (symbol === null) return false
  return reading.usesOf(symbol).some(use => {
    const isMember = ts.isPropertyAccessExpression(use.parent) && use.parent.name === use
    return isWritten(isMember ? use.parent : use)
  })
}

/** True for a name or property that an assignment, `++` or `--` writes, also inside a destructuring pattern. */
export function isWritten(node: ts.Node): boolean {
  const { parent } = node
  if (ts.isBinaryExpression(parent) && parent.left === node) {
    const operator = parent.operatorToken.kind
    return operator >= ts.SyntaxKind.FirstAssignment && operator <= ts.SyntaxKind.LastAssignment
  }
  if (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent)) {
    return parent.operator === ts.SyntaxKind.PlusPlusToken || parent.operator === ts.SyntaxKind.MinusMinusToken
  }
  if (ts.isForInStatement(parent) || ts.isForOfStatement(parent)) return parent.initializer === node
  if (ts.isParenthesizedExpression(parent) || ts.isNonNullExpression(parent)) return isWritten(parent)
  if (ts.isArrayLiteralExpression(parent) || ts.isSpreadElement(parent) || ts.isSpreadAssignment(parent)) {
    return isPattern(parent)
  }
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node && isPattern(parent)
  return ts.isShorthandPropertyAssignment(parent) && isPattern(parent)
}

function isPattern(node: ts.Node): boolean {
  let at = node
  while (
    ts.isPropertyAssignment(at) ||
    ts.isShorthandPropertyAssignment(at) ||
    ts.isSpreadElement(at) ||
    ts.isSpreadAssignment(at)
  ) {
    at = at.parent
  }
  return (ts.isArrayLiteralExpression(at) || ts.isObjectLiteralExpression(at)) && isWritten(at)
}

/** A helper's parameter is what its callers pass, if the helper is only ever called. */
function fromParameter(reading: Reading, parameter: ts.ParameterDeclaration, depth: number): FoundFunctions {
  const owner = parameter.parent
  const calls = isFunctionNode(owner) ? callsOf(reading, owner) : null
  if (calls === null || parameter.dotDotDotToken !== undefined) return NONE
  const index = owner.parameters.indexOf(parameter)
  const passed = calls.map(call => call.arguments[index] ?? parameter.initializer)
  const known = passed.filter(p => p !== undefined)
  if (known.length === 0 || calls.some(c => c.arguments.some(ts.isSpreadElement))) return NONE
  return join(known.map(p => findFunctions(reading, p, depth + 1)))
}

/** Every call of a function; null where it is also used in another way, or has no name. */
export function callsOf(reading: Reading, owner: ts.SignatureDeclaration): readonly ts.CallExpression[] | null {
  const name = nameNodeOf(owner)
  const symbol = name === null ? null : reading.symbolAt(name)
  if (symbol === null) return null
  const calls: ts.CallExpression[] = []
  for (const use of reading.usesOf(symbol)) {
    const callee = ts.isPropertyAccessExpression(use.parent) && use.parent.name === use ? use.parent : use
    const { parent } = callee
    if (ts.isCallExpression(parent) && parent.expression === callee) calls.push(parent)
    else if (!ts.isImportSpecifier(use.parent) && !ts.isExportSpecifier(use.parent) && !ts.isImportClause(use.parent))
      return null
  }
  return calls
}

function nameNodeOf(owner: ts.SignatureDeclaration): ts.Node | null {
  if ((ts.isFunctionDeclaration(owner) || ts.isMethodDeclaration(owner)) && owner.name !== undefined) return owner.name
  const { parent } = owner
  if (ts.isVariableDeclaration(parent) && ts.isIdentifier(parent.name)) return parent.name
  return ts.isPropertyAssignment(parent) ? parent.name : null
}

function fromFactory(reading: Reading, call: ts.CallExpression, depth: number): FoundFunctions {
  const factory = findFunctions(reading, call.expression, depth + 1)
  if (!factory.complete || factory.standard) return NONE
  const returned = factory.functions.flatMap(returnsOf)
  return join(returned.map(e => findFunctions(reading, e, depth + 1)))
}

/** What a function returns, in all its return statements. */
export function returnsOf(node: FunctionNode): readonly ts.Expression[] {
  if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) return [node.body]
  const found: ts.Expression[] = []
  forEachDescendant(node.body, inner => {
    if (ts.isReturnStatement(inner) && inner.expression !== undefined && functionAround(inner) === node) {
      found.push(inner.expression)
    }
  })
  return found
}
