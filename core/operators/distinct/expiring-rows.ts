// Rows that the state keeps for a stretch of time, with an index by time that finds the expired ones.
//
// Promises: the index has one entry for each row; a flush costs what has changed and what expires, not what is held.
// Keys must come in their order.

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
  /** Keys of the expired rows, in order. */
  #past: RowCursor = new RowCursor([])

  constructor(options: ExpiringOptions) {
    this.#o = options
    this.#indexed = new PendingRows(options.env.newSorter)
  }

  /** Begins a flush: removes from the index everything whose time is past. */
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

  /** Deletes the expired rows before a key; an expired row of this key is the caller's to delete. */
  forgetBefore(key: Uint8Array, sink: ChangeSink): void {
    for (; this.#past.key !== undefined && compareBytes(this.#past.key, key) < 0; this.#past.advance()) {
      sink.putSorted(this.#o.rows, this.#past.key, null)
    }
    if (this.#past.isAt(key)) this.#past.advance()
  }

  /** Adds a row to the index by its time, in canonical bytes. */
  enter(time: Uint8Array, key: Uint8Array): void {
    this.#indexed.add(concatBytes([time, key]), PUT)
  }

  /** Removes a row that is not past. */
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
