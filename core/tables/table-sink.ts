// The table sink: takes the rows of a table that have changed or whose windows close, for views with their digests,
// `closed` nodes, joined tables and changelogs, each behind its chain of words.
//
// Promises: a view's digest counts exactly the rows that its table holds; an unchanged row is not written; rows that
// `keep` no longer keeps are deleted. There are two kinds:
// - `GroupTableSink` (operators/aggregate): rows that have slots. It takes each row as it is flushed, in the order of
//   keys, and knows by slot what the views hold, so that most rows cost no lookup.
// - `RowTableSink` (tables): rows without slots, of sessions and joined tables. They come in any order, are sorted, and
//   are looked up.

import type { Recorder } from '../emitted/recorder.ts'
import type { PackedTable } from '../kernel/packed-table.ts'
import type { ChangeSink, Environment } from '../state/environment.ts'
import { PendingRows } from '../state/pending-rows.ts'
import { VIEW_ERROR, VIEW_VALUE } from '../state/row-codec.ts'
import { rowsThen } from '../state/rows.ts'
import { ByteWriter } from '../values/bytes.ts'
import { encodeValue } from '../values/canonical.ts'
import { windowIdentity } from '../values/identity.ts'
import { ClosedRow, type EmitClosed } from './closed-row.ts'
import type { TableConsumer, ViewConsumer } from './consumers.ts'
import type { RowPlaces } from './row-place.ts'
import type { RowOutcome } from './table-chain.ts'
import { storedKey } from './view-order.ts'

/** In place of the value of a row that is deleted: no value is empty. */
const DELETED = new Uint8Array(0)

export interface TableSinkOptions {
  readonly consumers: readonly TableConsumer[]
  readonly places: RowPlaces
  readonly emit: EmitClosed
  readonly env: Environment
  readonly report: Recorder
}

export abstract class TableSink<Options extends TableSinkOptions = TableSinkOptions> {
  protected readonly options: Options
  /** Where changes of the present flush go. */
  protected sink: ChangeSink | null = null
  /** The watermark before `final`, by which `keep` decides (semantics.md 4.6). */
  protected keepNow = Number.NEGATIVE_INFINITY
  protected readonly writer = new ByteWriter(256)
  /** Changes of views that are stored in another order than that in which rows come, by view. */
  readonly #moved = new Map<ViewConsumer, PendingRows>()
  /** The same of many rows at once, which are in the order of the view. */
  readonly #movedRows = new Map<ViewConsumer, PackedTable>()

  constructor(options: Options) {
    this.options = options
  }

  /** Bytes of a row key that views move, all of them the same, where rows are only stored. */
  get moved(): number {
    return this.options.consumers.find(({ views }) => views.length > 0)?.views[0]?.moved ?? 0
  }

  /**
   * Whether all that becomes of a row is that views store it and `closed` nodes emit it: no lambda, no changelog, no
   * joined table and no `keep`.
   */
  get onlyStoresOrEmits(): boolean {
    return this.options.consumers.every(
      ({ chain, views, joins }) =>
        chain.plain && chain.keepMs === null && joins.length === 0 && views.every(view => view.changed.length === 0),
    )
  }

  /** Whether all that becomes of a row is that views store it. */
  get onlyStores(): boolean {
    return this.onlyStoresOrEmits && !this.emits
  }

  /** Whether any view stores rows. */
  get stores(): boolean {
    return this.options.consumers.some(({ views }) => views.length > 0)
  }

  /** Whether any row that closes is emitted. */
  get emits(): boolean {
    return this.options.consumers.some(({ closed }) => closed.length > 0)
  }

  /** Whether moreover nothing is in the state, and nothing follows this flush. */
  get storesOnce(): boolean {
    const { flushesOnce, state } = this.options.env
    return flushesOnce === true && state === null && this.onlyStores
  }

  /** Begins a flush. */
  begin(sink: ChangeSink, keepNow: number): void {
    this.sink = sink
    this.keepNow = keepNow
  }

