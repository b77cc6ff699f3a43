// Formats: how the bytes of a record's value become a value, and a value the bytes of an output's record.
//
// Promises: a format is plain frozen data, a custom one with two closures. Not here: decoding (`core/decode`) and
// encoding (`core/encode`).

import { dialectProblem, type RowDialect } from '../../core/log/row-layout.ts'
import type { GraphLambda } from '../../core/plan/graph.ts'
import type { FormatSpec } from '../../core/plan/plan.ts'
import { freezeDeep } from '../../core/values/freeze-deep.ts'
import type { Sync } from '../mistake.ts'
import { Call, wordFor } from '../node.ts'

declare const DECODES: unique symbol
declare const ENCODES: unique symbol
declare const CUSTOM: unique symbol

/** A format that gives values of type `T`: what `source` takes. */
export interface Decodes<out T> {
  readonly [DECODES]: T
}

/** A format that can write values of type `T`: what `to` takes. */
export interface Encodes<in T> {
  readonly [ENCODES]: (value: T) => void
}

/** How values of type `T` are written in the log. Made by `json()`, `lines()`, `csv()`, `bytes()` and `format()`. */
export interface Format<T> extends Decodes<T>, Encodes<T> {}

/**
 * A format of one's own, whose values may hold bytes (`Uint8Array`) anywhere. Made by `format()`, `avro()`,
 * `protobuf()`.
 */
export interface CustomFormat<T> extends Format<T> {
  readonly [CUSTOM]: true
}

const FORMAT: unique symbol = Symbol.for('lyrebird.format') as never

/** The content of a format. */
export interface FormatParts {
  readonly spec: FormatSpec
  /** Null unless the format is a custom one. */
  readonly decode: GraphLambda | null
  readonly encode: GraphLambda | null
}

/**
 * One JSON value per record (RFC 8259). The default: `source<T>('topic')` means
 * `source('topic', { format: json<T>() })`.
 */
export function json<T>(): Format<T> {
  return make({ kind: 'json' })
}

/**
 * One line of UTF-8 text per record, without its line end: `source('lines', { format: lines() })` is a stream of
 * strings.
 */
export function lines(): Format<string> {
  return make({ kind: 'lines' })
}

/** The bytes of a record's value, unchanged: a stream of `Uint8Array`. */
export function bytes(): Format<Uint8Array> {
  return make({ kind: 'bytes' })
}

/** Types: the columns of CSV rows, and how they are written. */
export interface CsvOptions<T> {
  /**
   * The names of the columns. Where the log kept the header of its files (`lyrebird append --format csv` does), columns
   * are found by these names in any order; elsewhere they are in this order. Columns that `T` does not declare are
   * dropped; every field that it declares must be a column.
   */
  readonly columns: readonly (Extract<keyof T, string> | (string & {}))[]
  /**
   * The character between columns, such as `;` or `\t`. Default `,`. Of rows whose header was kept, what `append` found
   * counts.
   */
  readonly delimiter?: string
  /** The character around columns that hold the delimiter; null where there is none. Default `"`. */
  readonly quote?: string | null
  /** The character before a quote inside quotes. Default: the quote itself, written twice. */
  readonly escape?: string
  /**
   * Words that stand for nothing, in columns of text too. Default: in columns that take no text `NA`, `N/A`, `#N/A`,
   * `NaN`, `nil`, `None`, `null` and `\N`, in small or capital letters. An empty column that takes no text is always
   * nothing.
   */
  readonly nulls?: readonly string[]
  /** Numbers and booleans in JSON's forms alone: `+1`, `.5`, `007` and `True` are dead letters. Default false. */
  readonly strict?: boolean
}

/**
 * One row of comma-separated values per record (RFC 4180), converted to the declared types of its columns.
 *
 *     source('sales', { format: csv<{ item: string; price: number }>({ columns: ['item', 'price'] }) })
 */
export function csv<T>(options: CsvOptions<T>): Format<T>
export function csv(...given: unknown[]): Format<unknown> {
  const call: Call = new Call(given)
  const known = ['columns', 'delimiter', 'quote', 'escape', 'nulls', 'strict'] as const
  const { columns, nulls, strict = false, ...dialect } = call.options(call.args[0], known, 'csv()')
  if (!Array.isArray(columns) || columns.length === 0 || !columns.every(c => typeof c === 'string')) {
    call.fail('bad-option', 'csv() needs its column names: csv<T>({ columns: ["item", "price"] }).')
  }
  const twice = columns.find((column, i) => columns.indexOf(column) !== i)
  if (twice !== undefined) call.fail('bad-option', `csv() has two columns called ${wordFor(twice)}.`)
  if (nulls !== undefined && !(Array.isArray(nulls) && nulls.every(word => typeof word === 'string'))) {
    call.fail('bad-option', `nulls of csv() are words, such as ["NA", "-"], got ${wordFor(nulls)}.`)
  }
  if (typeof strict !== 'boolean') call.fail('bad-option', `strict of csv() is true or false, got ${wordFor(strict)}.`)
  return make({
    kind: 'csv',
    columns: [...columns],
    ...csvDialect(call, dialect),
    ...(nulls === undefined ? {} : { nulls: [...nulls].sort() }),
    strict,
  })
}

