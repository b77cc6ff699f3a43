// The emitted decoder of CSV rows without quotes: texts and numbers straight from the bytes.
//
// Promises: the obvious decoder decides on rows with quotes, blanks around numbers, other than plain ASCII or a wrong
// number of columns, and on all rows where a column has another type than string, number or the optional forms of both.

import type { Schema, SchemaDocument, Uses } from '../../../core/plan/schema.ts'
import { property } from '../code.ts'
import type { DecoderCode } from './json.ts'

interface Column {
  readonly name: string
  readonly index: number
  readonly kind: 'string' | 'number'
  readonly optional: boolean
  readonly used: boolean
}

export function csvDecoder(
  name: string,
  columns: readonly string[],
  document: SchemaDocument,
  uses: Uses,
): DecoderCode {
  const fields = readColumns(columns, document.root, uses)
  if (fields === null) return { name, setup: `function ${name}() {\nreturn undefined\n}` }
  const interners = fields
    .filter(f => f.kind === 'string' && f.used)
    .map(f => `const ${name}Texts${f.index} = new Interner()`)
  const reads = columns.map((_, index) => {
    const stop = `e${index}`
    const last = index === columns.length - 1
    return `const ${stop} = columnEnd(b, v, p, stop)
      if (${stop} < 0 || ${stop} ${last ? '!==' : '==='} stop) return undefined
      ${readColumn(
        name,
        index,
        fields.find(f => f.index === index),
      )}
      p = ${stop} + 1`
  })
  const used = fields.filter(f => f.used)
  const literal = `{ ${used.map(f => `${property(f.name)}: f${f.index}`).join(', ')} }`
  const setup = `${interners.join('\n')}
    function ${name}(b, v, p, end) {
      const stop = end > p && b[end - 1] === 13 ? end - 1 : end
      if (p === stop) return undefined
      ${reads.join('\n')}
      return ${literal}
    }`
  return { name, setup }
}

function readColumn(name: string, index: number, column: Column | undefined): string {
  if (column === undefined) return ''
  if (column.kind === 'string') {
    return column.used ? `const f${index} = ${name}Texts${index}.text(b, v, p, e${index})` : ''
  }
  // An empty text of an optional column would leave the field out: rare enough for the obvious decoder.
  return `if (readNumber(b, p, e${index}) !== e${index}) return undefined
    ${column.used ? `const f${index} = numberRead[0]` : ''}`
}

/** The declared columns in the schema's order; null where one of them is not for the fast path. */
function readColumns(columns: readonly string[], root: Schema, uses: Uses): readonly Column[] | null {
  if (root.kind !== 'object' || new Set(columns).size !== columns.length) return null
  const fields: Column[] = []
  for (const { name, schema, optional } of root.fields) {
    const index = columns.indexOf(name)
    const used = uses === true || Object.hasOwn(uses, name)
    if (index < 0) {
      if (!optional) return null
    } else if (schema.kind === 'string' || schema.kind === 'number') {
      fields.push({ name, index, kind: schema.kind, optional, used })
    } else return null
  }
  return fields
}
