// Rows as lines: NDJSON, CSV (RFC 4180), or an aligned table.
//
// Promises: NDJSON is written while rows are read; CSV and tables read the rows twice, the first time for the columns,
// and keep none. What a row holds is in `rows.ts`.

import type { Terminal } from '../output/terminal.ts'
import type { PrintedRows } from './rows.ts'

/** False where there is no row. */
export async function printRows(
  rows: PrintedRows,
  format: 'ndjson' | 'table' | 'csv',
  terminal: Terminal,
): Promise<boolean> {
  if (format === 'ndjson') {
    let any = false
    for await (const row of rows()) {
      any = true
      await terminal.data(JSON.stringify(row))
    }
    return any
  }
  const widths = await columnsOf(rows)
  const names = [...widths.keys()]
  const line = (cells: ReadonlyMap<string, Cell>): string =>
    format === 'csv' ? names.map(name => csvCell(cells.get(name))).join(',') : tableLine(names, widths, cells)
  if (names.length === 0) return false
  await terminal.data(line(new Map(names.map(name => [name, name]))))
  if (format === 'table') await terminal.data(names.map(name => '-'.repeat(widths.get(name) as number)).join('  '))
  for await (const row of rows()) await terminal.data(line(cellsOf(row)))
  return true
}

type Cell = string | number | boolean | null

/** Names of all columns in the order in which they are met, with their widths. */
async function columnsOf(rows: PrintedRows): Promise<Map<string, number>> {
  const widths = new Map<string, number>()
  for await (const row of rows()) {
    for (const [name, cell] of cellsOf(row)) {
      widths.set(name, Math.max(widths.get(name) ?? widthOf(name), widthOf(tableText(cell))))
    }
  }
  return widths
}

/** Fields of objects become columns of their own (`key.country`); arrays and deeper objects stay JSON. */
function cellsOf(row: object): Map<string, Cell> {
  const cells = new Map<string, Cell>()
  for (const [name, value] of Object.entries(row)) {
    if (isPlain(value)) for (const [field, inner] of Object.entries(value)) cells.set(`${name}.${field}`, cellOf(inner))
    else cells.set(name, cellOf(value))
  }
  return cells
}

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0

const cellOf = (value: unknown): Cell =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as Cell)

/**
 * Quoted where it must be. A missing cell is empty, null too; an empty text is quoted, so that it differs from both.
 */
function csvCell(cell: Cell | undefined): string {
  if (cell === undefined || cell === null) return ''
  const text = String(cell)
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Numbers to the right; control characters escaped, so that a row stays one line and moves no cursor. */
function tableLine(
  names: readonly string[],
  widths: ReadonlyMap<string, number>,
  cells: ReadonlyMap<string, Cell>,
): string {
  const padded = names.map(name => {
    const cell = cells.get(name)
    const text = tableText(cell)
    const space = ' '.repeat((widths.get(name) as number) - widthOf(text))
    return typeof cell === 'number' ? space + text : text + space
  })
  return padded.join('  ').trimEnd()
}

function tableText(cell: Cell | undefined): string {
  const text = cell === undefined ? '' : String(cell)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, c => JSON.stringify(c).slice(1, -1).padEnd(1))
}

/** Columns on a terminal: letters of East Asian scripts and emoji take two. */
function widthOf(text: string): number {
  let width = 0
  for (const letter of text) {
    const code = letter.codePointAt(0) as number
    if (/\p{Mn}|\p{Cf}/u.test(letter)) continue
    width += code >= 0x1100 && WIDE.test(letter) ? 2 : 1
  }
  return width
}

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u
