// The fields of one row of delimited values (RFC 4180, and the dialects that differ from it by a character).
//
// Promises: a quoted field must end with a quote right before a delimiter or the end; a quote inside a field that does
// not begin with one is an ordinary character. A quote inside quotes is written twice, or behind the escape character
// where the dialect has one; an escape character before anything else is an ordinary character.
// Not here: where a row ends (`logs/append/split-lines.ts`), and types (`csv.ts`).

import { RFC_4180, type RowDialect } from '../log/row-layout.ts'

/** The fields of one row, or null where quotes are malformed. */
export function csvFields(line: string, dialect: RowDialect = RFC_4180): string[] | null {
  const { delimiter, quote } = dialect
  const fields: string[] = []
  let at = 0
  for (;;) {
    const field =
      quote !== '' && line[at] === quote ? quotedField(line, at + 1, dialect) : plainField(line, at, dialect)
    if (field === null) return null
    fields.push(field.text)
    at = field.end
    if (at >= line.length) return fields
    if (line[at] !== delimiter) return null
    at++
  }
}

interface Field {
  readonly text: string
  /** The place behind it. */
  readonly end: number
}

/** `from`: behind the opening quote. Null where no quote closes it. */
function quotedField(line: string, from: number, { quote, escapedBy }: RowDialect): Field | null {
  let text = ''
  let start = from
  for (let at = from; at < line.length; at++) {
    const c = line[at]
    if (c === escapedBy && escapedBy !== quote && (line[at + 1] === quote || line[at + 1] === escapedBy)) {
      text += line.slice(start, at)
      at++
      start = at
    } else if (c === quote) {
      text += line.slice(start, at)
      if (line[at + 1] !== quote) return { text, end: at + 1 }
      at++
      start = at
    }
  }
  return null
}

function plainField(line: string, from: number, { delimiter, quote, escapedBy }: RowDialect): Field {
  if (escapedBy === quote) {
    const found = line.indexOf(delimiter, from)
    const end = found < 0 ? line.length : found
    return { text: line.slice(from, end), end }
  }
  let text = ''
  let start = from
  let at = from
  for (; at < line.length && line[at] !== delimiter; at++) {
    if (line[at] !== escapedBy) continue
    const next = line[at + 1]
    if (next !== delimiter && next !== quote && next !== escapedBy) continue
    text += line.slice(start, at)
    at++
    start = at
  }
  return { text: text + line.slice(start, at), end: at }
}
