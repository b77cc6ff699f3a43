// Flushes sessions that are all in memory, where the state holds none: each is whole, so nothing is merged or looked
// up.
//
// Promises: the rows that the general flush (`session.ts`) writes. Rows are packed in the order in which sessions began
// to be, so that memory is read in the order in which it was written, and sorted then.

import { presented } from '../../aggregations/custom/custom-aggregator.ts'
import type { OwnKernel } from '../../kernel/kernel-over.ts'
import { Regions } from '../../kernel/regions.ts'
import type { RowsInParts } from '../../spill/rows-in-parts.ts'
import type { ChangeSink } from '../../state/environment.ts'
import type { PackedRows } from '../../state/packed-rows.ts'
import type { RowTableSink } from '../../tables/row-table-sink.ts'
import { ByteWriter } from '../../values/bytes.ts'
import { TUPLE } from '../../values/identity.ts'
import { sortByTime, timeKeys } from '../../values/time-order.ts'
import type { CheckSize } from '../aggregate/group-size.ts'
import { cellPart, joined, literalPart, type RowPart } from '../aggregate/row-part.ts'
import type { RowValue } from '../aggregate/row-value.ts'
import { NO_BYTES, SortedKeys } from '../aggregate/sorted-keys.ts'
import { keyPart, stateKeyPart, stateValuePart } from './session-parts.ts'
import type { SessionTable } from './session-table.ts'

export interface FreshSessionsOptions {
  readonly sessions: SessionTable
  readonly gapMs: number
  readonly rows: RowTableSink
  /** The value of a slot's row where no lambda is between. */
  readonly value: RowValue
  /** The states of its columns. */
  readonly state: RowPart
  /** The value of a slot's row. */
  readonly present: (slot: number) => unknown
  readonly checkSize: CheckSize
  readonly kernel: () => OwnKernel
}

/** Rows of the tables of the state, and of views. */
interface PartsOfSessions {
  readonly state: RowsInParts
  readonly index: RowsInParts
  readonly views: RowsInParts
}

/** Rows that are packed at once to be emitted: few enough for their bytes to stay near. */
const AT_ONCE = 4096

/** Tables of the state. */
interface SessionTables {
  readonly state: string
  readonly index: string
}

export class FreshSessions {
  readonly #o: FreshSessionsOptions
  readonly #w = new ByteWriter(256)
  readonly #regions: Regions
  readonly #slots: Uint32Array
  /** By slot. */
  readonly #ends: Float64Array

