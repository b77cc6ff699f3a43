// Rows that wait for the next flush, in a sorter that is made when the first one comes.
//
// Promises: rows come back in byte order of the key, each once; memory is bounded by the sorter's.

import type { RowSorter } from './environment.ts'
import type { Row, Rows } from './rows.ts'

export class PendingRows {
  readonly #newSorter: () => RowSorter
  #sorter: RowSorter | null = null

  constructor(newSorter: () => RowSorter) {
    this.#newSorter = newSorter
  }

  get isEmpty(): boolean {
    return this.#sorter === null
  }

  add(key: Uint8Array, value: Uint8Array): void {
    this.#sorter ??= this.#newSorter()
    this.#sorter.add(key, value)
  }

  addAll(rows: Rows): void {
    for (const [key, value] of rows) this.add(key, value)
  }

  /** Gives all rows back and forgets them. The bytes of a row are valid until the next one is read. */
  *take(): Generator<Row> {
    const sorter = this.#sorter
    this.#sorter = null
    if (sorter === null) return
    try {
      yield* sorter.sorted()
    } finally {
      sorter.dispose()
    }
  }
}
