// Statements at the top level of a module that change what a variable holds: `TABLE[k] = v`, `for (...) list.push(x)`,
// `fill(TABLE)`.
//
// Promises: finds those that name the variable, and those that call functions which do. Code inside lambdas does not
// count: what it changes is an error (`determinism/`).

import type { Reading } from '../../1-read/reading.ts'
import { functionAround, ts } from '../../1-read/syntax.ts'
import { isWritten } from './find-functions.ts'

export function fillersOf(reading: Reading, symbol: ts.Symbol): readonly ts.Statement[] {
  const found = new Set<ts.Statement>()
  collectFillers(reading, symbol, found, new Set())
  return [...found]
}

function collectFillers(reading: Reading, symbol: ts.Symbol, found: Set<ts.Statement>, seen: Set<ts.Symbol>): void {
  if (seen.has(symbol)) return
  seen.add(symbol)
  for (const use of reading.usesOf(symbol)) {
    if (!mayChange(use)) continue
    const owner = functionAround(use)
    const statement = topStatement(use)
    if (statement !== null && isPlainStatement(statement)) found.add(statement)
    else if (owner !== null && ts.isFunctionDeclaration(owner) && owner.name !== undefined) {
      const helper = reading.symbolAt(owner.name)
      if (helper !== null) collectFillers(reading, helper, found, seen)
    }
  }
}

/** Written, passed to a function, called, or the receiver of a method. */
function mayChange(use: ts.Node): boolean {
  let at: ts.Node = use
  while (
    (ts.isPropertyAccessExpression(at.parent) || ts.isElementAccessExpression(at.parent)) &&
    at.parent.expression === at
  ) {
    at = at.parent
  }
  const { parent } = at
  return isWritten(at) || ts.isCallExpression(parent) || ts.isDeleteExpression(parent)
}

function topStatement(node: ts.Node): ts.Statement | null {
  let at = node
  while (at.parent !== undefined && !ts.isSourceFile(at.parent)) at = at.parent
  return at.parent === undefined ? null : (at as ts.Statement)
}

/** Statements that run where they are and declare nothing. */
function isPlainStatement(node: ts.Statement): boolean {
  return (
    ts.isExpressionStatement(node) ||
    ts.isIterationStatement(node, false) ||
    ts.isIfStatement(node) ||
    ts.isBlock(node) ||
    ts.isTryStatement(node) ||
    ts.isSwitchStatement(node)
  )
}
