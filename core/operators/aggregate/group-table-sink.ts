// The table sink of rows that have slots: those of an aggregation's groups.
//
// Promises: those of table-sink.ts. A row whose group has not been read from the state costs no lookup; an unchanged
// row costs no write. The operator says which rows have changed or close, in the order of their keys.

import { presented } from '../../aggregations/custom/custom-aggregator.ts'
import type { ChangeSink } from '../../state/environment.ts'
import { type TableConsumer, takesChanges, type ViewConsumer } from '../../tables/consumers.ts'
import type { RowOutcome } from '../../tables/table-chain.ts'
import { TableSink, type TableSinkOptions } from '../../tables/table-sink.ts'
import type { Frames } from '../../time/frames.ts'
import { ByteReader, compareBytes } from '../../values/bytes.ts'
import { canonicalBytes, decodeValue, NUMBER_BYTES } from '../../values/canonical.ts'
import { TUPLE } from '../../values/identity.ts'
import { blake2sPart } from '../../values/multiset-digest.ts'
import { type GroupTable, SCRATCH, ViewTrack } from './group-table.ts'
import { cellPart, joined, literalPart, type RowPart } from './row-part.ts'
import type { RowValue } from './row-value.ts'
import type { ShownState } from './shown-state.ts'
import type { SortedKeys } from './sorted-keys.ts'

/** A row that is being flushed. */
interface FlushedRow {
  /** Bytes of the row key: the window start where windowed, then the key. */
  readonly rowKey: Uint8Array
  readonly start: number
  /** Null for the global window. */
  readonly end: number | null
}

/** Packed rows, and by view a 1 for each that it takes. */
interface MarkedRows {
  readonly keys: SortedKeys
  readonly marks: Map<ViewConsumer, Uint8Array>
}

interface GroupTableSinkOptions extends TableSinkOptions {
  readonly groups: GroupTable
  readonly value: RowValue
  readonly present: (slot: number) => unknown
  /** Where views share the rows of the state. */
  readonly shown: ShownState | null
  /** Where windows are; null for the global one. */
  readonly frames: Frames | null
}

/** In place of the end of a value: there is none. */
const ABSENT = -1
/** In place of the number of a row that is not packed. */
const UNPACKED = -1

export class GroupTableSink extends TableSink<GroupTableSinkOptions> {
  readonly #hash = new Uint32Array(4)
  /** Outcome of each consumer's chain for the present row, where it has run. */
  #outcomes: (RowOutcome | undefined)[] = []

  /** Rows of views that move them are marked here, by their number among these keys. */
  #marked: MarkedRows | null = null

  /** Begins a flush: drops the rows that `keep` no longer keeps. */
  override begin(sink: ChangeSink, keepNow: number): void {
    super.begin(sink, keepNow)
    for (const consumer of this.options.consumers) for (const view of consumer.views) this.#dropOld(consumer, view)
  }

  /** The row of a key; its outcomes are computed on demand. */
  row(rowKey: Uint8Array, slot: number): FlushedRow {
    const { frames } = this.options
    this.#outcomes = []
    if (frames === null) return { rowKey, start: 0, end: null }
    const start = slot === SCRATCH ? (decodeValue(new ByteReader(rowKey)) as number) : this.options.groups.startOf(slot)
    return { rowKey, start, end: frames.endOf(start) }
  }

  /** A slot's group was found in the state, so views may hold a row of it. */
  unknown(slot: number): void {
    for (const track of this.options.groups.views) track.setUnknown(slot)
  }

  /** Brings all views up to date with a changed row. */
  change(row: FlushedRow, slot: number): void {
    for (const [index, consumer] of this.options.consumers.entries()) {
      if (takesChanges(consumer)) this.#changeFor(index, consumer, row, slot)
    }
  }

