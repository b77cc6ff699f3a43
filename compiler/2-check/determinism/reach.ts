// Which other code a node reaches: helpers, constants, classes, callers of the function whose parameter is read.

import type { Reading } from '../../1-read/reading.ts'
import { forEachDescendant, isFunctionNode, isInside, nameOf, ts } from '../../1-read/syntax.ts'
import { callsOf } from '../lambda/find-functions.ts'
import { overridesOf } from '../lambda/overrides.ts'
import type { Edge, Mode } from './unit.ts'

export function reachedFrom(reading: Reading, node: ts.Node, unit: ts.Node, mode: Mode): readonly Edge[] {
  const isMember = ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)
  if (!ts.isIdentifier(node) && !isMember) return []
  if (ts.isIdentifier(node) && ts.isPropertyAccessExpression(node.parent) && node.parent.name === node) return []
  if (mode === 'load' && !isCallee(node)) return []
  const symbol = reading.symbolAt(node)
  if (symbol === null || reading.ownerOf(symbol) !== 'author') return []
  const declared = reading.declarationsOf(symbol).flatMap(d => [d, ...overridesOf(reading, d)])
  return declared.flatMap(d => fromDeclaration(reading, d, node, unit, mode))
}

/** Called, or constructed by `new`. */
function isCallee(node: ts.Node): boolean {
  const { parent } = node
  return (ts.isCallExpression(parent) || ts.isNewExpression(parent)) && parent.expression === node
}

function fromDeclaration(
  reading: Reading,
  declaration: ts.Declaration,
  at: ts.Node,
  unit: ts.Node,
  mode: Mode,
): readonly Edge[] {
  if (isInside(declaration, unit)) return []
  // In a value, a function that is called has run already; one that is only named may run later.
  const run: Mode = mode === 'value' && isCallee(at) ? 'value' : mode === 'value' ? 'record' : mode
  if (isFunctionNode(declaration)) return [{ to: declaration, mode: run, at }]
  if (ts.isClassLike(declaration)) return [{ to: declaration, mode, at }]
  if (ts.isParameter(declaration)) return mode === 'load' ? [] : passedBy(reading, declaration, at)
  const value = givenValue(declaration)
  if (value !== null)
    return [
      isFunctionNode(value)
        ? { to: value, mode: run, at }
        : { to: value, mode: mode === 'load' ? 'load' : 'value', at },
    ]
  const isSignature = ts.isMethodSignature(declaration) || ts.isPropertySignature(declaration)
  return isSignature && isCallee(at) ? namedAlike(reading, declaration, at, run) : []
}

function givenValue(declaration: ts.Node): ts.Expression | null {
  let at = declaration
  while (ts.isBindingElement(at) || ts.isObjectBindingPattern(at) || ts.isArrayBindingPattern(at)) at = at.parent
  if (ts.isVariableDeclaration(at) || ts.isPropertyAssignment(at) || ts.isPropertyDeclaration(at))
    return at.initializer ?? null
  if (ts.isShorthandPropertyAssignment(at)) return at.name
  return ts.isExportAssignment(at) ? at.expression : null
}

/** A parameter of an enclosing function leads to what the callers of that function pass. */
function passedBy(reading: Reading, parameter: ts.ParameterDeclaration, at: ts.Node): readonly Edge[] {
  const index = (parameter.parent.parameters as readonly ts.Node[]).indexOf(parameter)
  const calls = callsOf(reading, parameter.parent) ?? []
  return calls.flatMap(call => {
    const given = call.arguments[index]
    if (given === undefined) return []
    return [{ to: given, mode: isFunctionNode(given) ? ('record' as const) : ('value' as const), at }]
  })
}

/** A call through an interface may run any method of that name. */
function namedAlike(reading: Reading, signature: ts.Declaration, at: ts.Node, mode: Mode): readonly Edge[] {
  const name = nameOf((signature as ts.MethodSignature).name)
  const found: Edge[] = []
  for (const file of reading.files) {
    forEachDescendant(file, node => {
      const isMethod = ts.isMethodDeclaration(node) && node.body !== undefined
      const isFunctionProperty =
        (ts.isPropertyAssignment(node) || ts.isPropertyDeclaration(node)) &&
        node.initializer !== undefined &&
        isFunctionNode(node.initializer)
      if (!isMethod && !isFunctionProperty) return
      if (nameOf((node as ts.MethodDeclaration).name) !== name) return
      found.push({ to: isMethod ? node : ((node as ts.PropertyAssignment).initializer as ts.Node), mode, at })
    })
  }
  return found
}
