// The operator of an aggregation over frames or the global window: partial states, flushed rows, closed windows.
//
// Promises: after `flush` the changes given to the sink make state, views and digests those of all elements so far;
// each closed window is emitted exactly once, in the flush in which it closes, and its state is deleted then, since no
// element can reach a closed window any more (semantics.md 2.4 and 4.4). Rows go to the sink in ascending order of the
// key.
// Not here: groups in memory (`group-table.ts`), and views and `closed` nodes on this table (`group-table-sink.ts`).

import type { OwnKernel } from '../../kernel/kernel-over.ts'
import { Regions } from '../../kernel/regions.ts'
import type { PlanNodeOf } from '../../plan/plan.ts'
import type { KeyRange, RunsHandle } from '../../spill/spilled-runs.ts'
import type { ChangeSink, Environment } from '../../state/environment.ts'
import { TABLE } from '../../state/row-codec.ts'
import { leastKey, RowCursor } from '../../state/row-cursor.ts'
import { hasRows, type Row, type Rows } from '../../state/rows.ts'
import type { Frames } from '../../time/frames.ts'
import { ByteReader, ByteWriter, compareBytes } from '../../values/bytes.ts'
import { canonicalBytes } from '../../values/canonical.ts'
import type { Flush, Operator } from '../operator.ts'
import { changedSlots } from './changed-slots.ts'
import { type CheckSize, FEW_GROUPS, isFull } from './group-size.ts'
import { type GroupTable, SCRATCH } from './group-table.ts'
import type { GroupTableSink } from './group-table-sink.ts'
import { StoredOnce } from './once/stored-once.ts'
import { type RowPart, statePart } from './row-part.ts'
import { NO_BYTES, SortedKeys } from './sorted-keys.ts'
import { SpilledGroups } from './spilled/spilled-groups.ts'

const NONE: Rows = []
/** Keys of all groups. */
const ALL = Object.freeze({ from: undefined, to: undefined })
const NO_HASHES = new Uint32Array(0)

interface AggregatesOptions {
  readonly node: PlanNodeOf<'aggregate'>
  /** Where windows are; null for the global one. */
  readonly frames: Frames | null
  readonly groups: GroupTable
  readonly rows: GroupTableSink
  readonly env: Environment
  readonly checkSize: CheckSize
  readonly kernel: () => OwnKernel
}

/** Packed rows in order. Those with numbers from `closedFrom` to `closedEnd` close: their second part is hashed. */
interface PackedRowsOfFlush {
  readonly keys: SortedKeys
  readonly closedFrom: number
  readonly closedEnd: number
}

export class AggregateOperator implements Operator {
  readonly partials: string
  readonly #groups: GroupTable
  readonly #rows: GroupTableSink
  readonly #env: Environment
  readonly #kernel: () => OwnKernel
  readonly #checkSize: CheckSize
  /** Where windows are; null for the global one. */
  readonly #frames: Frames | null
  readonly #w = new ByteWriter(256)
  readonly #regions: Regions
  readonly #key: RowPart
  readonly #state: RowPart
  readonly #spilled: SpilledGroups
  readonly #once: StoredOnce
  #flushed = false
  /** Whether a group that is not in memory can be in the state; if not, none is looked up. */
  #hidden: boolean