  #changeFor(index: number, consumer: TableConsumer, row: FlushedRow, slot: number): void {
    const { rowKey } = row
    const dropped = this.isDropped(consumer, row.end)
    if (dropped && consumer.joins.length === 0) return
    const stored = this.#storedValue(index, consumer, row, slot)
    for (const take of consumer.joins) take(rowKey, stored?.subarray(rowKey.length) ?? null)
    if (dropped) return
    const hash = this.#hash
    if (stored !== null && consumer.views.length > 0) blake2sPart(stored, 0, stored.length, hash)
    for (const view of consumer.views)
      this.#put(view, slot, stored ?? rowKey, 0, rowKey.length, stored?.length ?? ABSENT, hash, 0)
  }

  /** What views store whose rows are the aggregate's own values, so that it is packed before rows are sorted. */
  get packedValue(): RowPart | null {
    const packs = this.options.consumers.some(consumer => consumer.chain.plain && takesChanges(consumer))
    return packs ? this.options.value.stored : null
  }

  /**
   * For rows of which no view holds an older one: the tables of views that have rows of their own, and what takes the
   * hashes of all rows.
   */
  freshViews(): { readonly own: readonly string[]; readonly onHashes: (hashes: Uint32Array) => void } {
    const views = this.options.consumers.flatMap(consumer => consumer.views)
    return {
      own: views.filter(view => !view.shared).map(view => view.table),
      onHashes: hashes => {
        for (const { digest } of views) digest.addHashes(hashes)
      },
    }
  }

  /**
   * As `changePacked` for all rows at once, where they are only stored. Slots are visited in the order in which they
   * were added, about that of their numbers.
   */
  changeAll(keys: SortedKeys): void {
    const hashes = keys.hashes()
    for (const { views } of this.options.consumers) for (const view of views) this.#changeView(view, keys, hashes)
  }

  #changeView(view: ViewConsumer, keys: SortedKeys, hashes: Uint32Array): void {
    const track = this.options.groups.views[view.index] as ViewTrack
    if (track.isUnused) {
      view.digest.addHashes(hashes)
      if (this.options.env.flushesOnce !== true) {
        for (let number = 0; number < keys.count; number++) {
          const row = keys.rowOf(number)
          track.set(keys.slotOf(row), hashes, keys.hashAt(row))
        }
      }
      if (!view.shared) this.sink?.putSortedRows(view.table, keys.packed('first', { moved: view.moved }))
      return
    }
    const written = new Uint8Array(keys.count)
    let count = 0
    for (let number = 0; number < keys.count; number++) {
      const row = keys.rowOf(number)
      const slot = keys.slotOf(row)
      const at = keys.hashAt(row)
      const fresh = track.status[slot] === ViewTrack.ABSENT
      if (!fresh && !this.#replaces(view, track, keys, row, hashes)) continue
      written[number] = 1
      count++
      view.digest.addHash(hashes, at)
      track.set(slot, hashes, at)
    }
    if (count === 0 || view.shared) return
    const only = count < keys.count ? written : null
    this.sink?.putSortedRows(view.table, keys.packed('first', { only, moved: view.moved }))
  }

  /** Takes the row that a view holds out of its digest; false where it is the same and stays. */
  #replaces(view: ViewConsumer, track: ViewTrack, keys: SortedKeys, row: number, hashes: Uint32Array): boolean {
    const { digest } = view
    const slot = keys.slotOf(row)
    if (track.status[slot] === ViewTrack.PRESENT) {
      if (sameHash(hashes, keys.hashAt(row), track.hash, 4 * slot)) return false
      digest.removeHash(track.hash, 4 * slot)
      return true
    }
    const rowKey = keys.bytes.slice(keys.keyStart(row), keys.keyEnd(row))
    const old = this.#oldRow(view, rowKey)
    if (old === undefined) return true
    if (compareBytes(old, keys.bytes.subarray(keys.keyEnd(row), keys.firstEnd(row))) === 0) {
      track.set(slot, hashes, keys.hashAt(row))
      return false
    }
    digest.removeRow(rowKey, old)
    return true
  }

  /** Rows of these keys, which are all that are packed in this flush, follow: views take many of them at once. */
  beginPacked(keys: SortedKeys): void {
    this.#marked = { keys, marks: new Map() }
  }

  endPacked(): void {
    if (this.#marked === null) return
    const { keys, marks } = this.#marked
    for (const [view, only] of marks) this.putMovedRows(view, keys.packed('first', { only, moved: view.moved }))
    this.#marked = null
  }

  /** As `change`, for a row whose stored value follows its key in `bytes`; the hash of both is at `hashes[at]`. */
  changePacked(
    bytes: Uint8Array,
    keyStart: number,
    keyEnd: number,
    valueEnd: number,
    slot: number,
    hashes: Uint32Array,
    at: number,
  ): void {
    let row: FlushedRow | null = null
    for (const [index, consumer] of this.options.consumers.entries()) {
      if (!takesChanges(consumer)) continue
      if (consumer.chain.plain) {
        for (const take of consumer.joins) take(bytes.subarray(keyStart, keyEnd), bytes.subarray(keyEnd, valueEnd))
        for (const view of consumer.views) this.#put(view, slot, bytes, keyStart, keyEnd, valueEnd, hashes, at, at / 4)
        continue
      }
      row ??= this.row(bytes.slice(keyStart, keyEnd), slot)
      this.#changeFor(index, consumer, row, slot)
    }
  }

  /**
   * What is hashed of a row that closes, identity and value, where it is all that `closed` nodes emit: no lambda makes
   * the value. `ends`: of its window, by slot.
   */
  closedPart(ends: Float64Array): RowPart | null {
    const { consumers, groups, value } = this.options
    const closing = consumers.filter(({ closed }) => closed.length > 0)
    const plain = closing.every(({ chain }) => chain.plain) && consumers.every(({ chain }) => chain.keepMs === null)
    if (closing.length === 0 || !plain || value.bytes.pack === null) return null
    return joined(
      literalPart(TUPLE.open),
      groups.key,
      groups.start,
      cellPart(ends),
      literalPart(TUPLE.close),
      value.bytes,
    )
  }

  /**
   * As `close`, for a row with such a part, which begins at `bytes[from]`; its hash is at `hashes[at]`. `rowKeyBytes`:
   * length of the row's key.
   */
  closePacked(
    slot: number,
    bytes: Uint8Array,
    from: number,
    rowKeyBytes: number,
    hashes: Uint32Array,
    at: number,
  ): void {
    const { frames, groups, present } = this.options
    const end = (frames as Frames).endOf(groups.startOf(slot))
    const identity = bytes.slice(from, from + TUPLE.open.length + rowKeyBytes + NUMBER_BYTES + TUPLE.close.length)
    this.emitClosed(groups.keyOf(slot), present(slot), end, identity, hashes, at)
  }

  /** Emits a closed row to everything behind all `closed` nodes. */
  close(row: FlushedRow, slot: number): void {
    const { consumers, emit, report } = this.options
    if (!consumers.some(consumer => consumer.closed.length > 0)) return
    const keyBytes = row.rowKey.subarray(NUMBER_BYTES)
    const closed = this.closedRow(this.#keyOf(row, slot), keyBytes, row.start, row.end as number)
    for (const [index, consumer] of consumers.entries()) {
      if (consumer.closed.length === 0) continue
      closed.emitTo(consumer, this.#outcome(index, consumer, row, slot), emit, report)
    }
  }

  #keyOf({ rowKey, end }: FlushedRow, slot: number): unknown {
    if (slot !== SCRATCH) return this.options.groups.keyOf(slot)
    return decodeValue(new ByteReader(rowKey, end === null ? 0 : NUMBER_BYTES))
  }

  #outcome(index: number, consumer: TableConsumer, row: FlushedRow, slot: number): RowOutcome {
    let outcome = this.#outcomes[index]
    if (outcome === undefined) {
      const window = row.end === null ? undefined : Object.freeze({ start: row.start, end: row.end })
      const given = presented(() => this.options.present(slot))
      const context = Object.freeze({ key: this.#keyOf(row, slot), window })
      outcome = given.kind === 'value' ? consumer.chain.run(given.value, context) : given
      this.#outcomes[index] = outcome
    }
    return outcome
  }

  /** Key and stored value of a view's row, concatenated; null where the view has no such row. */
  #storedValue(index: number, consumer: TableConsumer, row: FlushedRow, slot: number): Uint8Array | null {
    const w = this.writer
    w.reset()
    w.bytes(row.rowKey)
    if (consumer.chain.plain) {
      this.options.value.stored.write(w, slot)
      return w.view()
    }
    const outcome = this.#outcome(index, consumer, row, slot)
    if (outcome.kind === 'absent') return null
    this.writeOutcome(outcome)
    return w.view()
  }

  /**
   * Brings a view's row up to date: key and value are parts of `bytes`, their hash is at `hash[hashAt]`; a `valueEnd`
   * of ABSENT deletes the row. `number`: that of the row among packed ones.
   */
  #put(
    view: ViewConsumer,
    slot: number,
    bytes: Uint8Array,
    keyStart: number,
    keyEnd: number,
    valueEnd: number,
    hash: Uint32Array,
    hashAt: number,
    number = UNPACKED,
  ): void {
    const { shared, digest, index, changed } = view
    const track = this.options.groups.views[index] as ViewTrack
    const status = track.status[slot] as number
    const at = 4 * slot
    let existed = status === ViewTrack.PRESENT
    let same = false
    if (existed) {
      if (valueEnd !== ABSENT && sameHash(hash, hashAt, track.hash, at)) return
      digest.removeHash(track.hash, at)
    } else if (status === ViewTrack.UNKNOWN) {
      const rowKey = bytes.subarray(keyStart, keyEnd)
      const old = this.#oldRow(view, rowKey)
      existed = old !== undefined
      if (old !== undefined) {
        digest.removeRow(rowKey, old)
        same = valueEnd !== ABSENT && compareBytes(old, bytes.subarray(keyEnd, valueEnd)) === 0
      }
    }
    if (valueEnd !== ABSENT) {
      digest.addHash(hash, hashAt)
      track.set(slot, hash, hashAt)
      if (!same) {
        if (number !== UNPACKED && view.moved > 0 && this.#marked !== null) this.#mark(view, number)
        else if (!shared) this.putPart(view, bytes, keyStart, keyEnd, valueEnd)
        for (const take of changed) take(bytes.subarray(keyStart, keyEnd), bytes.subarray(keyEnd, valueEnd))
      }
    } else if (existed) {
      this.putRow(view, bytes.subarray(keyStart, keyEnd), null)
      for (const take of changed) take(bytes.subarray(keyStart, keyEnd), null)
    }
    if (valueEnd === ABSENT) track.status[slot] = ViewTrack.ABSENT
  }

  #mark(view: ViewConsumer, number: number): void {
    const { keys, marks } = this.#marked as MarkedRows
    let marked = marks.get(view)
    if (marked === undefined) {
      marked = new Uint8Array(keys.count)
      marks.set(view, marked)
    }
    marked[number] = 1
  }

  /** What a view holds for a key, as of the last commit. */
  #oldRow(view: ViewConsumer, rowKey: Uint8Array): Uint8Array | undefined {
    const old = this.storedRow(view, rowKey)
    return old === undefined || !view.shared ? old : this.options.shown?.stored(old)
  }

  #dropOld({ chain }: TableConsumer, view: ViewConsumer): void {
    const { env, frames } = this.options
    if (env.state === null || frames === null || chain.keepMs === null) return
    const bound = frames.openFrom(this.keepNow - chain.keepMs)
    if (bound === Number.NEGATIVE_INFINITY) return
    const old = env.state.range(view.table, undefined, canonicalBytes(bound))
    for (const [key, stored] of old) this.drop(view, key, stored)
  }
}

function sameHash(a: Uint32Array, i: number, b: Uint32Array, k: number): boolean {
  return a[i] === b[k] && a[i + 1] === b[k + 1] && a[i + 2] === b[k + 2] && a[i + 3] === b[k + 3]
}
