// Rows that are remembered for a stretch of time, and the index in the order of time by which those to forget are found.
//
// Promises: the index has one entry for each row; flushing costs what has come and what is forgotten, not what is held. Groups are flushed
// in the order of their keys, as they come.

import type { ChangeSink, Environment } from '../../state/environment.ts'
import { PendingRows } from '../../state/pending-rows.ts'
import { RowCursor } from '../../state/row-cursor.ts'
import { ByteReader, compareBytes, concatBytes } from '../../values/bytes.ts'
import { canonicalBytes, skipValue } from '../../values/canonical.ts'

interface ExpiringOptions {
  readonly rows: string
  readonly index: string
  readonly env: Environment
}

const NOTHING = canonicalBytes(null)
const PUT = Uint8Array.of(1)
const DELETE = Uint8Array.of(0)

export class ExpiringRows {
  readonly #o: ExpiringOptions
  /** Changes of the index in this flush. */
  readonly #indexed: PendingRows
  /** Keys of the rows that are past, in order. */
  #past: RowCursor = new RowCursor([])

  constructor(options: ExpiringOptions) {
    this.#o = options
    this.#indexed = new PendingRows(options.env.newSorter)
  }

  /** Begins a flush: takes everything out of the index whose time is past. */
  begin(isPast: (time: Uint8Array) => boolean): void {
    const { env, index } = this.#o
    const past = new PendingRows(env.newSorter)
    for (const [row] of env.state?.range(index) ?? []) {
      const reader = new ByteReader(row)
      skipValue(reader)
      if (!isPast(row.subarray(0, reader.position))) break
      past.add(row.subarray(reader.position), NOTHING)
      this.#indexed.add(row, DELETE)
    }
    this.#past = new RowCursor(past.take())
  }

  /** Forgets the past rows that lie before a key; a past row of this key is left to the caller. */
  forgetBefore(key: Uint8Array, sink: ChangeSink): void {
    for (; this.#past.key !== undefined && compareBytes(this.#past.key, key) < 0; this.#past.advance()) {
      sink.putSorted(this.#o.rows, this.#past.key, null)
    }
    if (this.#past.isAt(key)) this.#past.advance()
  }

  /** Enters a row into the index by its time, in canonical bytes. */
  enter(time: Uint8Array, key: Uint8Array): void {
    this.#indexed.add(concatBytes([time, key]), PUT)
  }

  /** Takes out a row that is not past. */
  leave(time: Uint8Array, key: Uint8Array): void {
    this.#indexed.add(concatBytes([time, key]), DELETE)
  }

  /** Ends the flush. */
  finish(sink: ChangeSink): void {
    const { rows, index } = this.#o
    for (; this.#past.key !== undefined; this.#past.advance()) sink.putSorted(rows, this.#past.key, null)
    for (const [row, change] of this.#indexed.take()) {
      sink.putSorted(index, row, change[0] === PUT[0] ? NOTHING : null)
    }
  }
}