  constructor(options: FreshSessionsOptions) {
    this.#o = options
    const { sessions, gapMs } = options
    this.#slots = sessions.allSlots()
    this.#regions = new Regions(sessions.kernel.memory)
    this.#ends = this.#regions.floats((this.#slots.at(-1) ?? 0) + 1)
    for (const slot of this.#slots) this.#ends[slot] = sessions.lastOf(slot) + gapMs
  }

  /** Writes state and index of the sessions that stay open at the watermark, and gives all rows to the table sink. */
  flush(now: number, sink: ChangeSink, tables: SessionTables): void {
    const slots = this.#slots
    this.#giveOpen(now, (part, rows) => sink.putSortedRows(tables[part], rows))
    const { rows } = this.#o
    if (rows.onlyStoresOrEmits) {
      this.#storeRows(packed => rows.storeAllNew(packed))
      if (rows.emits) this.#emitClosed(now)
    } else this.#giveRows(this.#inOrder(slots), now)
    this.#regions.giveAllBack()
  }

  /** The same where these are the sessions of some keys, and rows are only stored: to be written when all are known. */
  putAside(now: number, parts: PartsOfSessions): void {
    this.#giveOpen(now, (part, rows) => parts[part].add(rows))
    this.#storeRows(rows => parts.views.add(rows()))
    this.#regions.giveAllBack()
  }

  /** Gives the rows that sessions which stay open have in the tables of the state, if there are any. */
  #giveOpen(now: number, take: (table: keyof SessionTables, rows: PackedRows) => void): void {
    const { state, sessions } = this.#o
    if (state.pack === null && sessions.mayGrow) this.#checkSizes(this.#slots)
    const open = this.#slots.filter(slot => (this.#ends[slot] as number) >= now)
    if (open.length === 0) return
    const give = (table: keyof SessionTables, rows: SortedKeys): void => {
      take(table, rows.packed('first'))
      rows.dispose()
    }
    give('state', this.#sorted(open, stateKeyPart(sessions), stateValuePart(sessions, state)))
    give('index', this.#sorted(open, this.#indexKey, NO_BYTES))
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

  get #key(): RowPart {
    return keyPart(this.#o.sessions)
  }

  /** End, first time and key. */
  get #indexKey(): RowPart {
    return joined(cellPart(this.#ends), cellPart(this.#o.sessions.firsts), this.#key)
  }

  get #viewKey(): RowPart {
    return joined(cellPart(this.#o.sessions.firsts), cellPart(this.#ends), this.#key)
  }

  #sorted(slots: Uint32Array, key: RowPart, value: RowPart | null = null): SortedKeys {
    const rows = this.#packed(slots, key, value)
    rows.sort()
    return rows
  }

  #packed(
    slots: Uint32Array,
    ...parts: readonly [key: RowPart, first: RowPart | null, second?: RowPart | null]
  ): SortedKeys {
    const rows = new SortedKeys(this.#o.kernel())
    rows.addAll(slots, this.#o.sessions.keyBytesOf(slots), ...parts)
    return rows
  }

  /** Counts the rows of views and gives them, in the order in which views are stored, whenever they are asked for. */
  #storeRows(give: (rows: () => PackedRows) => void): void {
    const { rows, value } = this.#o
    const slots = this.#slots
    if (slots.length === 0 || !rows.stores) return
    if (rows.moved === 0) {
      const keys = this.#sorted(slots, this.#viewKey, value.stored)
      rows.countNew(keys.hashes())
      give(() => keys.packed('first'))
      return keys.dispose()
    }
    // What is hashed begins with the window, what is stored with the key: the key is on both sides of the window.
    const keys = this.#packed(slots, this.#key, this.#viewKey, value.stored)
    rows.countNew(keys.hashesOfParts(rows.moved))
    keys.sort()
    give(() => keys.packed('second'))
    keys.dispose()
  }

  /** Emits what closes, where nothing but views and `closed` nodes take it. */
  #emitClosed(now: number): void {
    const { sessions, rows, value, present } = this.#o
    const closing = this.#slots.filter(slot => (this.#ends[slot] as number) < now)
    const { open, close } = TUPLE
    const window = [cellPart(sessions.firsts), cellPart(this.#ends)]
    const identity = joined(literalPart(open), this.#key, ...window, literalPart(close))
    for (let from = 0; from < closing.length; from += AT_ONCE) {
      const keys = this.#packed(closing.subarray(from, from + AT_ONCE), identity, value.bytes)
      keys.keepOrder()
      const hashes = keys.hashes()
      for (let number = 0; number < keys.count; number++) {
        const row = keys.rowOf(number)
        const slot = keys.slotOf(row)
        const end = this.#ends[slot] as number
        const bytes = keys.bytes.slice(keys.keyStart(row), keys.keyEnd(row))
        rows.emitClosed(sessions.keyOfSlot(slot), present(slot), end, bytes, hashes, 4 * number)
      }
      keys.dispose()
    }
  }

  /** Slots in the order of (first time, end, key). Most times differ, so few keys are ever compared. */
  #inOrder(slots: Uint32Array): Uint32Array {
    const { firsts } = this.#o.sessions
    const order = sortByTime(slots, timeKeys(firsts))
    const ends = timeKeys(this.#ends)
    for (const [from, to] of ties(order, firsts)) {
      const tied = order.subarray(from, to)
      tied.set(sortByTime(tied.slice(), ends))
      for (const [first, last] of ties(tied, this.#ends)) this.#sortByKey(tied.subarray(first, last))
    }
    return order
  }

  #sortByKey(slots: Uint32Array): void {
    const keys = this.#sorted(slots, this.#key)
    for (let rank = 0; rank < slots.length; rank++) slots[rank] = keys.slotAt(rank)
    keys.dispose()
  }

  #giveRows(order: Uint32Array, now: number): void {
    const { rows, value, present } = this.#o
    const w = this.#w
    const viewKey = this.#viewKey
    for (const slot of order) {
      const closes = (this.#ends[slot] as number) < now
      w.reset()
      viewKey.write(w, slot)
      const keyEnd = w.length
      if (rows.allPlain) {
        value.stored.write(w, slot)
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
