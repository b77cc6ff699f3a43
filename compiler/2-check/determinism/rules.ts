// Uses of what is denied, one node at a time.

import { isBuiltin } from 'node:module'
import { libraryName } from '../../1-read/library-hash.ts'
import type { Reading } from '../../1-read/reading.ts'
import { shortText, ts, unwrap } from '../../1-read/syntax.ts'
import type { Message } from '../../diagnostic.ts'
import {
  asyncInLambda,
  clockInLambda,
  dynamicCode,
  localTime,
  outsideWorld,
  randomInLambda,
  unreadLibrary,
  unseenCall,
} from '../../messages/determinism.ts'
import { hostRule, type RuleMessage, standardRule } from './denied.ts'
import { formatsNow, isExplicitIntl } from './explicit-intl.ts'
import type { Mode } from './unit.ts'

/** What a node alone does wrong; null for most. */
export function ruleAt(reading: Reading, node: ts.Node, mode: Mode): Message | null {
  const message = find(reading, node)
  if (message === null || mode === 'record') return message
  // Waiting and printing while a module is loaded is found when it is evaluated, if at all.
  return message.severity === 'error' && message.word !== 'async-in-lambda' && message.word !== 'unseen-call'
    ? message
    : null
}

function find(reading: Reading, node: ts.Node): Message | null {
  if (ts.isIdentifier(node)) return nameRule(reading, node)
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) return memberRule(reading, node)
  if (ts.isNewExpression(node)) return newRule(reading, node) ?? anyRule(reading, node)
  if (ts.isCallExpression(node)) return callRule(reading, node)
  if (ts.isTaggedTemplateExpression(node) && isAny(reading, node.tag)) return unseenCall({ name: shortText(node.tag) })
  return null
}

function bySymbol(reading: Reading, symbol: ts.Symbol | null, name: string): Message | null {
  if (symbol === null) return null
  const owner = reading.ownerOf(symbol)
  if (symbol.name === 'globalThis') return dynamicCode({ name })
  if ((symbol.declarations ?? []).length === 0) return null
  const qualified = reading.qualifiedName(symbol)
  if (owner === 'standard') return standardRule(qualified)?.({ name }) ?? null
  if (owner === 'host') return hostRule(qualified)?.({ name }) ?? null
  return null
}

/** A name by itself: `eval`, `fetch`, `now` of `const { now } = Date`; not the holder in `Date.now`. */
function nameRule(reading: Reading, node: ts.Identifier): Message | null {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return null
  if (ts.isImportSpecifier(parent) || (ts.isPropertyAssignment(parent) && parent.name === node)) return null
  if (ts.isBindingElement(parent) || (ts.isVariableDeclaration(parent) && parent.name === node)) return null
  const symbol = reading.meaningOf(node)
  if (symbol !== null && symbol.name === 'process' && isHolder(node)) return null
  if (symbol !== null && isHolder(node) && HOLDERS.has(symbol.name)) return null
  const message = bySymbol(reading, symbol, node.text)
  if (message !== null) return message
  if (symbol === null || reading.ownerOf(symbol) !== 'standard') return libraryRule(reading, symbol)
  const bare = BARE.get(symbol.name)
  return bare !== undefined && isBareValue(node) ? bare({ name: node.text }) : null
}

/** Passed on as values, they give the receiver the time or a random number. */
const BARE: ReadonlyMap<string, RuleMessage> = new Map([
  ['Date', clockInLambda],
  ['Math', randomInLambda],
])

/** Objects whose members are judged one by one. */
const HOLDERS = new Set(['Promise', 'Intl', 'Atomics', 'performance', 'crypto', 'globalThis', 'global'])

function isHolder(node: ts.Node): boolean {
  const at = wrapped(node)
  const { parent } = at
  return (ts.isPropertyAccessExpression(parent) || ts.isElementAccessExpression(parent)) && parent.expression === at
}

/** The node with the parentheses and casts around it. */
function wrapped(node: ts.Node): ts.Node {
  let at = node
  while (ts.isExpression(at.parent) && at.parent !== at && unwrap(at.parent) === unwrap(at as ts.Expression))
    at = at.parent
  return at
}

function isBareValue(node: ts.Identifier): boolean {
  const { parent } = node
  if (isHolder(node)) return false
  if ((ts.isCallExpression(parent) || ts.isNewExpression(parent)) && parent.expression === node) return false
  if (ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword) return false
  // `const D = Date` is followed; a type of its own would hide what it is.
  return !ts.isVariableDeclaration(parent) || parent.type !== undefined
}

function libraryRule(reading: Reading, symbol: ts.Symbol | null): Message | null {
  if (symbol === null || reading.ownerOf(symbol) !== 'library') return null
  const file = reading.declarationsOf(symbol)[0]?.getSourceFile().fileName
  return unreadLibrary({ name: file === undefined ? symbol.name : libraryName(file) })
}

