// The rows of one key of a view, found without reading others.
//
// Promises: the same rows as all rows of the view that are printed with the key, in the order of their windows. A view
// that is stored by key takes one seek; one that is stored by window (`keep`, states of before format 3) two for each
// window that there is.

import type { Plan } from '../../core/plan/plan.ts'
import { keysPrintedAs } from '../../core/result/printed-key.ts'
import type { ViewRow } from '../../core/result/result.ts'
import { printed, windowOf } from '../../core/result/result-json.ts'
import type { StateAccess } from '../../core/state/environment.ts'
import { decodeViewRow } from '../../core/state/row-codec.ts'
import type { Row } from '../../core/state/rows.ts'
import { rowPlaces } from '../../core/tables/row-place.ts'
import { windowBytes } from '../../core/tables/view-order.ts'
import { compareBytes } from '../../core/values/bytes.ts'
import { canonicalJson } from '../../core/values/json-text.ts'
import { type StoredView, storedView, viewOf, viewRows } from './read-state.ts'

/** Windows in a key begin with the tag of a number, which is below this byte. */
const PAST_WINDOWS = 0x21

/** The rows whose printed key is equal to a JSON value. All rows are read where that may be too many keys. */
export function viewRowsPrintedAs(state: StateAccess, plan: Plan, name: string, json: unknown): Iterable<ViewRow> {
  const keys = keysPrintedAs(json)
  return keys === null ? scanned(state, plan, name, json) : viewRowsOfKeys(state, plan, name, keys)
}

function* scanned(state: StateAccess, plan: Plan, name: string, json: unknown): Generator<ViewRow> {
  const places = rowPlaces(windowOf(plan, viewOf(plan, name).node))
  const wanted = canonicalJson(json)
  for (const row of viewRows(state, plan, name))
    if (canonicalJson(printed(places.placeOf(row.key).key)) === wanted) yield row
}

/** The rows of keys that are given by their canonical bytes. */
export function viewRowsOfKeys(
  state: StateAccess,
  plan: Plan,
  name: string,
  keys: readonly Uint8Array[],
): readonly ViewRow[] {
  const bytes = windowBytes(windowOf(plan, viewOf(plan, name).node))
  const view = storedView(state, plan, name)
  const find = bytes === 0 ? single : view.moved === 0 ? ofEachWindow : together
  return keys
    .flatMap(key => [...find(state, view, key, bytes)])
    .map(([key, value]): Row => [view.rowKeyOf(key).slice(), view.storedOf(value).slice()])
    .sort(([a], [b]) => compareBytes(a, b))
    .map(([key, stored]) => decodeViewRow(key, stored))
}

type Find = (state: StateAccess, view: StoredView, key: Uint8Array, windowBytes: number) => Iterable<Row>

const single: Find = (state, { table }, key) => {
  const value = state.get(table, key)
  return value === undefined ? [] : [[key, value]]
}

/** Stored by key, then by window. */
const together: Find = function* (state, { table }, key) {
  const to = new Uint8Array([...key, PAST_WINDOWS])
  for (const [stored, value] of state.range(table, key, to)) yield [stored.slice(), value.slice()]
}

/** Stored by window, then by key: each window is sought, then the key in it. */
const ofEachWindow: Find = function* (state, { table }, key, bytes) {
  for (let window = windowFrom(state, table, bytes); window !== null; ) {
    const stored = new Uint8Array([...window, ...key])
    const value = state.get(table, stored)
    if (value !== undefined) yield [stored, value.slice()]
    const next = after(window)
    window = next === null ? null : windowFrom(state, table, bytes, next)
  }
}

/** The window of the first row from a key on; null where there is none. */
function windowFrom(state: StateAccess, table: string, bytes: number, from?: Uint8Array): Uint8Array | null {
  for (const [key] of state.range(table, from)) return key.slice(0, bytes)
  return null
}

/** The first bytes of their length behind all that begin so; null where there are none. */
function after(prefix: Uint8Array): Uint8Array | null {
  const next = prefix.slice()
  for (let i = next.length - 1; i >= 0; i--) {
    if (next[i] !== 0xff) {
      next[i] = (next[i] as number) + 1
      return next
    }
    next[i] = 0
  }
  return null
}