  constructor({ node, frames, groups, rows, env, checkSize, kernel }: AggregatesOptions) {
    this.#kernel = kernel
    this.#checkSize = checkSize
    this.partials = TABLE.state(node.id)
    this.#groups = groups
    this.#rows = rows
    this.#env = env
    this.#frames = frames
    this.#hidden = env.state !== null && hasRows(env.state.range(this.partials))
    this.#regions = new Regions(groups.kernel.memory)
    this.#key = groups.rowKey
    const limit = env.rowBytes ?? Number.POSITIVE_INFINITY
    this.#state = statePart(groups.columns, limit, (w, slot) => this.#writeState(w, slot))
    const parts = { key: this.#key, state: this.#state }
    this.#spilled = new SpilledGroups({ groups, env, kernel, ...parts, checkSize })
    const where = { table: this.partials, spilled: this.#spilled, env }
    this.#once = new StoredOnce({ groups, rows, frames, kernel, ...parts, ...where })
  }

  flush({ now, keepNow, sink }: Flush): void {
    this.#rows.begin(sink, keepNow)
    this.#flushed = true
    this.#flushGroups(now, sink)
    this.#rows.finish()
  }

  #flushGroups(now: number, sink: ChangeSink): void {
    if (!this.#spilled.isEmpty && !this.#spilled.bringBack()) this.#flushSpilled(now, sink)
    else if (this.#isWhole) this.#once.flush(now, sink)
    else {
      this.#flushTable(now, sink, ALL)
      if (this.#env.flushesOnce === true) return
      this.#groups.markClean()
      for (const start of this.#closingStarts(now)) this.#groups.dropWindow(start)
    }
  }

  /**
   * Flushes the groups in the table and the closing rows of the state with the keys of a range, of which all groups are
   * in the table.
   */
  #flushTable(now: number, sink: ChangeSink, range: Omit<KeyRange, 'rows'>): void {
    const packed = this.#packed(now)
    const { keys } = packed
    const stored = new RowCursor(this.#closingRows(now, range))
    // A range is not all of a table, so its rows are not given as such.
    if (range === ALL && stored.key === undefined && this.#rows.onlyStores && keys.allPacked) {
      this.#flushPackedRows(keys, sink)
    } else {
      if (range === ALL) this.#rows.beginPacked(keys)
      this.#flushEach(packed, stored, now, sink)
      this.#rows.endPacked()
    }
    keys.dispose()
    this.#regions.giveAllBack()
  }

  /** The same where groups have been put aside: range by range. */
  #flushSpilled(now: number, sink: ChangeSink): void {
    this.#spilled.spill()
    if (this.#rows.storesOnce) return this.#once.flushSpilled(now, sink)
    for (const range of this.#spilled.ranges()) this.#flushTable(now, sink, range)
    this.#spilled.dispose()
    this.#hidden = this.#env.state !== null
  }

  /** Whether all rows can be packed while they are written. */
  get #isWhole(): boolean {
    const value = this.#rows.packedValue
    return this.#rows.storesOnce && this.#state.pack !== null && (value === null || value.pack !== null)
  }

  /** All rows at once, none of which has another part anywhere. */
  #flushPackedRows(keys: SortedKeys, sink: ChangeSink): void {
    if (keys.count === 0) return
    this.#rows.changeAll(keys)
    const kept = new Uint8Array(keys.count)
    let count = 0
    for (let number = 0; number < keys.count; number++) {
      const row = keys.rowOf(number)
      if (keys.secondEnd(row) === keys.firstEnd(row)) continue // its window closes
      kept[number] = 1
      count++
      this.#groups.markBased(keys.slotOf(row))
    }
    if (count > 0) sink.putSortedRows(this.partials, keys.packed('second', { only: count < keys.count ? kept : null }))
  }

  #flushEach(packed: PackedRowsOfFlush, stored: RowCursor, now: number, sink: ChangeSink): void {
    const { keys, closedFrom, closedEnd } = packed
    let rank = 0
    for (;;) {
      if (stored.key === undefined) {
        // Only rows in memory are left: most are written as they were packed.
        const hashes = rank < keys.count && this.#rows.packedValue !== null ? keys.hashes() : NO_HASHES
        const closing = rank < keys.count ? keys.hashesOfSecond(closedFrom, closedEnd) : NO_HASHES
        for (; rank < keys.count; rank++) {
          const number = keys.numberOf(keys.rowAt(rank))
          if (number >= closedFrom && number < closedEnd) {
            this.#closePacked(keys, rank, hashes, closing, 4 * (number - closedFrom))
          } else if (!this.#flushPacked(keys, rank, hashes, sink))
            this.#flushRow(keys.keyAt(rank), keys.slotAt(rank), stored, now, sink)
        }
        break
      }
      const inMemory = rank < keys.count ? keys.keyAt(rank) : undefined
      const least = leastKey(inMemory, stored.key)
      if (least === undefined) break
      const own = least === inMemory
      const key = own ? least : least.slice() // a cursor's bytes may change when it advances
      this.#flushRow(key, own ? keys.slotAt(rank) : SCRATCH, stored, now, sink)
      if (own) rank++
    }
  }

  /** Forgets all groups where there are too many in memory; after a flush, when none has changed. */
  forget(): void {
    if (this.isFull) this.#clear()
  }

  /** Puts all groups aside where there are too many in memory; after the first flush they are forgotten instead. */
  spill(bytes = Number.POSITIVE_INFINITY): void {
    if ((this.isFull || this.bytes > bytes) && !this.#flushed) this.#spilled.spill()
  }

  get bytes(): number {
    return this.#groups.bytes
  }

  takeRuns(): RunsHandle | null {
    if (this.#spilled.isEmpty && this.#groups.size < FEW_GROUPS) return null
    this.#spilled.spill()
    return this.#spilled.handOver()
  }

  addRuns(runs: RunsHandle): void {
    this.#spilled.takeOver(runs)
  }

  /** Everything since the last flush as partial rows; the bytes of each are valid until the next one is read. */
  *takePartials(): Generator<Row> {
    if (!this.#spilled.isEmpty) {
      this.#spilled.spill()
      for (const _ of this.#spilled.ranges()) yield* this.#partialRows()
      this.#spilled.dispose()
    }
    yield* this.#partialRows()
    this.#clear()
  }

  /** Takes in partial rows of another executor. */
  addPartials(rows: Rows): void {
    for (const [key, value] of rows) {
      this.#merge(this.#groups.slotOfRow(key), value)
      this.spill()
    }
  }

  get isFull(): boolean {
    return isFull(this.#env, this.#groups)
  }

  *#partialRows(): Generator<Row> {
    const key = new ByteWriter()
    const value = new ByteWriter(256)
    for (const slot of this.#groups.changedSlots) {
      key.reset()
      value.reset()
      this.#key.write(key, slot)
      this.#groups.writeState(value, slot)
      this.#checkSize(value.length, () => key.view())
      yield [key.view(), value.view()]
    }
  }

  #clear(): void {
    this.#groups.clear()
    this.#hidden = this.#env.state !== null
  }

  /** Flushes a group whose row is packed, and so holds its whole state; false where it is not packed. */
  #flushPacked(keys: SortedKeys, rank: number, hashes: Uint32Array, sink: ChangeSink): boolean {
    const row = keys.rowAt(rank)
    const keyEnd = keys.keyEnd(row)
    const stateEnd = keys.secondEnd(row)
    const valueEnd = keys.firstEnd(row)
    if (stateEnd === valueEnd) return false
    const slot = keys.slotOf(row)
    const keyStart = keys.keyStart(row)
    this.#rows.changePacked(keys.bytes, keyStart, keyEnd, valueEnd, slot, hashes, keys.hashAt(row))
    sink.putSortedPart(this.partials, keys.bytes, keyStart, keyEnd, valueEnd, stateEnd)
    this.#groups.markBased(slot)
    return true
  }

  /**
   * Emits a group that closes, of which there is nothing in the state; the hash of what is emitted is at `closing[at]`.
   */
  #closePacked(keys: SortedKeys, rank: number, hashes: Uint32Array, closing: Uint32Array, at: number): void {
    const row = keys.rowAt(rank)
    const slot = keys.slotOf(row)
    const [keyStart, keyEnd, valueEnd] = [keys.keyStart(row), keys.keyEnd(row), keys.firstEnd(row)]
    this.#rows.changePacked(keys.bytes, keyStart, keyEnd, valueEnd, slot, hashes, keys.hashAt(row))
    this.#rows.closePacked(slot, keys.bytes, valueEnd, keyEnd - keyStart, closing, at)
  }

  /** Flushes the group of one key, which has changed, or closes, or both. */
  #flushRow(key: Uint8Array, slot: number, stored: RowCursor, now: number, sink: ChangeSink): void {
    const groups = this.#groups
    if (slot === SCRATCH) groups.clearSlot(SCRATCH)
    const changed = slot !== SCRATCH && groups.isChanged(slot)
    const based = slot !== SCRATCH && groups.isBased(slot)
    const row = this.#rows.row(key, slot)
    const closing = row.end !== null && row.end <= now
    let existed = based
    if (stored.isAt(key)) {
      existed = true
      if (!based) this.#base(slot, stored.value)
      stored.advance()
    } else if (!based && !closing && this.#hidden) {
      const state = this.#env.state?.get(this.partials, key)
      existed = state !== undefined
      if (state !== undefined) this.#base(slot, state)
    }
    if (changed) this.#rows.change(row, slot)
    if (closing) {
      this.#rows.close(row, slot)
      if (existed) sink.putSorted(this.partials, key, null)
    } else {
      this.#w.reset()
      groups.writeState(this.#w, slot)
      this.#checkSize(this.#w.length, () => key)
      sink.putSorted(this.partials, key, this.#w.view())
      groups.markBased(slot)
    }
  }

  #keyOf(slot: number): Uint8Array {
    const w = new ByteWriter()
    this.#key.write(w, slot)
    return w.take()
  }

  /** Adds the group's committed state to the slot. */
  #base(slot: number, state: Uint8Array): void {
    this.#merge(slot, state)
    this.#rows.unknown(slot)
  }

  #merge(slot: number, state: Uint8Array): void {
    const r = new ByteReader(state)
    for (const column of this.#groups.columns) column.merge(slot, r)
  }

  /** The rows of the groups in memory that have changed or lie in closing windows. */
  #packed(now: number): PackedRowsOfFlush {
    const groups = this.#groups
    const keys = new SortedKeys(this.#kernel())
    const add = (slots: Uint32Array, first?: RowPart | null, second?: RowPart | null): void =>
      keys.addAll(slots, groups.keyBytesOf(slots), this.#key, first, second)
    const openFrom = this.#frames?.openFrom(now) ?? Number.NEGATIVE_INFINITY
    const { open, closing, others } = changedSlots(groups, openFrom, this.#hidden)
    const value = this.#rows.packedValue
    add(open, value ?? NO_BYTES, this.#state)
    const closed = closing.length === 0 ? null : this.#rows.closedPart(this.#endsOf(closing))
    const closedFrom = keys.count
    if (closed !== null || this.#rows.onlyStores) add(closing, value ?? NO_BYTES, closed)
    else add(closing)
    const closedEnd = closed === null ? closedFrom : keys.count
    add(others)
    for (const start of this.#closingStarts(now)) {
      add(Uint32Array.from(groups.slotsOf(start)).filter(slot => !groups.isChanged(slot)))
    }
    keys.sort()
    return { keys, closedFrom, closedEnd }
  }

  /** By slot: the ends of their windows. */
  #endsOf(slots: Uint32Array): Float64Array {
    let most = 0
    for (const slot of slots) most = Math.max(most, slot)
    const ends = this.#regions.floats(most + 1)
    let [start, end] = [Number.NaN, Number.NaN]
    for (const slot of slots) {
      const from = this.#groups.startOf(slot)
      if (from !== start) {
        start = from
        end = (this.#frames as Frames).endOf(from)
      }
      ends[slot] = end
    }
    return ends
  }

  #writeState(w: ByteWriter, slot: number): void {
    const from = w.length
    this.#groups.writeState(w, slot)
    this.#checkSize(w.length - from, () => this.#keyOf(slot))
  }

  #closingStarts(now: number): number[] {
    const openFrom = this.#frames?.openFrom(now)
    return openFrom === undefined ? [] : this.#groups.windowStarts().filter(start => start < openFrom)
  }

  /** Rows of the state whose windows close now, with the keys of a range. */
  #closingRows(now: number, { from, to }: Omit<KeyRange, 'rows'>): Rows {
    const { state } = this.#env
    if (state === null || this.#frames === null || now === Number.NEGATIVE_INFINITY) return NONE
    const openFrom = this.#frames.openFrom(now)
    const bound = openFrom === Number.POSITIVE_INFINITY ? undefined : canonicalBytes(openFrom)
    const end = to === undefined ? bound : leastKey(bound, to)
    return from !== undefined && end !== undefined && compareBytes(from, end) >= 0
      ? NONE
      : state.range(this.partials, from, end)
  }
}
