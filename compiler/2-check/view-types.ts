// The declared types of a job's views: keys and values of the tables that `job(name, results)` takes.
//
// Promises: a type that cannot be reified is any JSON value, never a problem: nothing is decoded by it. Views of the
// same name in several jobs of one file have no types.

import type { RowTypes } from '../../core/plan/plan.ts'
import { ANY_JSON, type SchemaDocument } from '../../core/plan/schema.ts'
import type { LanguageCall } from '../1-read/language-calls.ts'
import type { Reading } from '../1-read/reading.ts'
import type { ts } from '../1-read/syntax.ts'
import { reify } from './reify/reify.ts'

/** By the name of the view. */
export function viewTypes(reading: Reading, calls: readonly LanguageCall[]): ReadonlyMap<string, RowTypes> {
  const found = new Map<string, RowTypes | null>()
  for (const { call, word } of calls) {
    if (word !== 'job') continue
    const results = reading.typeArgumentsOf(reading.typeOf(call))[0]
    if (results === undefined) continue
    const shape = reading.shapeOf(results)
    if (shape.kind !== 'object') continue
    for (const { name, type } of shape.properties) {
      const row = rowTypes(reading, type)
      if (row !== null) found.set(name, found.has(name) ? null : row)
    }
  }
  return new Map([...found].filter((entry): entry is [string, RowTypes] => entry[1] !== null))
}

/** Null for what is no table. */
function rowTypes(reading: Reading, table: ts.Type): RowTypes | null {
  const [key, value] = reading.typeArgumentsOf(table)
  if (key === undefined || value === undefined) return null
  return { key: documentOf(reading, key), value: documentOf(reading, value) }
}

function documentOf(reading: Reading, type: ts.Type): SchemaDocument {
  const reified = reify(reading, type, '$', true)
  return reified.ok ? reified.document : ANY_JSON
}
