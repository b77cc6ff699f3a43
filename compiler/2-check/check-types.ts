// Checks the types of what is decoded or stored: what sources read, and what keys, aggregations, views and outputs
// keep.

import { ANY_JSON, type Schema, type SchemaDocument } from '../../core/plan/schema.ts'
import { callsThatHold } from '../../core/plan/words.ts'
import type { LanguageCall } from '../1-read/language-calls.ts'
import type { Reading } from '../1-read/reading.ts'
import { nameOf, ts, unwrap } from '../1-read/syntax.ts'
import { type Diagnostic, diagnose } from '../diagnostic.ts'
import { csvShape, noCanonicalBytes } from '../messages/types.ts'
import { wordNode } from './call-facts-of.ts'
import type { LambdaArgument } from './lambda/lambda-arguments.ts'
import { notPlain } from './reify/canonical.ts'
import { reify } from './reify/reify.ts'

interface SourceSchema {
  readonly schema: SchemaDocument | null
  readonly diagnostics: readonly Diagnostic[]
}

/** The reified `T` of a call of `source<T>`, or `V` of `table<V>`: the type of what its result holds. */
export function sourceSchema(reading: Reading, { call, word }: LanguageCall): SourceSchema {
  const type = reading.typeArgumentsOf(reading.typeOf(call))[word === 'table' ? 1 : 0]
  if (type === undefined) return { schema: ANY_JSON, diagnostics: [] }
  const custom = isCustom(reading, call)
  const shape = reading.shapeOf(type)
  if (!custom && shape.kind === 'class' && shape.standard && shape.name === 'Uint8Array')
    return { schema: ANY_JSON, diagnostics: [] }
  const span = reading.spanOf(call.typeArguments?.[0] ?? wordNode(call))
  const name = nameOfType(reading, type)
  const reified = reify(reading, type, name, custom)
  if (!reified.ok) return { schema: null, diagnostics: reified.problems.map(p => diagnose(p, span)) }
  return { schema: reified.document, diagnostics: [] }
}

/** Whether the format of a source is one of the author's own, as its type says. */
function isCustom(reading: Reading, call: ts.CallExpression): boolean {
  const options = call.arguments[1]
  const format = options === undefined ? null : reading.propertyType(reading.typeOf(options), 'format')
  return format !== null && reading.nonNull(format).getSymbol()?.name === 'CustomFormat'
}

/** How paths into a type begin: with its name, where the author gave it one. */
function nameOfType(reading: Reading, type: ts.Type): string {
  const symbol = type.aliasSymbol ?? type.getSymbol()
  const named = symbol !== undefined && !symbol.name.startsWith('__') && reading.ownerOf(symbol) === 'author'
  return named ? symbol.name : '$'
}

/**
 * The `T` of `csv<T>({ columns })`: one field for each column. A type that cannot be reified at all is reported at the
 * source.
 */
export function checkCsv(reading: Reading, { call }: LanguageCall): readonly Diagnostic[] {
  const type = reading.typeArgumentsOf(reading.typeOf(call))[0]
  if (type === undefined) return []
  const name = nameOfType(reading, type)
  const reified = reify(reading, type, name)
  const problem = reified.ok ? csvProblem(reified.document.root, name, columnsOf(call)) : null
  return problem === null
    ? []
    : [diagnose(csvShape(problem), reading.spanOf(call.typeArguments?.[0] ?? wordNode(call)))]
}

/** The columns where they are literals; null otherwise. */
function columnsOf(call: ts.CallExpression): readonly string[] | null {
  const options = call.arguments[0] === undefined ? null : unwrap(call.arguments[0])
  if (options === null || !ts.isObjectLiteralExpression(options)) return null
  const columns = options.properties.find(p => p.name !== undefined && nameOf(p.name) === 'columns')
  const list = columns !== undefined && ts.isPropertyAssignment(columns) ? unwrap(columns.initializer) : null
  if (list === null || !ts.isArrayLiteralExpression(list)) return null
  const names = list.elements.map(e => (ts.isStringLiteralLike(e) ? e.text : null))
  return names.every(n => n !== null) ? names : null
}

const SCALARS: ReadonlySet<Schema['kind']> = new Set([
  'null',
  'never',
  'boolean',
  'number',
  'bigint',
  'string',
  'literal',
])

function csvProblem(
  root: Schema,
  path: string,
  columns: readonly string[] | null,
): { path: string; type: string } | null {
  if (root.kind !== 'object') return { path, type: 'no object with a field for each column' }
  for (const { name, schema } of root.fields) {
    const parts = schema.kind === 'union' ? schema.members : [schema]
    const nested = parts.find(p => !SCALARS.has(p.kind))
    if (nested !== undefined) return { path: `${path}.${name}`, type: `of the kind ${nested.kind}` }
    if (schema.kind !== 'never' && columns?.includes(name) === false)
      return { path: `${path}.${name}`, type: 'in no column' }
  }
  return null
}

/** Lambdas whose results are kept, and values that tables and outputs hold. */
export function checkKept(
  reading: Reading,
  { call, word }: LanguageCall,
  lambdas: readonly LambdaArgument[],
): readonly Diagnostic[] {
  const found: Diagnostic[] = []
  const check = (what: string, type: ts.Type, path: string, at: ts.Node): void => {
    const problem = notPlain(reading, type, path)
    if (problem !== null) found.push(diagnose(noCanonicalBytes({ what, ...problem }), reading.spanOf(at)))
  }
  for (const { place, expression } of lambdas) {
    if (!ts.isExpression(expression)) continue
    const result = reading.resultOf(reading.typeOf(expression))
    const keeps = word === 'mapValues' && isTable(reading, call) ? 'a row' : place.keptAs
    if (result === null || keeps === null) continue
    const kept = place.many === true ? elementType(reading, result) : result
    if (kept !== null) check(keeps, kept, 'the result', expression)
  }
  if (HOLDS.has(word)) {
    const held = reading.typeArgumentsOf(reading.typeOf(call))[1]
    if (held !== undefined) check(`what ${word}() holds`, held, 'the value', wordNode(call))
  }
  if (word === 'to') {
    const written = reading.typeArgumentsOf(reading.typeOf(call))[0]
    if (written !== undefined) check('what an output writes', written, 'the value', wordNode(call))
  }
  return found
}

/** Calls that hold whole elements, with the value as the second type argument of their result. */
const HOLDS: ReadonlySet<string> = callsThatHold()

function isTable(reading: Reading, call: ts.CallExpression): boolean {
  return reading.typeOf(call).getSymbol()?.name === 'Table'
}

function elementType(reading: Reading, type: ts.Type): ts.Type | null {
  const shape = reading.shapeOf(type)
  return shape.kind === 'array' ? shape.items : null
}
