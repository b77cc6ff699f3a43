// A cursor on a sorted sequence of rows: operators merge several with `leastKey`.
//
// Promises: one row of each sequence is held at a time. An operator handles the least key and advances every cursor
// that is at it, so that rows of one key from several sequences meet.
// Not here: merging of files and runs (`store/spill`, `store/runs`).

import { compareBytes } from '../values/bytes.ts'
import type { Row, Rows } from './rows.ts'

export class RowCursor {
  readonly #rows: Iterator<Row>
  #row: Row | undefined

  constructor(rows: Rows) {
    this.#rows = rows[Symbol.iterator]()
    this.advance()
  }

  /** Undefined at the end. */
  get key(): Uint8Array | undefined {
    return this.#row?.[0]
  }

  get value(): Uint8Array {
    return (this.#row as Row)[1]
  }

  isAt(key: Uint8Array): boolean {
    return this.#row !== undefined && compareBytes(this.#row[0], key) === 0
  }

  advance(): void {
    const next = this.#rows.next()
    this.#row = next.done === true ? undefined : next.value
  }

  /** Leaves the rest unread. */
  stop(): void {
    this.#rows.return?.()
    this.#row = undefined
  }
}

/** The lesser of two keys; undefined is no key. */
export function leastKey(a: Uint8Array | undefined, b: Uint8Array | undefined): Uint8Array | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return compareBytes(a, b) <= 0 ? a : b
}
