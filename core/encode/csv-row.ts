// One value as a row of comma-separated values (RFC 4180).
//
// Promises: `csv()` with the same columns reads the row back as the same texts, numbers, integers and booleans; an
// absent or null field is an empty column. A field that is no column, and anything nested, is refused; nothing is
// silently left out.

import { Unencodable } from '../values/canonical.ts'
import { canonicalJson } from '../values/json-text.ts'

/** The row without a line end. Throws `Unencodable`. */
export function csvRow(columns: readonly string[], value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array) {
    throw new Unencodable('$', 'expected an object with a field for each column')
  }
  for (const name of Object.keys(value)) {
    if (!columns.includes(name) && (value as Record<string, unknown>)[name] !== undefined) {
      throw new Unencodable(`$.${name}`, 'a field that is no column')
    }
  }
  const cells = columns.map(column =>
    cellText(column, Object.hasOwn(value, column) ? (value as Record<string, unknown>)[column] : null),
  )
  // A single empty column would be an empty line, which is no row.
  return cells.length === 1 && cells[0] === '' ? '""' : cells.join(',')
}

function cellText(column: string, cell: unknown): string {
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
      return quoted(column, cell)
    default:
      if (cell === null) return ''
      throw new Unencodable(`$.${column}`, 'a column that is no scalar')
  }
}

function quoted(column: string, text: string): string {
  if (/\p{Surrogate}/u.test(text)) throw new Unencodable(`$.${column}`, 'a lone surrogate')
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
