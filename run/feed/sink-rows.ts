// Rows of a view in a snapshot of the state, as sinks get them.
//
// Promises: what comes out holds no bytes of the snapshot, so that it outlives it.

import type { Plan } from '../../core/plan/plan.ts'
import { tableRoot } from '../../core/plan/plan-index.ts'
import type { SinkContent, SinkRow } from '../../core/sink/row-sink.ts'
import type { StateAccess } from '../../core/state/environment.ts'
import { decodeViewValue } from '../../core/state/row-codec.ts'
import { type RowPlaces, rowPlaces } from '../../core/tables/row-place.ts'
import { compareBytes } from '../../core/values/bytes.ts'
import { type StoredView, storedView, viewOf } from '../state/read-state.ts'

const GONE: SinkContent = Object.freeze({ kind: 'gone' })

export class ViewSnapshot {
  readonly #state: StateAccess
  readonly #view: StoredView
  readonly #places: RowPlaces

  constructor(state: StateAccess, plan: Plan, name: string) {
    this.#state = state
    this.#view = storedView(state, plan, name)
    this.#places = rowPlaces(tableRoot(plan, viewOf(plan, name).node).params.window)
  }

  /** At most so many rows behind a stored key, and the last one's stored key; null where there are no more. */
  rowsAfter(
    key: Uint8Array | null,
    most: number,
  ): { readonly rows: readonly SinkRow[]; readonly last: Uint8Array } | null {
    const rows: SinkRow[] = []
    let last: Uint8Array | null = null
    // The first key behind another one is that one with a zero at its end.
    const from = key === null ? undefined : Buffer.concat([key, Buffer.of(0)])
    for (const [stored, value] of this.#state.range(this.#view.table, from)) {
      rows.push(this.#row(stored, value))
      last = stored
      if (rows.length >= most) break
    }
    return last === null ? null : { rows, last: last.slice() }
  }

  /** The rows of these stored keys, gone where there are none; each key once. */
  rowsOf(keys: readonly Uint8Array[]): readonly SinkRow[] {
    const sorted = keys.toSorted(compareBytes)
    const each = sorted.filter((key, i) => i === 0 || compareBytes(key, sorted[i - 1] as Uint8Array) !== 0)
    return each.map(key => this.#row(key, this.#state.get(this.#view.table, key)))
  }

  #row(stored: Uint8Array, value: Uint8Array | undefined): SinkRow {
    const rowKey = this.#view.rowKeyOf(stored)
    if (value === undefined) return this.#at(rowKey, GONE)
    const bytes = this.#view.storedOf(value)
    const decoded = decodeViewValue(bytes)
    return this.#at(rowKey, 'value' in decoded ? { kind: 'value', ...decoded } : { kind: 'failed', ...decoded.error })
  }

  #at(rowKey: Uint8Array, content: SinkContent): SinkRow {
    const { key, window = null } = this.#places.placeOf(rowKey)
    return { id: rowKey.slice(), key, window, content }
  }
}
