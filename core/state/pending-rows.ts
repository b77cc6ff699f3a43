// Rows that wait for the next flush: in a sorter that is made when the first one comes, and in sequences that others
// have sorted.
//
// Promises: rows come back in byte order of the key, each once; memory is bounded by the sorter's. A sorted sequence is
// read when the rows are taken, not before.

import { compareBytes } from '../values/bytes.ts'
import type { RowSorter } from './environment.ts'
import { RowCursor } from './row-cursor.ts'
import { type Row, type RowReader, type Rows, rowsBy, rowsThen } from './rows.ts'

export class PendingRows {
  readonly #newSorter: () => RowSorter
  #sorter: RowSorter | null = null
  #sorted: Rows[] = []

  constructor(newSorter: () => RowSorter) {
    this.#newSorter = newSorter
  }

  get isEmpty(): boolean {
    return this.#sorter === null && this.#sorted.length === 0
  }

  add(key: Uint8Array, value: Uint8Array): void {
    this.#sorter ??= this.#newSorter()
    this.#sorter.add(key, value)
  }

  addAll(rows: Rows): void {
    for (const [key, value] of rows) this.add(key, value)
  }

  /** Adds rows that are in order. */
  addSorted(rows: Rows): void {
    this.#sorted.push(rows)
  }

  /** Gives all rows back and forgets them. The bytes of a row are valid until the next one is read. */
  take(): RowReader<Row> {
    const sorter = this.#sorter
    const sorted = this.#sorted
    this.#sorter = null
    this.#sorted = []
    const sequences = sorter === null ? sorted : [sorter.sorted(), ...sorted]
    return rowsThen(sequences.length > 1 ? merged(sequences) : (sequences[0] ?? []), () => sorter?.dispose())
  }
}

/** Rows of a few sorted sequences in order. */
function merged(sequences: readonly Rows[]): RowReader<Row> {
  let cursors: RowCursor[] | null = null
  let last: RowCursor | null = null
  return rowsBy(
    () => {
      cursors ??= sequences.map(rows => new RowCursor(rows)).filter(isNotAtEnd)
      if (last !== null) {
        last.advance()
        if (last.key === undefined) cursors = cursors.filter(isNotAtEnd)
      }
      last = leastOf(cursors)
      return last === null ? undefined : [last.key as Uint8Array, last.value]
    },
    () => {
      for (const cursor of cursors ?? []) cursor.stop()
    },
  )
}

const isNotAtEnd = ({ key }: RowCursor): boolean => key !== undefined

function leastOf(cursors: readonly RowCursor[]): RowCursor | null {
  let least = cursors[0] ?? null
  for (let i = 1; i < cursors.length; i++) {
    const other = cursors[i] as RowCursor
    if (compareBytes(other.key as Uint8Array, least?.key as Uint8Array) < 0) least = other
  }
  return least
}
