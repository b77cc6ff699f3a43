// The layout of CSV rows, from the beginning of a file: its dialect, its header, and whether that fits.
//
// Promises: a first line that looks like the rows below it is not taken for a header; a header that lacks a column
// which the topic or the job has is refused; nothing has been written by then.

import { numberWord } from '../../core/decode/csv-words.ts'
import { didYouMean } from '../../core/did-you-mean.ts'
import { LyrebirdError } from '../../core/errors.ts'
import type { RowLayout } from '../../core/log/row-layout.ts'
import { findDialect, type SampleRow, sampleRows } from './find-dialect.ts'
import type { RowOptions } from './options.ts'

export interface RowPlan {
  readonly layout: RowLayout
  /** Lines before the first row. */
  readonly linesBefore: number
}

interface RowsWanted {
  readonly topic: string
  readonly options: RowOptions
  /** How the rows of the topic are laid out now; null where it has none. */
  readonly known: RowLayout | null
  /** Columns by which the records are keyed, timed or read, with the reason for a message. */
  readonly needed: ReadonlyMap<string, string>
  readonly unchecked: boolean
}

interface Input {
  readonly name: string
  readonly bytes: Buffer
  readonly whole: boolean
  readonly lineEnd: number
}

const SEPARATOR_LINE = /^sep=(.)\r?\n/

/** `line`: without the line feed. */
export const isSeparatorLine = (line: Uint8Array): boolean =>
  line.length <= 6 && SEPARATOR_LINE.test(`${Buffer.from(line).toString('latin1')}\n`)

/** Null where there are no rows. Throws `not-appendable` where the first line is no header, or lacks a column. */
export function findRows(input: Input, wanted: RowsWanted): RowPlan | null {
  const { options, known, topic } = wanted
  const separator = SEPARATOR_LINE.exec(input.bytes.subarray(0, 8).toString('latin1'))
  const bytes = separator === null ? input.bytes : input.bytes.subarray(separator[0].length)
  const names = [...wanted.needed.keys(), ...(known?.columns ?? [])]
  const beginning = { ...input, bytes, wanted: options.columns === undefined ? names : [] }
  const delimiter = options.delimiter ?? separator?.[1]
  const dialect = findDialect(beginning, { ...options, ...(delimiter === undefined ? {} : { delimiter }) })
  const rows = sampleRows(beginning, dialect)
  if (rows.length === 0) return null
  const first = rows[0]?.fields?.map(name => name.trim()) ?? []
  const header = hasHeader(input.name, options, first)
  const columns = options.columns ?? (header ? first : null)
  if (header && !wanted.unchecked && options.header !== true && !isKnown(first, names)) {
    refuseData(input.name, first, rows)
  }
  if (columns !== null) checkColumns(input.name, columns, wanted)
  const width = columns?.length ?? first.length
  if (!wanted.unchecked) checkRows(input.name, header ? rows.slice(1) : rows, width)
  const separators = separator === null ? 0 : 1
  return { layout: Object.freeze({ topic, columns, ...dialect }), linesBefore: separators + (header ? 1 : 0) }
}

const isKnown = (first: readonly string[], names: readonly string[]): boolean =>
  names.length > 0 && names.every(name => first.includes(name))

function hasHeader(name: string, { columns, header }: RowOptions, first: readonly string[]): boolean {
  if (columns === undefined) return header ?? true
  if (header === undefined && first.length > 0 && first.every(field => columns.includes(field))) {
    throw new LyrebirdError('not-appendable', `${name}:1 is a header, and --columns names the columns too`, {
      where: { path: name, line: 1 },
      hint: 'leave --columns out, or add --header: then the line is dropped',
    })
  }
  return header ?? false
}

/** A header has names; a row has numbers, times and booleans where the rows below have them too. */
function refuseData(name: string, first: readonly string[], rows: readonly SampleRow[]): void {
  for (const [i, field] of first.entries()) {
    const kind = kindOf(field)
    if (kind === null) continue
    const below = rows.slice(1).flatMap(row => (row.fields?.[i] ?? '').trim() || [])
    if (!below.every(other => kindOf(other) === kind)) continue
    throw new LyrebirdError('not-appendable', `${name}:1 is no header: "${field}" in it is ${kind}`, {
      where: { path: name, line: 1 },
      hint: `name the columns with --columns ${first
        .map((_, column) => `NAME${column + 1}`)
        .slice(0, 4)
        .join(
          ',',
        )}${first.length > 4 ? ',...' : ''}; or add --no-header (the job then takes them in its own order), or --header where it is one`,
    })
  }
}

function kindOf(field: string): string | null {
  if (numberWord(field, false) !== null) return 'a number'
  if (/^\d{4}-\d\d-\d\d/.test(field)) return 'a date'
  return /^(?:true|false)$/i.test(field) ? 'a boolean' : null
}

function checkColumns(name: string, columns: readonly string[], { topic, known, needed, unchecked }: RowsWanted): void {
  const twice = columns.find((column, i) => column !== '' && columns.indexOf(column) !== i)
  if (twice !== undefined) {
    throw new LyrebirdError('not-appendable', `${name} has two columns called "${twice}"`, {
      where: { path: name, line: 1, field: twice },
      hint: 'give them names of their own with --columns NAME,NAME,... --header; without a header, with --columns alone',
    })
  }
  for (const [column, reason] of needed) if (!columns.includes(column)) throw noColumn(name, column, columns, reason)
  if (unchecked) return
  const gone = known?.columns?.find(column => column !== '' && !columns.includes(column))
  if (gone !== undefined) throw noColumn(name, gone, columns, `which the rows of topic ${topic} have`)
}

function noColumn(name: string, column: string, columns: readonly string[], reason: string): LyrebirdError {
  const near = didYouMean(column, columns)
  const shown = columns.slice(0, 12).join(', ')
  return new LyrebirdError('not-appendable', `${name} has no column "${column}", ${reason}`, {
    where: { path: name, field: column },
    hint: `${near === null ? '' : `did you mean ${near}? `}its columns are ${shown}; with --columns NAME,... --header they get other names`,
  })
}

/** Most rows must be rows: a few ragged ones become dead letters of the job that reads them. */
function checkRows(name: string, rows: readonly SampleRow[], width: number): void {
  const malformed = rows.filter(row => row.fields === null)
  const ragged = rows.filter(row => row.fields !== null && row.fields.length !== width)
  if (2 * (malformed.length + ragged.length) <= rows.length) return
  const [row] = malformed.length > ragged.length ? malformed : ragged
  const got = row?.fields === null ? 'malformed quotes' : `${row?.fields?.length} columns`
  const many = `${malformed.length + ragged.length} of the first ${rows.length} rows are like that`
  throw new LyrebirdError('not-appendable', `${name}:${row?.line}: expected ${width} columns, got ${got}; ${many}`, {
    where: { path: name, line: row?.line },
    hint: 'say how the file is written with --delimiter, --quote, --escape or --columns, or add --unchecked',
  })
}
