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
import type { ChangeSink, Environment } from '../state/environment.ts'
import { VIEW_ERROR, VIEW_VALUE } from '../state/row-codec.ts'
import { ByteWriter } from '../values/bytes.ts'
import { encodeValue } from '../values/canonical.ts'
import { windowIdentity } from '../values/identity.ts'
import { ClosedRow, type EmitClosed } from './closed-row.ts'
import type { TableConsumer, ViewConsumer } from './consumers.ts'
import type { RowPlaces } from './row-place.ts'
import type { RowOutcome } from './table-chain.ts'

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

  constructor(options: Options) {
    this.options = options
  }

  /**
   * Whether all that becomes of a row is that views store it: no lambda, no changelog, no joined table, no `closed` and
   * no `keep`.
   */
  get onlyStores(): boolean {
    return this.options.consumers.every(
      ({ chain, views, closed, joins }) =>
        chain.plain &&
        chain.keepMs === null &&
        closed.length === 0 &&
        joins.length === 0 &&
        views.every(view => view.changed.length === 0),
    )
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

  /** Deletes a row that `keep` drops from a view. */
  protected drop({ table, digest, changed }: ViewConsumer, rowKey: Uint8Array, stored: Uint8Array): void {
    digest.removeRow(rowKey, stored)
    this.sink?.putSorted(table, rowKey, null)
    for (const take of changed) take(rowKey, null)
  }

  /** A row whose window closes, for the `closed` nodes; `keyBytes` are those of its key alone. */
  protected closedRow(key: unknown, keyBytes: Uint8Array, start: number, end: number): ClosedRow {
    return new ClosedRow(key, this.options.places.closedTime(end), windowIdentity(keyBytes, start, end))
  }
}