  /** Ends a flush: writes the rows of views that are stored in another order. */
  finish(): void {
    for (const [view, rows] of this.#movedRows) {
      if (this.#moved.get(view)?.isEmpty === false)
        this.#rowsOf(view).addSorted(rowsThen(rows.rows(), () => rows.dispose()))
      else this.sink?.putSortedRows(view.table, rows)
    }
    this.#movedRows.clear()
    for (const [{ table }, rows] of this.#moved)
      for (const [key, value] of rows.take()) this.sink?.putSorted(table, key, value.length === 0 ? null : value)
    this.sink = null
  }

  /** Writes a row of a view, null: deletes it; in the order of row keys. */
  protected putRow(view: ViewConsumer, rowKey: Uint8Array, value: Uint8Array | null): void {
    if (view.moved === 0) this.sink?.putSorted(view.table, rowKey, value)
    else this.#rowsOf(view).add(storedKey(rowKey, view.moved), value ?? DELETED)
  }

  /** The same with key and value adjacent in one byte string. */
  protected putPart(view: ViewConsumer, bytes: Uint8Array, keyStart: number, keyEnd: number, valueEnd: number): void {
    if (view.moved === 0) this.sink?.putSortedPart(view.table, bytes, keyStart, keyEnd, keyEnd, valueEnd)
    else {
      const key = storedKey(bytes.subarray(keyStart, keyEnd), view.moved)
      this.#rowsOf(view).add(key, bytes.subarray(keyEnd, valueEnd))
    }
  }

  /** Writes many rows of a view that moves them, in its order; once in a flush. */
  protected putMovedRows(view: ViewConsumer, rows: PackedTable): void {
    this.#movedRows.set(view, rows)
  }

  #rowsOf(view: ViewConsumer): PendingRows {
    let rows = this.#moved.get(view)
    if (rows === undefined) {
      rows = new PendingRows(this.options.env.newSorter)
      this.#moved.set(view, rows)
    }
    return rows
  }

  /** What a view's table holds for a row, as of the last commit. */
  protected storedRow({ table, moved }: ViewConsumer, rowKey: Uint8Array): Uint8Array | undefined {
    return this.options.env.state?.get(table, storedKey(rowKey, moved))
  }

  /** Appends what a view stores of a row. */
  protected writeOutcome(outcome: Exclude<RowOutcome, { kind: 'absent' }>): void {
    this.writer.byte(outcome.kind === 'value' ? VIEW_VALUE : VIEW_ERROR)
    encodeValue(this.writer, outcome.kind === 'value' ? outcome.value : outcome.error)
  }

  /** Whether `keep` drops a row whose window has this end (null: none) from the views of a consumer. */
  protected isDropped({ chain }: TableConsumer, end: number | null): boolean {
    if (chain.keepMs === null || end === null) return false
    return end <= this.keepNow - chain.keepMs && this.options.places.isClosed(end, this.keepNow)
  }

  /** Deletes a row that `keep` drops from a view: such views are stored in the order of row keys. */
  protected drop({ table, digest, changed }: ViewConsumer, rowKey: Uint8Array, stored: Uint8Array): void {
    digest.removeRow(rowKey, stored)
    this.sink?.putSorted(table, rowKey, null)
    for (const take of changed) take(rowKey, null)
  }

  /**
   * Emits a row that closes to all `closed` nodes, none of which has a lambda before it; the hash of its identity and
   * value is at `hashes[at]`.
   */
  emitClosed(key: unknown, value: unknown, end: number, identity: Uint8Array, hashes: Uint32Array, at: number): void {
    const { consumers, emit, places } = this.options
    const time = places.closedTime(end)
    for (const { closed } of consumers) {
      for (const { node, digest } of closed) {
        digest.addHash(hashes, at)
        emit(node, key, value, time, identity)
      }
    }
  }

  /** A row whose window closes, for the `closed` nodes; `keyBytes` are those of its key alone. */
  protected closedRow(key: unknown, keyBytes: Uint8Array, start: number, end: number): ClosedRow {
    return new ClosedRow(key, this.options.places.closedTime(end), windowIdentity(keyBytes, start, end))
  }
}
