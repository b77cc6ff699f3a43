// Flushes sessions that are all in memory, where the state holds none: each is whole, so nothing is merged or looked
// up.
//
// Promises: the rows that the general flush (`session.ts`) writes, in the same order. Only what stays open is sorted by
// the bytes of its keys: views are in the order of time first, in which sessions about come, so that memory is read in
// the order in which it was written.

import { presented } from '../../aggregations/custom/custom-aggregator.ts'
import type { OwnKernel } from '../../kernel/kernel-over.ts'
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
  readonly kernel: () => OwnKernel
}

/** Tables of the state. */
interface SessionTables {
  readonly state: string
  readonly index: string
}

const nothing = (): void => {}

export class FreshSessions {
  readonly #o: FreshSessionsOptions
  readonly #w = new ByteWriter(256)
  readonly #slots: Uint32Array
  /** By slot. */
  readonly #firsts: Float64Array
  readonly #ends: Float64Array

  constructor(options: FreshSessionsOptions) {
    this.#o = options
    const { sessions, gapMs } = options
    this.#slots = sessions.allSlots()
    const capacity = (this.#slots.at(-1) ?? 0) + 1
    this.#firsts = new Float64Array(capacity)
    this.#ends = new Float64Array(capacity)
    for (const slot of this.#slots) {
      this.#firsts[slot] = sessions.firstOf(slot)
      this.#ends[slot] = sessions.lastOf(slot) + gapMs
    }
  }

  /** Writes state and index of the sessions that stay open at the watermark, and gives all rows to the table sink. */
  flush(now: number, sink: ChangeSink, tables: SessionTables): void {
    const slots = this.#slots
    if (this.#o.sessions.mayGrow) this.#checkSizes(slots)
    const open = slots.filter(slot => (this.#ends[slot] as number) >= now)
    this.#writeState(open, sink, tables.state)
    this.#writeIndex(open, sink, tables.index)
    if (this.#o.rows.onlyStores) this.#storeRows(slots)
    else this.#giveRows(this.#inViewOrder(slots), now)
  }

  #checkSizes(slots: Uint32Array): void {
    const { sessions, checkSize } = this.#o
    const w = this.#w
    for (const slot of slots) {
      w.reset()
      sessions.writeState(w, slot)
      checkSize(w.length, () => this.#keyBytes(slot))
    }
  }

  #keyBytes(slot: number): Uint8Array {
    const w = new ByteWriter()
    this.#o.sessions.writeKeyOfSlot(w, slot)
    return w.take()
  }

  #writeStateKey(w: ByteWriter, slot: number): void {
    this.#o.sessions.writeKeyOfSlot(w, slot)
    encodeValue(w, this.#firsts[slot])
  }

  /** In the order of (key, first time). */
  #writeState(open: Uint32Array, sink: ChangeSink, table: string): void {
    const { sessions } = this.#o
    const rows = new SortedKeys(this.#o.kernel())
    const key = (w: ByteWriter, slot: number): void => this.#writeStateKey(w, slot)
    const state = (w: ByteWriter, slot: number): void => {
      encodeValue(w, sessions.lastOf(slot))
      sessions.writeState(w, slot)
    }
    for (const slot of open) rows.add(slot, key, state)
    rows.sort()
    if (rows.count > 0) sink.putSortedRows(table, rows.packed('first'))
    rows.dispose()
  }

  /** In the order of (end, first time, key). */
  #writeIndex(open: Uint32Array, sink: ChangeSink, table: string): void {
    const rows = new SortedKeys(this.#o.kernel())
    const key = (w: ByteWriter, slot: number): void => {
      encodeValue(w, this.#ends[slot])
      encodeValue(w, this.#firsts[slot])
      this.#o.sessions.writeKeyOfSlot(w, slot)
    }
    for (const slot of open) rows.add(slot, key, nothing)
    rows.sort()
    if (rows.count > 0) sink.putSortedRows(table, rows.packed('first'))
    rows.dispose()
  }

  /** All rows at once, sorted by their bytes. */
  #storeRows(slots: Uint32Array): void {
    const { rows, writeValue } = this.#o
    if (slots.length === 0) return
    const keys = new SortedKeys(this.#o.kernel())
    const key = (w: ByteWriter, slot: number): void => this.#writeViewKey(w, slot)
    const value = (w: ByteWriter, slot: number): void => {
      w.byte(VIEW_VALUE)
      writeValue(w, slot)
    }
    for (const slot of slots) keys.add(slot, key, value)
    keys.sort()
    rows.storeAllNew(keys.hashes(), () => keys.packed('first'))
    keys.dispose()
  }

  #writeViewKey(w: ByteWriter, slot: number): void {
    encodeValue(w, this.#firsts[slot])
    encodeValue(w, this.#ends[slot])
    this.#o.sessions.writeKeyOfSlot(w, slot)
  }

  /** Slots in the order of (first time, end, key). Most times differ, so few keys are ever compared. */
  #inViewOrder(slots: Uint32Array): Uint32Array {
    const order = sortByTime(slots, timeKeys(this.#firsts))
    const ends = timeKeys(this.#ends)
    for (const [from, to] of ties(order, this.#firsts)) {
      const tied = order.subarray(from, to)
      tied.set(sortByTime(tied.slice(), ends))
      for (const [first, last] of ties(tied, this.#ends)) this.#sortByKey(tied.subarray(first, last))
    }
    return order
  }

  #sortByKey(slots: Uint32Array): void {
    const keys = new SortedKeys(this.#o.kernel())
    for (const slot of slots) keys.add(slot, w => this.#o.sessions.writeKeyOfSlot(w, slot))
    keys.sort()
    for (let rank = 0; rank < slots.length; rank++) slots[rank] = keys.slotAt(rank)
    keys.dispose()
  }

  #giveRows(order: Uint32Array, now: number): void {
    const { rows, writeValue, present } = this.#o
    const w = this.#w
    for (const slot of order) {
      const closes = (this.#ends[slot] as number) < now
      w.reset()
      this.#writeViewKey(w, slot)
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
}

/** Ranges of more than one slot that have the same time. */
function* ties(order: Uint32Array, times: Float64Array): Generator<readonly [from: number, to: number]> {
  let from = 0
  for (let i = 1; i <= order.length; i++) {
    if (i < order.length && times[order[i] as number] === times[order[from] as number]) continue
    if (i - from > 1) yield [from, i]
    from = i
  }
}
