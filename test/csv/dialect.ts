// Dialects of generated CSV files, and rows written in them by a writer of the tests' own.

import type { RowDialect } from '../../core/log/row-layout.ts'
import type { Random } from '../../testing/equivalence/random.ts'
import type { EncodingName } from './encode.ts'

export interface Dialect extends RowDialect {
  readonly lineEnd: '\n' | '\r\n' | '\r'
  readonly quoteAlways: boolean
  /** Whether `append` is told delimiter, quote and escape, or finds them out. */
  readonly told: boolean
  readonly encoding: EncodingName
}

export function randomDialect(random: Random): Dialect {
  const told = random.chance(0.5)
  const delimiter = random.pick([',', ',', ';', '\t', '|', ...(told ? [':', '^', '~'] : [])])
  const quote = random.pick(['"', '"', '"', "'", ...(told ? [''] : [])])
  // Single quotes with a backslash are nothing that anyone could find out.
  const backslash = quote !== '' && (told || quote === '"') && random.chance(0.25)
  return {
    delimiter,
    quote,
    escapedBy: backslash ? '\\' : quote,
    lineEnd: random.pick(['\n', '\n', '\r\n', '\r']),
    quoteAlways: quote !== '' && (random.chance(0.3) || (!told && quote === "'")),
    told,
    encoding: random.pick([
      'utf-8',
      'utf-8',
      'utf-8 marked',
      'utf-16le',
      'utf-16be',
      'utf-16 unmarked',
      'windows-1252',
    ]),
  }
}

export function writtenRow(random: Random, cells: readonly string[], dialect: Dialect): string {
  return cells.map(cell => writtenCell(random, cell, dialect)).join(dialect.delimiter)
}

function writtenCell(random: Random, cell: string, { delimiter, quote, escapedBy, quoteAlways }: Dialect): string {
  if (quote === '') return cell
  const mustBe = [delimiter, '\n', '\r'].some(c => cell.includes(c)) || cell.startsWith(quote)
  const backslash = escapedBy === '\\' && cell.includes('\\') && cell !== '\\N'
  // A quote inside a cell that does not begin with one is an ordinary character: some writers leave it so.
  const inside = cell.includes(quote) && random.chance(0.8)
  if (!(mustBe || backslash || inside || quoteAlways || random.chance(0.1))) return cell
  const escaped = escapedBy === quote ? cell : cell.replaceAll('\\', '\\\\')
  return `${quote}${escaped.replaceAll(quote, `${escapedBy}${quote}`)}${quote}`
}
