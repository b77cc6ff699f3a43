// Flushes sessions that are all in memory, where the state holds none: each is whole, so nothing is merged or looked
// up.
//
// Promises: the rows that the general flush (`session.ts`) writes, in the same order. Only keys are sorted by their
// bytes; the order of views and of the index follows from times and the rank of the key.

import { presented } from '../../aggregations/custom/custom-aggregator.ts'
import type { ChangeSink } from '../../state/environment.ts'
import { VIEW_VALUE } from '../../state/row-codec.ts'
import type { RowTableSink } from '../../tables/row-table-sink.ts'
import { ByteWriter } from '../../values/bytes.ts'
import { encodeValue } from '../../values/canonical.ts'
import { sortByTime, timeKeys } from '../../values/time-order.ts'
import type { CheckSize } from '../aggregate/group-size.ts'
import type { RowValueWriter } from '../aggregate/row-value.ts'
import { SortedKeys } from '../aggregate/sorted-keys.ts'
import type { SessionTable } from './session-table.ts'

export interface FreshSessionsOptions {
  readonly sessions: SessionTable
  readonly gapMs: number
  readonly rows: RowTableSink
  readonly writeValue: RowValueWriter
  /** The value of a slot's row. */
  readonly present: (slot: number) => unknown
  readonly checkSize: CheckSize
}

/** Tables of the state. */
interface SessionTables {
  readonly state: string
  readonly index: string
}

export class FreshSessions {
  readonly #o: FreshSessionsOptions
  readonly #keys = new SortedKeys()
  /** By number of a session, in the order of keys, then of time: its slot, the row of its key in `#keys`. */
  readonly #slots: Uint32Array
  readonly #keyRows: Uint32Array
  readonly #firsts: Float64Array
  readonly #ends: Float64Array
  readonly #w = new ByteWriter(256)

  constructor(options: FreshSessionsOptions) {
    this.#o = options
    const { sessions, gapMs } = options
    const keys = this.#keys
    for (let number = 0; number < sessions.keyCount; number++) {
      keys.add(number, w => encodeValue(w, sessions.keyOf(number)))
    }
    keys.sort()
    const count = sessions.size
    this.#slots = new Uint32Array(count)
    this.#keyRows = new Uint32Array(count)
    this.#firsts = new Float64Array(count)
    this.#ends = new Float64Array(count)
    let at = 0
    for (let rank = 0; rank < keys.count; rank++) {
      const row = keys.rowAt(rank)
      for (const slot of sessions.slotsOf(keys.slotOf(row))) {
        this.#slots[at] = slot
        this.#keyRows[at] = row
        this.#firsts[at] = sessions.firstOf(slot)
        this.#ends[at++] = sessions.lastOf(slot) + gapMs
      }
    }
  }

  /** Writes state and index of the sessions that stay open at the watermark, and gives all rows to the table sink. */
  flush(now: number, sink: ChangeSink, tables: SessionTables): void {
    const open = this.#writeState(now, sink, tables.state)
    const [firsts, ends] = [timeKeys(this.#firsts), timeKeys(this.#ends)]
    this.#writeIndex(sortByTime(sortByTime(open, firsts), ends), sink, tables.index)
    const all = Uint32Array.from(this.#slots, (_, i) => i)
    this.#giveRows(sortByTime(sortByTime(all, ends), firsts), now)
  }

  /** Returns the numbers of the sessions that stay open. */
  #writeState(now: number, sink: ChangeSink, table: string): Uint32Array {
    const { sessions, checkSize } = this.#o
    const w = this.#w
    const open = new Uint32Array(this.#slots.length)
    let count = 0
    for (let i = 0; i < open.length; i++) {
      const slot = this.#slots[i] as number
      w.reset()
      this.#key(i)
      const keyLength = w.length
      encodeValue(w, this.#firsts[i])
      const rowKeyEnd = w.length
      encodeValue(w, sessions.lastOf(slot))
      const stateStart = w.length
      sessions.writeState(w, slot)
      checkSize(w.length - stateStart, () => w.view().slice(0, keyLength))
      if ((this.#ends[i] as number) < now) continue
      open[count++] = i
      sink.putSortedPart(table, w.view(), 0, rowKeyEnd, rowKeyEnd, w.length)
    }
    return open.subarray(0, count)
  }

  #writeIndex(order: Uint32Array, sink: ChangeSink, table: string): void {
    const w = this.#w
    for (const i of order) {
      w.reset()
      encodeValue(w, this.#ends[i])
      encodeValue(w, this.#firsts[i])
      this.#key(i)
      sink.putSortedPart(table, w.view(), 0, w.length, w.length, w.length)
    }
  }

  #giveRows(order: Uint32Array, now: number): void {
    const { rows, writeValue, present } = this.#o
    const w = this.#w
    for (const i of order) {
      const slot = this.#slots[i] as number
      const closes = (this.#ends[i] as number) < now
      w.reset()
      encodeValue(w, this.#firsts[i])
      encodeValue(w, this.#ends[i])
      this.#key(i)
      const keyEnd = w.length
      if (rows.allPlain) {
        w.byte(VIEW_VALUE)
        writeValue(w, slot)
        rows.flushNew(w.view(), keyEnd, closes)
      } else {
        const outcome = presented(() => present(slot))
        rows.put(w.view(), outcome, { changed: true, closes, isNew: true })
      }
    }
  }

  /** Appends the bytes of a session's key. */
  #key(i: number): void {
    const row = this.#keyRows[i] as number
    this.#w.part(this.#keys.bytes, this.#keys.keyStart(row), this.#keys.keyEnd(row))
  }
}