function memberRule(reading: Reading, node: ts.PropertyAccessExpression | ts.ElementAccessExpression): Message | null {
  const holder = unwrap(node.expression)
  if (isExplicitIntl(reading, node)) return null
  const found = bySymbol(reading, reading.symbolAt(node), shortText(node))
  if (found !== null) return found
  const object = reading.meaningOf(holder)
  if (object === null || !ts.isIdentifier(holder)) return null
  if (object.name === 'globalThis' || object.name === 'global') {
    // `globalThis.Date` is `Date`, whose members are judged by themselves.
    const member = reading.symbolAt(node)
    const known = member !== null && reading.declarationsOf(member).length > 0
    return known ? null : bySymbol(reading, object, shortText(node))
  }
  if (!ts.isElementAccessExpression(node)) return null
  // `Math[name]` with a name that is not known could be `Math.random`.
  const known = reading.literalsOf(node.argumentExpression)
  const owner = reading.ownerOf(object)
  if (owner !== 'standard' && owner !== 'host') return null
  if (known === null) return isPlainIndex(reading, node) ? null : dynamicCode({ name: shortText(node) })
  const type = reading.typeOf(holder)
  const messages = known.map(name => bySymbol(reading, reading.propertySymbol(type, name), shortText(node)))
  return messages.find(m => m !== null) ?? null
}

function isPlainIndex(reading: Reading, node: ts.ElementAccessExpression): boolean {
  return reading.shapeOf(reading.typeOf(node.argumentExpression)).kind === 'number'
}

function callRule(reading: Reading, node: ts.CallExpression): Message | null {
  const callee = unwrap(node.expression)
  if (callee.kind === ts.SyntaxKind.ImportKeyword) return dynamicCode({ name: 'import()' })
  const declaration = reading.calledDeclaration(node)
  if (declaration !== null && isDateConstructor(declaration) && ts.isCallSignatureDeclaration(declaration)) {
    return clockInLambda({ name: `${shortText(callee)}()` })
  }
  return formatsNow(node, declaration, `${shortText(callee)}()`) ?? anyRule(reading, node)
}

function newRule(reading: Reading, node: ts.NewExpression): Message | null {
  const declaration = reading.calledDeclaration(node)
  if (declaration === null || !isDateConstructor(declaration)) return null
  const given = node.arguments ?? []
  if (given.some(ts.isSpreadElement) || given.length > 1) return localTime({ name: shortText(node) })
  return given.length === 0 ? clockInLambda({ name: shortText(node) }) : null
}

function isDateConstructor(declaration: ts.Node): boolean {
  return ts.isInterfaceDeclaration(declaration.parent) && declaration.parent.name.text === 'DateConstructor'
}

function anyRule(reading: Reading, node: ts.CallExpression | ts.NewExpression): Message | null {
  const callee = unwrap(node.expression)
  if (callee.kind === ts.SyntaxKind.SuperKeyword || !isAny(reading, callee)) return null
  // `require` and what comes from a Node module have a diagnostic of their own.
  const root = rootOf(callee)
  if (ts.isIdentifier(root) && bySymbol(reading, reading.symbolAt(root), '') !== null) return null
  if (importsBuiltin(root)) return null
  return unseenCall({ name: shortText(callee) })
}

/** `any`, or the type `Function`, whose calls are not checked either. */
function isAny(reading: Reading, node: ts.Expression): boolean {
  const type = reading.typeOf(node)
  return reading.shapeOf(type).kind === 'any' || type.getSymbol()?.name === 'Function'
}

/** Where a chain of members and calls begins. */
function rootOf(node: ts.Expression): ts.Expression {
  let root = unwrap(node)
  while (ts.isPropertyAccessExpression(root) || ts.isElementAccessExpression(root) || ts.isCallExpression(root)) {
    root = unwrap(root.expression)
  }
  return root
}

function importsBuiltin(root: ts.Expression): boolean {
  if (!ts.isIdentifier(root)) return false
  const { text } = root
  return root.getSourceFile().statements.some(s => {
    if (!ts.isImportDeclaration(s) || !ts.isStringLiteral(s.moduleSpecifier)) return false
    return isBuiltin(s.moduleSpecifier.text) && importedNames(s).includes(text)
  })
}

function importedNames(node: ts.ImportDeclaration): readonly string[] {
  const clause = node.importClause
  const bindings = clause?.namedBindings
  const named =
    bindings === undefined
      ? []
      : ts.isNamedImports(bindings)
        ? bindings.elements.map(e => e.name.text)
        : [bindings.name.text]
  return clause?.name === undefined ? named : [clause.name.text, ...named]
}

/** Imports of Node's own modules, wherever in the job they are. */
export function builtinImports(file: ts.SourceFile): readonly { readonly node: ts.Node; readonly message: Message }[] {
  return file.statements.flatMap(s => {
    if (!ts.isImportDeclaration(s) && !ts.isExportDeclaration(s)) return []
    const from = s.moduleSpecifier
    const isType = ts.isImportDeclaration(s) ? s.importClause?.isTypeOnly === true : s.isTypeOnly
    if (from === undefined || !ts.isStringLiteral(from) || isType || !isBuiltin(from.text)) return []
    return [{ node: from, message: outsideWorld({ name: from.text }) }]
  })
}

export function asyncRule(node: ts.Node, unit: ts.Node): { readonly message: Message; readonly node: ts.Node } | null {
  if (ts.isAwaitExpression(node)) return { message: asyncInLambda({ name: shortText(node) }), node }
  if (ts.isForOfStatement(node) && node.awaitModifier !== undefined) {
    return { message: asyncInLambda({ name: 'for await' }), node: node.awaitModifier }
  }
  if (!ts.isFunctionLike(node) || (node !== unit && !ts.isFunctionLike(node))) return null
  const modifier = ts.canHaveModifiers(node)
    ? ts.getModifiers(node)?.find(m => m.kind === ts.SyntaxKind.AsyncKeyword)
    : undefined
  return modifier === undefined ? null : { message: asyncInLambda({ name: 'an async function' }), node: modifier }
}