/** What of the dialect is not as RFC 4180 says. */
function csvDialect(
  call: Call,
  given: { delimiter?: unknown; quote?: unknown; escape?: unknown },
): Partial<RowDialect> {
  const { delimiter = ',', quote = '"', escape: escapedBy = quote === null ? '' : quote } = given
  const quoted = quote === null ? '' : quote
  const problem = dialectProblem({ delimiter, quote: quoted, escapedBy })
  if (problem !== null) call.fail('bad-option', `csv(): ${problem}.`)
  return {
    ...(delimiter === ',' ? {} : { delimiter: delimiter as string }),
    ...(quoted === '"' ? {} : { quote: quoted as string }),
    ...(escapedBy === quoted ? {} : { escapedBy: escapedBy as string }),
  }
}

/** Types: the two directions of a format of one's own. */
export interface FormatOptions<T> {
  /**
   * Gives a record's value from a copy of its bytes. The value is checked against `T`; where `decode` throws, the
   * record is a dead letter.
   */
  readonly decode: (bytes: Uint8Array) => T & Sync<T>
  /** Gives the bytes of a value. Outputs need it, sources do not. Where it throws, the element is a dead letter. */
  readonly encode?: (value: NoInfer<T>) => Uint8Array
  /** The name that `explain` shows. Default `custom`. */
  readonly name?: string
}

/**
 * A format of one's own. Both functions must be deterministic, like every lambda.
 *
 *     const pair = format<{ a: number; b: number }>({
 *       decode: b => ({ a: b[0] ?? 0, b: b[1] ?? 0 }),
 *       encode: v => Uint8Array.of(v.a, v.b),
 *     })
 */
export function format<T>(options: FormatOptions<T>): CustomFormat<T>
export function format(...given: unknown[]): Format<unknown> {
  const call: Call = new Call(given)
  const { decode, encode, name = 'custom' } = call.options(call.args[0], ['decode', 'encode', 'name'], 'format()')
  if (typeof name !== 'string' || !/^[\w .:/-]{1,60}$/.test(name)) {
    call.fail('bad-option', `the name of format() is a short text, got ${wordFor(name)}.`)
  }
  return make(
    { kind: 'custom', name, definition: null },
    call.lambda(decode, 'decode', 'the decode of format()'),
    encode === undefined ? null : call.lambda(encode, 'encode', 'the encode of format()'),
  )
}

/** A format that this package defines. */
interface OwnFormat {
  readonly name: string
  /** Takes the place of its code in plan hashes; changes with its meaning. */
  readonly version: string
  /** Everything else that defines it, such as a schema, in a normal form. */
  readonly definition: string
  readonly decode: (bytes: Uint8Array) => unknown
  /** Null where it cannot write. */
  readonly encode: ((value: unknown) => Uint8Array) | null
}

/** A format of this package, such as that of `lyrebird/avro`. */
export function ownFormat<T>(call: Call, { name, version, definition, decode, encode }: OwnFormat): CustomFormat<T> {
  const lambda = (fn: unknown, slot: 'decode' | 'encode'): GraphLambda =>
    Object.freeze({ ...call.lambda(fn, slot, `${name}()`), own: `${name} ${version}` })
  return make(
    { kind: 'custom', name, definition },
    lambda(decode, 'decode'),
    encode === null ? null : lambda(encode, 'encode'),
  )
}

/** The parts of a format; null for anything else. */
export function formatParts(value: unknown): FormatParts | null {
  if (typeof value !== 'object' || value === null || !(FORMAT in value)) return null
  return value[FORMAT] as FormatParts
}

function make<T>(
  spec: FormatSpec,
  decode: GraphLambda | null = null,
  encode: GraphLambda | null = null,
): CustomFormat<T> {
  const parts: FormatParts = Object.freeze({ spec: freezeDeep(spec), decode, encode })
  return Object.freeze({ [FORMAT]: parts }) as unknown as CustomFormat<T>
}
