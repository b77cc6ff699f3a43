// The dialect of CSV rows, found out from their beginning.
//
// Promises: what is given counts; of the rest that is taken which divides most rows into as many columns as the first
// one has, and more than one. The same beginning always gives the same dialect.

import { csvFields } from '../../core/decode/csv-fields.ts'
import { isLyrebirdError } from '../../core/errors.ts'
import { RFC_4180, type RowDialect } from '../../core/log/row-layout.ts'
import { LineSplitter } from './split-lines.ts'

const DELIMITERS = [',', ';', '\t', '|'] as const
const SINGLE_QUOTED = /(?:^|[,;\t|\r\n])'[^'\r\n]*'(?:[,;\t|\r\n]|$)/
/** Rows that are looked at. */
const ROWS = 200

interface Beginning {
  readonly name: string
  readonly bytes: Buffer
  /** Whether that is all. */
  readonly whole: boolean
  readonly lineEnd: number
  /** Names that the first row should have. */
  readonly wanted: readonly string[]
}

/** A row of the beginning; `fields` is null where its quotes are malformed. */
export interface SampleRow {
  readonly line: number
  readonly text: string
  readonly fields: readonly string[] | null
}

export function findDialect(beginning: Beginning, given: Partial<RowDialect>): RowDialect {
  const quote = given.quote ?? RFC_4180.quote
  const escapedBy = given.escapedBy ?? quote
  const delimiters = given.delimiter === undefined ? DELIMITERS : [given.delimiter]
  const plain = delimiters.map(delimiter => ({ delimiter, quote, escapedBy }))
  if (given.escapedBy !== undefined) return best(beginning, plain)
  const found = best(beginning, plain)
  const single = delimiters.map(delimiter => ({ delimiter, quote: "'", escapedBy: "'" }))
  if (given.quote === undefined && hasSingleQuotes(beginning, found)) return { ...found, quote: "'", escapedBy: "'" }
  // All delimiters again: where quotes are read wrongly, so are the columns.
  const others = [
    ...(given.quote === undefined && SINGLE_QUOTED.test(beginning.bytes.toString('latin1')) ? single : []),
    ...(quote !== '' && beginning.bytes.includes(`\\${quote}`) ? plain.map(p => ({ ...p, escapedBy: '\\' })) : []),
  ]
  return best(beginning, [found, ...others])
}

/** The rows of a beginning in a dialect, without empty lines; the last one only where it is whole. */
export function sampleRows({ name, bytes, whole, lineEnd }: Beginning, dialect: RowDialect): readonly SampleRow[] {
  const splitter = new LineSplitter({ name, dialect, lineEnd })
  const lines = splitter.push(bytes)
  /** Where quotes are opened that never close. */
  let open: number | null = null
  try {
    if (whole) lines.push(...splitter.end())
  } catch (e) {
    open = isLyrebirdError(e) ? Number(e.where.line) : 0
  }
  const rows = lines.slice(0, ROWS).flatMap(({ bytes: row, line }) => {
    const text = textOf(row)
    return text === '' ? [] : [{ line, text, fields: csvFields(text, dialect) }]
  })
  return open !== null ? [...rows, { line: open, text: '', fields: null }] : rows
}

const textOf = (row: Uint8Array): string =>
  Buffer.from(row.buffer, row.byteOffset, row.byteLength).toString('utf8').replace(/\r$/, '')

function best(beginning: Beginning, candidates: readonly RowDialect[]): RowDialect {
  let chosen = candidates[0] as RowDialect
  let most: readonly number[] | null = null
  for (const candidate of candidates) {
    const marks = score(beginning, candidate)
    if (most !== null && !greater(marks, most)) continue
    most = marks
    chosen = candidate
  }
  return chosen
}

/** Names that are there, rows like the first one in hundredths, columns: each counts only where the ones before tie. */
function score(beginning: Beginning, dialect: RowDialect): readonly number[] {
  const rows = sampleRows(beginning, dialect)
  const first = rows[0]?.fields ?? []
  const names = first.map(name => name.trim())
  const there = beginning.wanted.filter(name => names.includes(name)).length
  const alike = rows.filter(row => row.fields?.length === first.length).length
  const divided = first.length > 1 ? 1 : 0
  return [there, divided * Math.round((100 * alike) / Math.max(1, rows.length)), divided * first.length, alike]
}

function greater(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((mark, i) => mark !== b[i])
  return at >= 0 && (a[at] as number) > (b[at] as number)
}

/** Whether all fields of some column stand in single quotes, and none begins with a double one. */
function hasSingleQuotes(beginning: Beginning, dialect: RowDialect): boolean {
  const rows = sampleRows(beginning, dialect).slice(1)
  if (rows.length < 2 || rows.some(row => row.fields === null || row.text.includes('"'))) return false
  const columns = rows[0]?.fields ?? []
  return columns.some((_, i) => rows.every(row => /^'.*'$/s.test(row.fields?.[i] ?? '')))
}
