// Formats: how the bytes of a record's value become a value.
//
// Promises: a format is plain frozen data. Leaves to `core/decode/`: the decoding.

import type { FormatSpec } from '../core/plan.ts'
import { Call, freezeDeep, wordFor } from './node.ts'

declare const DECODES: unique symbol

/** How values of type `T` stand in the log. Made by `json()`, `lines()`, `csv()` and `bytes()`. */
export interface Format<T> {
  readonly [DECODES]: T
}

const FORMAT: unique symbol = Symbol.for('lyrebird.format') as never

/**
 * One JSON value a record (RFC 8259). This is the default: `source<T>('topic')` means `source('topic', { format: json<T>() })`.
 */
export function json<T>(): Format<T> {
  return make({ kind: 'json' })
}

/**
 * One line of UTF-8 text a record, without its line end: `source('lines', { format: lines() })` is a stream of strings.
 */
export function lines(): Format<string> {
  return make({ kind: 'lines' })
}

/** A record's value as it is: a stream of `Uint8Array`. */
export function bytes(): Format<Uint8Array> {
  return make({ kind: 'bytes' })
}

/** Types: the column names of a CSV source. */
export interface CsvOptions<T> {
  /** In the order of the file. Columns that `T` does not declare are dropped; all that it declares must be there. */
  readonly columns: readonly (Extract<keyof T, string> | (string & {}))[]
}

/**
 * One row of comma-separated values a record (RFC 4180), converted to the declared types of its columns.
 *
 *     source('sales', { format: csv<{ item: string; price: number }>({ columns: ['item', 'price'] }) })
 */
export function csv<T>(options: CsvOptions<T>): Format<T>
export function csv(...given: unknown[]): Format<unknown> {
  const call: Call = new Call(given)
  const { columns } = call.options(call.args[0], ['columns'], 'csv()')
  if (!Array.isArray(columns) || columns.length === 0 || !columns.every(c => typeof c === 'string')) {
    call.fail('bad-option', 'csv() needs its column names: csv<T>({ columns: ["item", "price"] }).')
  }
  const twice = columns.find((column, i) => columns.indexOf(column) !== i)
  if (twice !== undefined) call.fail('bad-option', `csv() has two columns called ${wordFor(twice)}.`)
  return make({ kind: 'csv', columns: [...columns] })
}

/** The plain data inside a format; null for anything else. */
export function formatSpec(value: unknown): FormatSpec | null {
  if (typeof value !== 'object' || value === null || !(FORMAT in value)) return null
  return value[FORMAT] as FormatSpec
}

function make<T>(spec: FormatSpec): Format<T> {
  return Object.freeze({ [FORMAT]: freezeDeep(spec) }) as unknown as Format<T>
}
