// The emitted decoder of CSV rows without quotes: texts and numbers straight from the bytes.
//
// Promises: the obvious decoder decides on rows with quotes, numbers in other than JSON's form, other than plain ASCII
// or a wrong number of columns, and on all rows where a column has another type than string, number or the optional
// forms of both, or where a word stands for nothing in columns of text. Where the log kept a header, columns are found
// by its names, once for each layout.

import type { CsvFormat } from '../../../core/plan/plan.ts'
import type { Schema, SchemaDocument, Uses } from '../../../core/plan/schema.ts'
import { property, text } from '../code.ts'
import type { DecoderCode } from './json.ts'

interface Field {
  readonly name: string
  readonly kind: 'string' | 'number'
  readonly used: boolean
}

export function csvDecoder(name: string, format: CsvFormat, document: SchemaDocument, uses: Uses): DecoderCode {
  const declared = readFields(format, document.root, uses)
  const { columns, delimiter, quote, escapedBy } = format
  if (declared === null) return { name, setup: `function ${name}() {\nreturn undefined\n}` }
  const names = (some: readonly Field[]): string => `[${some.map(f => text(f.name)).join(', ')}]`
  const fields = declared.filter(f => columns.includes(f.name))
  const others = declared.filter(f => !columns.includes(f.name))
  const interners = fields.flatMap(({ kind, used }, i) =>
    kind === 'string' && used ? [`const ${name}Texts${i} = new Interner()`] : [],
  )
  const scanned = JSON.stringify({ columns, delimiter, quote, escapedBy })
  const literal = fields.flatMap((f, i) => (f.used ? [`${property(f.name)}: f${i}`] : []))
  const setup = `const ${name}Rows = new RowScanner(${scanned}, ${names(fields)}, ${names(others)})
    ${interners.join('\n')}
    function ${name}(b, v, p, end) {
      const stop = end > p && b[end - 1] === 13 ? end - 1 : end
      if (p === stop || !${name}Rows.split(b, v, p, stop)) return undefined
      const { bounds, places } = ${name}Rows
      ${fields.map((field, i) => readField(name, i, field)).join('\n')}
      return { ${literal.join(', ')} }
    }`
  return { name, setup, enter: `${name}Rows.bind(chunk.layout)` }
}

function readField(name: string, i: number, { kind, used }: Field): string {
  const [from, to] = [`bounds[places[${i}]]`, `bounds[places[${i}] + 1] - 1`]
  if (kind === 'string') return used ? `const f${i} = ${name}Texts${i}.text(b, v, ${from}, ${to})` : ''
  // An empty text of an optional column would leave the field out: rare enough for the obvious decoder.
  return `const e${i} = ${to}
    if (readNumber(b, ${from}, e${i}) !== e${i}) return undefined
    ${used ? `const f${i} = numberRead[0]` : ''}`
}

/** The declared fields in the schema's order; null where one of them is not for the fast path. */
function readFields({ columns, nulls }: CsvFormat, root: Schema, uses: Uses): readonly Field[] | null {
  if (root.kind !== 'object' || new Set(columns).size !== columns.length) return null
  const fields: Field[] = []
  for (const { name, schema, optional } of root.fields) {
    if (!columns.includes(name) && !optional) return null
    if (schema.kind !== 'number' && (schema.kind !== 'string' || nulls !== undefined)) return null
    fields.push({ name, kind: schema.kind, used: uses === true || Object.hasOwn(uses, name) })
  }
  return fields
}
