// Rows as Postgres takes many at once: lines of COPY, and arrays.

import type { SinkRow } from '../../core/sink/row-sink.ts'
import { type Cells, keyCell } from './cells.ts'
import type { Column } from './columns.ts'

const COPY_ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

const copyCell = (text: string | null): string =>
  text === null ? '\\N' : /[\\\t\n\r]/.test(text) ? text.replace(/[\\\t\n\r]/g, c => COPY_ESCAPES[c] as string) : text

/** A line of COPY's text format: the key, then the columns. */
export function copyLine(row: SinkRow, columns: readonly Column[], cells: Cells): string {
  let line = copyCell(keyCell(row.id))
  for (const column of columns) line += `\t${copyCell(cells.text(column, column.of(row)))}`
  return `${line}\n`
}

/** An array's text. */
export const arrayText = (items: readonly (string | null)[]): string => `{${items.map(arrayItem).join(',')}}`

const arrayItem = (text: string | null): string =>
  text === null ? 'NULL' : `"${/["\\]/.test(text) ? text.replace(/["\\]/g, '\\$&') : text}"`

/** The arrays of an upsert: the keys, then one for each column. */
export function arraysOf(rows: readonly SinkRow[], columns: readonly Column[], cells: Cells): readonly string[] {
  const keys = arrayText(rows.map(row => keyCell(row.id)))
  return [keys, ...columns.map(column => arrayText(rows.map(row => cells.text(column, column.of(row)))))]
}
