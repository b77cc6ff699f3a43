// Regular expressions that keep `lastIndex` between records.
//
// Promises: `replace`, `replaceAll`, `match`, `matchAll`, `search` and `split` of a text begin at 0 with the flag g, so
// they are allowed. With the flag y no use of an expression that is kept outside is allowed.

import type { Reading } from '../../1-read/reading.ts'
import { forEachDescendant, isInside, ts, unwrap } from '../../1-read/syntax.ts'
import type { Origins } from './origins.ts'

const BEGINNING_AT_0 = new Set(['replace', 'replaceAll', 'match', 'matchAll', 'search', 'split'])

/** The regular expression whose `lastIndex` a node uses, if it is kept outside of `unit`. */
export function rememberedRegexp(
  reading: Reading,
  node: ts.Node,
  unit: ts.Node,
  originsOf: (node: ts.Expression) => Origins,
): ts.Expression | null {
  if (!ts.isCallExpression(node)) return null
  const callee = unwrap(node.expression)
  const symbol = reading.symbolAt(callee)
  const isStandard = symbol !== null && reading.ownerOf(symbol) === 'standard'
  if (isStandard && ts.isPropertyAccessExpression(callee) && reading.qualifiedName(symbol).startsWith('RegExp.')) {
    return remembers(reading, callee.expression, unit, originsOf, 'gy') ? callee.expression : null
  }
  const flags = isStandard && BEGINNING_AT_0.has(symbol.name) ? 'y' : 'gy'
  return node.arguments.find(a => isRegexp(reading, a) && remembers(reading, a, unit, originsOf, flags)) ?? null
}

function isRegexp(reading: Reading, node: ts.Expression): boolean {
  return reading.typeOf(node).getSymbol()?.name === 'RegExp'
}

function remembers(
  reading: Reading,
  node: ts.Expression,
  unit: ts.Node,
  originsOf: (node: ts.Expression) => Origins,
  flags: string,
): boolean {
  const own = reading.meaningOf(unwrap(node))
  const declared = own === null ? [] : reading.declarationsOf(own).filter(d => !isInside(d, unit))
  const captured = originsOf(node).flatMap(o => {
    const origin = o.kind === 'content' ? o.of : o
    return origin.kind === 'captured' ? reading.declarationsOf(origin.symbol) : []
  })
  // The member itself, where it is known; otherwise anything inside of what was captured.
  const places = declared.some(holdsRegexp) ? declared : captured
  return places.some(place => flagsWithin(place).some(f => [...flags].some(flag => f.includes(flag))))
}

function holdsRegexp(node: ts.Node): boolean {
  return flagsWithin(node).length > 0
}

function flagsWithin(place: ts.Node): readonly string[] {
  const found: string[] = []
  forEachDescendant(place, node => {
    if (ts.isRegularExpressionLiteral(node)) found.push(node.text.slice(node.text.lastIndexOf('/') + 1))
    if (!ts.isNewExpression(node) && !ts.isCallExpression(node)) return
    if (!ts.isIdentifier(node.expression) || node.expression.text !== 'RegExp') return
    const flags = node.arguments?.[1]
    found.push(flags === undefined ? '' : ts.isStringLiteralLike(flags) ? flags.text : 'gy')
  })
  return found
}
