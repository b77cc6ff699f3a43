// One CSV record: its columns bound to the declared fields, and their texts converted to the fields' types.
//
// Promises: where the log says how its rows are laid out, columns are bound by name and that dialect counts; where it
// does not, the format's columns are those of the row, in their order. Where a column takes text, it takes any; a word
// then is a number or a boolean only in JSON's own form, so that `007` stays a text in `number | string`.
// Not here: fields (`csv-fields.ts`) and words (`csv-words.ts`).

import { didYouMean } from '../did-you-mean.ts'
import { LyrebirdError } from '../errors.ts'
import { dialectOf, type RowDialect, type RowLayout } from '../log/row-layout.ts'
import type { CsvFormat } from '../plan/plan.ts'
import type { Schema } from '../plan/schema.ts'
import { csvFields } from './csv-fields.ts'
import { booleanWord, integerWord, isNullWord, numberWord, trimmed } from './csv-words.ts'
import { type Decoding, decoded, fault, fieldPath, shownText } from './fault.ts'
import { type PlainSchema, setField } from './tree.ts'
import type { Validator } from './validate.ts'

/** Reads the rows of one source. */
export class RowReader {
  readonly #validator: Validator
  readonly #format: CsvFormat
  readonly #own: RowDialect
  /** Of the layout that was bound last: the place of each name. */
  #layout: RowLayout | undefined
  #columns: readonly string[]

  constructor(validator: Validator, format: CsvFormat) {
    this.#validator = validator
    this.#format = format
    this.#own = dialectOf(format)
    this.#columns = format.columns
  }

  /** The value of a row without its line end. Throws `log-lacks` where the layout has no column of a declared field. */
  read(line: string, layout: RowLayout | undefined): Decoding {
    if (layout !== this.#layout) this.#bind(layout)
    const columns = this.#columns
    const fields = csvFields(line, layout ?? this.#own)
    if (fields === null) return fault('$', 'malformed quotes')
    if (fields.length === columns.length) return this.#convertRow(fields)
    return fault('$', `expected ${columns.length} ${columns.length === 1 ? 'column' : 'columns'}, got ${fields.length}`)
  }

  #bind(layout: RowLayout | undefined): void {
    const named = layout?.columns ?? null
    if (layout !== undefined && named !== null) {
      const { root } = this.#validator
      const wanted = root.kind === 'object' ? root.fields.filter(f => !f.optional) : []
      const missing = wanted.find(field => !named.includes(field.name))
      if (missing !== undefined) throw lacksColumn(layout.topic, missing.name, named)
    }
    this.#columns = named ?? this.#format.columns
    this.#layout = layout
  }

  /** Columns that the root does not declare are dropped. */
  #convertRow(fields: readonly string[]): Decoding {
    const { root } = this.#validator
    const texts = new Map(this.#columns.map((column, index) => [column, fields[index] as string]))
    if (root.kind !== 'object') {
      const row = {}
      for (const [column, text] of texts) setField(row, column, text)
      return this.#validator.validate(row)
    }
    const out = {}
    for (const field of root.fields) {
      const path = fieldPath('$', field.name)
      const text = texts.get(field.name)
      if (text === undefined) {
        if (field.optional) continue
        return fault(path, 'missing field')
      }
      const { value, nothing } = this.#convert(text, field.schema)
      if (value !== undefined) setField(out, field.name, value)
      else if (!(field.optional && nothing)) {
        const got = trimmed(text) === '' ? 'an empty column' : nothing ? 'a word for nothing' : 'string'
        const reason = `expected ${this.#validator.describe(field.schema)}, got ${got}`
        return { ...fault(path, reason), detail: `the column holds ${shownText(text)}` }
      }
    }
    return decoded(out)
  }

  /** The value that a text has in a type, undefined where it has none; and whether it is a word for nothing. */
  #convert(text: string, schema: Schema): { readonly value: unknown; readonly nothing: boolean } {
    const { nulls, strict = false } = this.#format
    const members = this.#members(schema)
    const anyText = members.some(m => m.kind === 'string' || m.kind === 'unknown')
    const word = trimmed(text)
    const nothing = isNothing(word, anyText, nulls, strict)
    if (nothing && nulls !== undefined && word !== '') {
      return { value: members.some(m => m.kind === 'null') ? null : undefined, nothing }
    }
    for (const member of members) {
      const value = convertScalar(text, word, member, strict || anyText)
      if (value !== undefined) return { value, nothing }
    }
    if (anyText) return { value: text, nothing }
    return { value: nothing && members.some(m => m.kind === 'null') ? null : undefined, nothing }
  }

  #members(schema: Schema): PlainSchema[] {
    const plain = this.#validator.resolve(schema)
    return plain.kind === 'union' ? plain.members.flatMap(m => this.#members(m)) : [plain]
  }
}

/** Words that the author lists are for nothing in columns of text too; those that are known anyway are not. */
function isNothing(word: string, anyText: boolean, nulls: readonly string[] | undefined, strict: boolean): boolean {
  if (nulls?.includes(word) === true) return true
  return anyText ? false : isNullWord(word, strict || nulls !== undefined)
}

/** Undefined where the text is no value of the type. */
function convertScalar(text: string, word: string, schema: PlainSchema, strict: boolean): unknown {
  switch (schema.kind) {
    case 'boolean':
      return booleanWord(word, strict) ?? undefined
    case 'number':
      return numberWord(word, strict) ?? undefined
    case 'bigint':
      return integerWord(word, strict) ?? undefined
    case 'literal':
      return convertLiteral(text, word, schema.value, strict)
    default:
      return undefined
  }
}

function convertLiteral(text: string, word: string, value: string | number | boolean, strict: boolean): unknown {
  if (typeof value === 'string') return text === value ? value : undefined
  if (typeof value === 'number') return numberWord(word, strict) === value ? value : undefined
  return booleanWord(word, strict) === value ? value : undefined
}

function lacksColumn(topic: string, column: string, columns: readonly string[]): LyrebirdError {
  const near = didYouMean(column, columns)
  const shown = columns.slice(0, 20).join(', ')
  return new LyrebirdError('log-lacks', `the rows of topic ${topic} have no column "${column}", which the job needs`, {
    where: { topic, column },
    hint: `${near === null ? '' : `did you mean ${near}? `}their header names ${shown}; columns are bound by these names`,
  })
}
