// Formatters of `Intl` with an explicit locale, and zone where they print times: what they give follows from their
// arguments and the version of ICU, which the state pins (semantics.md 9.4).
//
// Promises: by types: an argument that may be undefined is not explicit. A locale that ICU does not know is found at
// run time.

import type { Reading } from '../../1-read/reading.ts'
import { ts, unwrap } from '../../1-read/syntax.ts'
import type { Message } from '../../diagnostic.ts'
import { clockInLambda } from '../../messages/determinism.ts'

/** Whether `Intl.NAME` is called or constructed with all that decides what it gives. */
export function isExplicitIntl(reading: Reading, node: ts.Expression): boolean {
  const holder = ts.isPropertyAccessExpression(node) ? unwrap(node.expression) : node
  if (!ts.isPropertyAccessExpression(node) || !ts.isIdentifier(holder) || holder.text !== 'Intl') return false
  const { parent } = node
  if (!(ts.isNewExpression(parent) || ts.isCallExpression(parent)) || parent.expression !== node) return false
  if (!FORMATTERS.has(node.name.text)) return false
  const [locales, options] = parent.arguments ?? []
  if (locales === undefined || !isLocale(reading, reading.typeOf(locales))) return false
  if (node.name.text !== 'DateTimeFormat') return true
  const zone = options === undefined ? null : reading.propertyType(reading.typeOf(options), 'timeZone')
  return zone !== null && isText(reading, zone)
}

const FORMATTERS = new Set(
  'Collator DateTimeFormat DisplayNames DurationFormat ListFormat Locale NumberFormat PluralRules RelativeTimeFormat Segmenter'.split(
    ' ',
  ),
)

/** A text, or a list of texts with at least one. */
function isLocale(reading: Reading, type: ts.Type): boolean {
  const shape = reading.shapeOf(type)
  if (shape.kind === 'array') return isText(reading, shape.items)
  if (shape.kind === 'tuple') return shape.required > 0 && shape.items.every(item => isText(reading, item))
  return isText(reading, type)
}

function isText(reading: Reading, type: ts.Type): boolean {
  const shape = reading.shapeOf(type)
  if (shape.kind === 'union') return shape.members.every(member => isText(reading, member))
  return shape.kind === 'string' || shape.kind === 'template' || typeof literalOf(shape) === 'string'
}

const literalOf = (shape: ReturnType<Reading['shapeOf']>): unknown => (shape.kind === 'literal' ? shape.value : null)

/** A date format without a time prints the present one. */
export function formatsNow(node: ts.CallExpression, declaration: ts.Node | null, name: string): Message | null {
  const holder = declaration?.parent
  const isFormat =
    holder !== undefined &&
    ts.isInterfaceDeclaration(holder) &&
    holder.name.text === 'DateTimeFormat' &&
    NOW.has(methodOf(node))
  return isFormat && node.arguments.length === 0 ? clockInLambda({ name }) : null
}

const NOW = new Set(['format', 'formatToParts'])

function methodOf(node: ts.CallExpression): string {
  const callee = unwrap(node.expression)
  return ts.isPropertyAccessExpression(callee) ? callee.name.text : ''
}
