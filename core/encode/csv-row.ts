// One value as a row of delimited values (RFC 4180, or the dialect of its format).
//
// Promises: `csv()` with the same options reads the row back as the same texts, numbers, integers and booleans; an
// absent or null field is an empty column. A field that is no column, and anything nested, is refused; nothing is
// silently left out.

import { trimmed } from '../decode/csv-words.ts'
import { dialectOf, type RowDialect } from '../log/row-layout.ts'
import type { CsvFormat } from '../plan/plan.ts'
import { Unencodable } from '../values/canonical.ts'
import { canonicalJson } from '../values/json-text.ts'

/** The row without a line end. Throws `Unencodable`. */
export function csvRow(format: CsvFormat, value: unknown): string {
  const { columns } = format
  const dialect = dialectOf(format)
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array) {
    throw new Unencodable('$', 'expected an object with a field for each column')
  }
  for (const name of Object.keys(value)) {
    if (!columns.includes(name) && (value as Record<string, unknown>)[name] !== undefined) {
      throw new Unencodable(`$.${name}`, 'a field that is no column')
    }
  }
  const cells = columns.map(column =>
    cellText(format, dialect, column, Object.hasOwn(value, column) ? (value as Record<string, unknown>)[column] : null),
  )
  // A single empty column would be an empty line, which is no row.
  if (cells.length > 1 || cells[0] !== '') return cells.join(dialect.delimiter)
  if (dialect.quote === '') throw new Unencodable('$', 'an empty row')
  return dialect.quote + dialect.quote
}

function cellText(format: CsvFormat, dialect: RowDialect, column: string, cell: unknown): string {
  switch (typeof cell) {
    case 'undefined':
      return ''
    case 'boolean':
    case 'bigint':
      return String(cell)
    case 'number':
      if (!Number.isFinite(cell)) throw new Unencodable(`$.${column}`, 'a number that CSV cannot write')
      return canonicalJson(cell)
    case 'string':
      return textCell(format, dialect, column, cell)
    default:
      if (cell === null) return ''
      throw new Unencodable(`$.${column}`, 'a column that is no scalar')
  }
}

function textCell({ nulls }: CsvFormat, dialect: RowDialect, column: string, text: string): string {
  const { delimiter, quote, escapedBy } = dialect
  if (/\p{Surrogate}/u.test(text)) throw new Unencodable(`$.${column}`, 'a lone surrogate')
  if (nulls?.includes(trimmed(text)) === true) throw new Unencodable(`$.${column}`, 'a word that stands for nothing')
  const odd = [delimiter, quote, escapedBy, '\r', '\n'].some(c => c !== '' && text.includes(c))
  if (!odd) return text
  if (quote === '') throw new Unencodable(`$.${column}`, 'a character that the columns are divided by')
  const escaped = escapedBy === quote ? text : text.replaceAll(escapedBy, escapedBy + escapedBy)
  return quote + escaped.replaceAll(quote, escapedBy + quote) + quote
}
