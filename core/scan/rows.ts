// Rows of delimited values in bytes: where their columns begin, and which of them are the fields of a type.
//
// Promises: splits rows of plain ASCII without quotes; every other row is for the obvious decoder, and so are all rows
// of a layout that lacks one of the fields, or has an escape character. Control characters are ordinary ones.

import { dialectOf, type RowDialect, type RowLayout } from '../log/row-layout.ts'
import type { CsvFormat } from '../plan/plan.ts'

const EVERY_BYTE = 0x01010101
const HIGH_BITS = 0x80808080

export class RowScanner {
  /** After `split`: where column i begins; column i + 1 begins a byte behind its end. */
  bounds = new Int32Array(1)
  /** The column of each field. */
  places: Int32Array
  readonly #fields: readonly string[]
  readonly #others: readonly string[]
  readonly #format: Pick<CsvFormat, 'columns'> & Partial<RowDialect>
  #layout: RowLayout | undefined
  #delimiter = 0
  #delimiters = 0
  #quotes = 0
  /** 0 where every row is for the obvious decoder. */
  #count = 0

  /** `others`: declared fields that are not read; a row that has one of them is for the obvious decoder. */
  constructor(
    format: Pick<CsvFormat, 'columns'> & Partial<RowDialect>,
    fields: readonly string[],
    others: readonly string[] = [],
  ) {
    this.#format = format
    this.#fields = fields
    this.#others = others
    this.places = new Int32Array(fields.length)
    this.#set(format.columns, dialectOf(format))
  }

  /** Rows are laid out so from now on; undefined: as the format says. */
  bind(layout: RowLayout | undefined): void {
    if (layout === this.#layout) return
    this.#layout = layout
    this.#set(layout?.columns ?? this.#format.columns, layout ?? dialectOf(this.#format))
  }

  #set(columns: readonly string[], { delimiter, quote, escapedBy }: RowDialect): void {
    this.places = Int32Array.from(this.#fields, field => columns.indexOf(field))
    this.bounds = new Int32Array(columns.length + 1)
    const whole = !this.places.includes(-1) && !this.#others.some(field => columns.includes(field))
    this.#count = escapedBy === quote && whole ? columns.length : 0
    this.#delimiter = delimiter.charCodeAt(0)
    this.#delimiters = this.#delimiter * EVERY_BYTE
    this.#quotes = (quote === '' ? this.#delimiter : quote.charCodeAt(0)) * EVERY_BYTE
  }

  /** Whether the row has as many columns as it should, and nothing that only the obvious decoder reads. */
  split(bytes: Uint8Array, view: DataView, from: number, stop: number): boolean {
    const { bounds } = this
    const count = this.#count
    const delimiter = this.#delimiter
    const delimiters = this.#delimiters
    const quotes = this.#quotes
    let column = 0
    let p = from
    bounds[0] = from
    while (p < stop) {
      const w = view.getInt32(p, true)
      const other = w ^ delimiters
      const quote = w ^ quotes
      const odd = (w | (other - EVERY_BYTE) | (quote - EVERY_BYTE)) & HIGH_BITS
      if (odd === 0) {
        p += 4
        continue
      }
      p += (31 - Math.clz32(odd & -odd)) >> 3
      if (p >= stop) break
      if (bytes[p] !== delimiter || ++column >= count) return false
      bounds[column] = ++p
    }
    bounds[count] = stop + 1
    return column === count - 1
  }
}
