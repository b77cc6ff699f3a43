// Which variables of enclosing functions and blocks a lambda reads, so that its mark can carry their values.
//
// Promises: only names that mean the same where the mark is. Not here: module constants and functions, whose text is
// hashed (`code-hash.ts`), and values of the language itself.

import type { Reading } from '../../1-read/reading.ts'
import { isErased, isInside, ts } from '../../1-read/syntax.ts'

/** Sorted names. `at` is the call that gets the mark. */
export function capturedNames(reading: Reading, lambda: ts.Node, at: ts.CallExpression): readonly string[] {
  const names = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (isErased(node)) return
    if (ts.isIdentifier(node) && isCaptured(reading, node, lambda, at)) names.add(node.text)
    ts.forEachChild(node, visit)
  }
  visit(lambda)
  return [...names].sort()
}

function isCaptured(reading: Reading, node: ts.Identifier, lambda: ts.Node, at: ts.Node): boolean {
  const symbol = reading.symbolAt(node)
  const declaration = symbol === null ? undefined : reading.declarationsOf(symbol)[0]
  if (symbol === null || declaration === undefined || isInside(declaration, lambda)) return false
  if (!isLocalVariable(declaration) || symbol.name !== node.text) return false
  return isData(reading, node) && reading.isVisible(symbol, at)
}

/** A variable or parameter that is not at the top level of a module. */
export function isLocalVariable(declaration: ts.Node): boolean {
  if (!ts.isVariableDeclaration(declaration) && !ts.isParameter(declaration) && !ts.isBindingElement(declaration))
    return false
  for (let node: ts.Node = declaration.parent; node !== undefined; node = node.parent) {
    if (ts.isFunctionLike(node) || ts.isBlock(node) || ts.isForOfStatement(node) || ts.isForStatement(node)) return true
    if (ts.isForInStatement(node) || ts.isCaseBlock(node)) return true
    if (ts.isSourceFile(node)) return false
  }
  return false
}

function isData(reading: Reading, node: ts.Identifier): boolean {
  const type = reading.typeOf(node)
  if (type.getCallSignatures().length > 0 || type.getConstructSignatures().length > 0) return false
  const symbol = type.getSymbol()
  return symbol === undefined || reading.ownerOf(symbol) !== 'language'
}
