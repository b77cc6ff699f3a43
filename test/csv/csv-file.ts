// Generated CSV files of many dialects, each with the records and dead letters that it must give, or with the failure.
//
// Promises: the same file for the same seed. A dialect that is not told is one that the file itself shows; in the
// others nothing has to be guessed.

import { gzipSync } from 'node:zlib'
import type { RowOptions } from '../../logs/append/options.ts'
import { type Random, seededRandom } from '../../testing/equivalence/random.ts'
import {
  booleanCell,
  type Cell,
  integerCell,
  nothingCell,
  numberCell,
  type TextRules,
  textCell,
  type Words,
} from './cells.ts'
import { type Dialect, randomDialect, writtenRow } from './dialect.ts'
import { encoded } from './encode.ts'

/** In the order of the job. */
export const COLUMNS = ['id', 'text', 'amount', 'flag', 'big', 'note'] as const

export type Expected =
  | { readonly value: Readonly<Record<string, unknown>> }
  | { readonly path: string; readonly reason: string }

export interface CsvFile {
  readonly bytes: Uint8Array
  readonly rows: RowOptions
  readonly encoding: string | null
  /** One for each record. */
  readonly expected: readonly Expected[]
  /** Why `append` must refuse the file, as a part of its message; null where it takes it. */
  readonly refused: string | null
  /** For people: what the file is like. */
  readonly what: string
}

type HeaderMode = 'header' | 'replaced' | 'columns' | 'none'

interface Table {
  readonly columns: readonly string[]
  readonly header: HeaderMode
  readonly dialect: Dialect
  readonly rules: TextRules
  readonly words: Words
}

/** `words`: those that the job takes. */
export function csvFile(seed: number, words: Words): CsvFile {
  const random = seededRandom(seed)
  const dialect = randomDialect(random)
  const header = random.pick<HeaderMode>(['header', 'header', 'header', 'replaced', 'columns', 'none'])
  const table: Table = { columns: randomColumns(random, header), header, dialect, rules: rulesOf(dialect), words }
  const rows = Array.from({ length: dialect.told ? random.below(25) : 4 + random.below(21) }, (_, id) =>
    randomRow(random, table, id),
  )
  const fault = random.chance(0.12) ? randomFault(random, table, rows.length) : null
  const lines = [...headerLines(random, table), ...rows.map(row => row.line)]
  const named = fault === null && dialect.lineEnd !== '\r' && random.chance(0.1)
  const separator = named ? `sep=${dialect.delimiter}${dialect.lineEnd}` : ''
  const text = separator + joined(random, fault === null ? lines : fault.lines(lines), dialect)
  const { bytes, encoding } = encoded(random, text, dialect.encoding)
  const packed = random.chance(0.2)
  return {
    bytes: packed ? gzipSync(bytes) : bytes,
    rows: optionsOf(table),
    encoding,
    expected: rows.map(row => row.expected),
    refused: fault?.refused ?? null,
    what: JSON.stringify({ seed, words, ...dialect, header, columns: table.columns, packed, refused: fault?.refused }),
  }
}

function randomColumns(random: Random, header: HeaderMode): readonly string[] {
  if (header === 'none') return COLUMNS
  const others = Array.from({ length: random.below(3) }, (_, i) => `other ${i}`)
  const wanted = random.chance(0.2) ? COLUMNS.filter(c => c !== 'note') : COLUMNS
  const left = [...wanted, ...others]
  return [...left].map(() => left.splice(random.below(left.length), 1)[0] as string)
}

function rulesOf({ quote, delimiter, escapedBy, lineEnd, told, encoding }: Dialect): TextRules {
  const unquotable = quote === '' ? [delimiter, '\n', '\r', '\t', ' '] : []
  // A file that ends its rows with CR alone holds no LF. A quote that is not told must be the only kind in the file.
  const foreignEnds = lineEnd === '\r' ? ['\n'] : []
  const ambiguous = told ? [] : quote === "'" ? ['"'] : escapedBy === quote ? ["'", '\\'] : ["'"]
  return {
    without: [...unquotable, ...foreignEnds, ...ambiguous],
    foreign: encoding !== 'windows-1252' && encoding !== 'utf-16 unmarked',
  }
}

function headerLines(random: Random, { columns, header, dialect }: Table): readonly string[] {
  if (header !== 'header' && header !== 'replaced') return []
  const names = header === 'header' ? columns : columns.map((_, i) => `column ${i}`)
  return [writtenRow(random, names, dialect)]
}

function optionsOf({ columns, header, dialect }: Table): RowOptions {
  const { told, delimiter, quote, escapedBy } = dialect
  return {
    ...(told ? { delimiter, quote, escapedBy } : {}),
    ...(header === 'columns' || header === 'replaced' ? { columns } : {}),
    ...(header === 'replaced' ? { header: true } : {}),
    ...(header === 'none' ? { header: false } : {}),
  }
}

interface Row {
  readonly line: string
  readonly expected: Expected
}

interface BadCell {
  readonly column: string
  readonly text: string
  readonly reason: string
}

