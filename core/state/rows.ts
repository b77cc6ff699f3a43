// Rows of tables, as states, sorters and operators exchange them.
//
// Promises: rows are ordered by the bytes of their keys.
// Not here: how long the bytes stay valid (each function that gives rows says so).

export type Row = readonly [key: Uint8Array, value: Uint8Array]

export type Rows = Iterable<Row>

/** A change of one row; null deletes it. */
export type RowChange = readonly [key: Uint8Array, value: Uint8Array | null]

/** Reads no more than the first one. */
export function hasRows(rows: Rows): boolean {
  for (const _ of rows) return true
  return false
}

/**
 * Rows by a function that gives the next one, undefined behind the last. `end` is called once: behind the last, where
 * `next` throws, or where the reader stops. Generators cost several times as much for each row, and again for each one
 * that passes it on.
 */
export function rowsBy<R extends RowChange>(next: () => R | undefined, end: () => void = () => {}): RowReader<R> {
  return new RowReader(next, end)
}

/** The same rows, to be read once; `end` is called as by `rowsBy`. */
export function rowsThen(rows: Rows, end: () => void): RowReader<Row> {
  const reader = rows[Symbol.iterator]()
  return rowsBy(
    () => {
      const next = reader.next()
      return next.done === true ? undefined : next.value
    },
    () => {
      reader.return?.()
      end()
    },
  )
}

const END: IteratorResult<never> = Object.freeze({ value: undefined, done: true })

export class RowReader<R extends RowChange> implements IterableIterator<R> {
  readonly #next: () => R | undefined
  readonly #end: () => void
  #ended = false

  constructor(next: () => R | undefined, end: () => void) {
    this.#next = next
    this.#end = end
  }

  next(): IteratorResult<R> {
    if (this.#ended) return END
    let row: R | undefined
    try {
      row = this.#next()
    } catch (error) {
      this.return()
      throw error
    }
    return row === undefined ? this.return() : { value: row, done: false }
  }

  return(): IteratorResult<R> {
    if (!this.#ended) {
      this.#ended = true
      this.#end()
    }
    return END
  }

  [Symbol.iterator](): this {
    return this
  }
}
