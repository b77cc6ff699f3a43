// Counts the rows of one table that a flush adds and removes, on their way to the sink.
//
// Promises: right for tables whose rows are never replaced: those of elements that an operator holds.

import { invariant } from '../errors.ts'
import type { ChangeSink } from '../state/environment.ts'
import type { PackedRows } from '../state/packed-rows.ts'

export class HeldCounter implements ChangeSink {
  readonly #sink: ChangeSink
  readonly #table: string
  /** Rows added less rows removed. */
  change = 0

  constructor(sink: ChangeSink, table: string) {
    this.#sink = sink
    this.#table = table
  }

  putSorted(table: string, key: Uint8Array, value: Uint8Array | null): void {
    if (table === this.#table) this.change += value === null ? -1 : 1
    this.#sink.putSorted(table, key, value)
  }

  putSortedPart(...args: Parameters<ChangeSink['putSortedPart']>): void {
    if (args[0] === this.#table) this.change++
    this.#sink.putSortedPart(...args)
  }

  putSortedRows(table: string, rows: PackedRows): void {
    invariant(table !== this.#table, 'what an operator holds goes to the sink row by row')
    this.#sink.putSortedRows(table, rows)
  }

  release(...args: Parameters<ChangeSink['release']>): void {
    this.#sink.release(...args)
  }
}