const BAD_CELLS: readonly BadCell[] = [
  { column: 'amount', text: '1,5', reason: 'expected number, got string' },
  { column: 'amount', text: '', reason: 'expected number, got an empty column' },
  { column: 'amount', text: '0x10', reason: 'expected number, got string' },
  { column: 'flag', text: 'maybe', reason: 'expected boolean, got string' },
  { column: 'flag', text: '1', reason: 'expected boolean, got string' },
  { column: 'big', text: '1.0', reason: 'expected integer, got string' },
  { column: 'note', text: '1 000', reason: 'expected number, got string' },
]
const BAD_WORDS: Readonly<Record<Words, readonly BadCell[]>> = {
  usual: [{ column: 'amount', text: 'N/A', reason: 'expected number, got a word for nothing' }],
  strict: [
    { column: 'amount', text: 'N/A', reason: 'expected number, got string' },
    { column: 'amount', text: '+1', reason: 'expected number, got string' },
    { column: 'flag', text: 'yes', reason: 'expected boolean, got string' },
    { column: 'big', text: '007', reason: 'expected integer, got string' },
  ],
  listed: [
    { column: 'text', text: '-', reason: 'expected string, got a word for nothing' },
    { column: 'amount', text: '-', reason: 'expected number, got a word for nothing' },
    { column: 'note', text: 'null', reason: 'expected number, got string' },
  ],
}

function randomRow(random: Random, table: Table, id: number): Row {
  const { columns, dialect } = table
  const cells = new Map<string, Cell>(columns.map(column => [column, randomCell(random, table, column, id)]))
  const written = (texts = columns.map(c => cells.get(c)?.text ?? '')): string => writtenRow(random, texts, dialect)
  // The first rows show the dialect, so nothing is wrong with them.
  const whole = id < 3 || random.chance(0.85)
  const plain = columns.map(column => cells.get(column)?.text ?? '')
  const value = Object.fromEntries(
    [...cells].flatMap(([c, cell]) => (isDeclared(c) && cell.value !== undefined ? [[c, cell.value]] : [])),
  )
  if (whole) return { line: written(), expected: { value } }
  if (random.chance(0.3) && id > 5) {
    const texts = random.chance(0.5) ? plain.slice(0, -1) : [...plain, 'x']
    const reason = `expected ${columns.length} columns, got ${texts.length}`
    return { line: written(texts), expected: { path: '$', reason } }
  }
  if (random.chance(0.2) && dialect.quote !== '' && id > 5) {
    const { quote, delimiter } = dialect
    const line = `${quote}x${quote}y${delimiter}${written(plain.slice(1))}`
    return { line, expected: { path: '$', reason: 'malformed quotes' } }
  }
  const bad = random.pick([...BAD_CELLS, ...BAD_WORDS[table.words]].filter(({ column }) => columns.includes(column)))
  const allowed = dialect.quote !== '' || !bad.text.includes(dialect.delimiter)
  if (!allowed) return { line: written(), expected: { value } }
  const texts = columns.map(column => (column === bad.column ? bad.text : (cells.get(column)?.text ?? '')))
  return { line: written(texts), expected: { path: `$.${bad.column}`, reason: bad.reason } }
}

const isDeclared = (column: string): boolean => (COLUMNS as readonly string[]).includes(column)

function randomCell(random: Random, table: Table, column: string, id: number): Cell {
  const { dialect } = table
  const shows = id < 3 && dialect.quote === '"' && column === 'text'
  const cell = shows ? quoted(id) : cellOf(random, table, column, id)
  // Where nothing is quoted, no cell holds the delimiter.
  return dialect.quote === '' && cell.text !== cell.value ? { ...cell, text: cell.text.trim() } : cell
}

function cellOf(random: Random, { rules, words }: Table, column: string, id: number): Cell {
  switch (column) {
    case 'id':
      return { text: String(id), value: id }
    case 'amount':
      return numberCell(random, words)
    case 'flag':
      return booleanCell(random, words)
    case 'big':
      return integerCell(random, words)
    case 'note':
      return random.chance(0.5) ? numberCell(random, words) : nothingCell(random, words)
    default:
      return textCell(random, rules)
  }
}

/** The first rows show quotes and escapes to those who are not told. */
function quoted(id: number): Cell {
  const text = `say "hi", ${id}`
  return { text, value: text }
}

interface Fault {
  readonly refused: string
  lines(lines: readonly string[]): readonly string[]
}

function randomFault(random: Random, { columns, header, dialect }: Table, rows: number): Fault {
  const row = (texts: readonly string[]): string => writtenRow(random, texts, dialect)
  const open = `${dialect.quote}open${dialect.delimiter}`
  const faults: Fault[] = [
    { refused: 'it is JSON and no row', lines: () => ['{"id":1,"text":"a"}', '{"id":2,"text":"b"}'] },
  ]
  if (dialect.quote !== '' && dialect.told && rows > 12)
    faults.push({ refused: 'a quoted field is never closed', lines: lines => [...lines, open] })
  if (header === 'header') {
    const twice = columns.map((column, i) => (i === 1 ? (columns[0] as string) : column))
    faults.push({ refused: 'has two columns called', lines: lines => [row(twice), ...lines.slice(1)] })
    const data = columns.map((_, i) => String(i))
    faults.push({ refused: 'is no header', lines: () => [row(data), row(data), row(data)] })
  }
  return random.pick(faults)
}

/** Lines with their ends, and blank ones between them that are no rows. */
function joined(random: Random, lines: readonly string[], { lineEnd }: Dialect): string {
  const blanks = random.chance(0.3)
  const between = (): string => (blanks && random.chance(0.2) ? lineEnd : '')
  const body = lines.map(line => `${between()}${line}${lineEnd}`).join('')
  return random.chance(0.3) && lines.length > 0 ? body.slice(0, -lineEnd.length) : body + between()
}
