// One CSV record: its fields (RFC 4180), and their texts converted to the declared types of their columns.
//
// Promises: a text becomes a number, an integer or a boolean only where all of it, except blanks at its ends, is one in
// JSON's grammar; a string column takes the text unchanged. An empty text is an absent or null field wherever the
// column's type holds no string.
// Not here: the number of columns (`decoder.ts`).

import type { Schema } from '../plan/schema.ts'
import { type Decoding, decoded, fault, fieldPath } from './fault.ts'
import { integerOf, numberOf } from './json.ts'
import { type PlainSchema, setField } from './tree.ts'
import type { Validator } from './validate.ts'

/**
 * The fields of one record, or null where quotes are malformed: a quoted field must end with a quote right before a
 * comma or the end. A quote inside a field that does not begin with one is an ordinary character.
 */
export function csvFields(line: string): string[] | null {
  const fields: string[] = []
  let at = 0
  for (;;) {
    if (line[at] === '"') {
      let text = ''
      at++
      for (;;) {
        const quote = line.indexOf('"', at)
        if (quote < 0) return null
        text += line.slice(at, quote)
        at = quote + 1
        if (line[at] !== '"') break
        text += '"'
        at++
      }
      fields.push(text)
      if (at < line.length && line[at] !== ',') return null
    } else {
      const comma = line.indexOf(',', at)
      const end = comma < 0 ? line.length : comma
      fields.push(line.slice(at, end))
      at = end
    }
    if (at >= line.length) return fields
    at++ // the comma
  }
}

/** The value of a row. Its schema's root is an object; columns that it does not declare are dropped. */
export function convertRow(validator: Validator, columns: readonly string[], fields: readonly string[]): Decoding {
  const texts = new Map(columns.map((column, index) => [column, fields[index] as string]))
  const root = validator.root
  if (root.kind !== 'object') {
    const row = {}
    for (const [column, text] of texts) setField(row, column, text)
    return validator.validate(row)
  }
  const out = {}
  for (const field of root.fields) {
    const path = fieldPath('$', field.name)
    const text = texts.get(field.name)
    if (text === undefined) {
      if (field.optional) continue
      return fault(path, 'missing field')
    }
    const result = convert(validator, text, field.schema)
    if (result !== null) setField(out, field.name, result.value)
    else if (!(field.optional && trimmed(text) === '')) {
      const got = trimmed(text) === '' ? 'an empty column' : 'string'
      return fault(path, `expected ${validator.describe(field.schema)}, got ${got}`)
    }
  }
  return decoded(out)
}

/**
 * The text without blanks and tabs at its ends. No regular expression: one would take quadratic time on a hostile text.
 */
function trimmed(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isBlank(text[start])) start++
  while (end > start && isBlank(text[end - 1])) end--
  return text.slice(start, end)
}

const isBlank = (c: string | undefined): boolean => c === ' ' || c === '\t'

/** The value that a text has in a type, or null where it has none. Strings come last, since they take any text. */
function convert(validator: Validator, text: string, schema: Schema): { value: unknown } | null {
  const members = flatMembers(validator, schema)
  const anyText = members.some(m => m.kind === 'string' || m.kind === 'unknown')
  for (const member of members) {
    const value = convertScalar(text, member, anyText)
    if (value !== undefined) return { value }
  }
  return anyText ? { value: text } : null
}

function flatMembers(validator: Validator, schema: Schema): PlainSchema[] {
  const plain = validator.resolve(schema)
  return plain.kind === 'union' ? plain.members.flatMap(m => flatMembers(validator, m)) : [plain]
}

/** Undefined where the text is no value of the type. */
function convertScalar(text: string, schema: PlainSchema, anyText: boolean): unknown {
  const word = trimmed(text)
  switch (schema.kind) {
    case 'null':
      return word === '' && !anyText ? null : undefined
    case 'boolean':
      return word === 'true' ? true : word === 'false' ? false : undefined
    case 'number':
      return numberOf(word) ?? undefined
    case 'bigint':
      return integerOf(word) ?? undefined
    case 'literal':
      return convertLiteral(text, word, schema.value)
    default:
      return undefined
  }
}

function convertLiteral(text: string, word: string, value: string | number | boolean): unknown {
  if (typeof value === 'string') return text === value ? value : undefined
  if (typeof value === 'number') return numberOf(word) === value ? value : undefined
  return word === String(value) ? value : undefined
}
