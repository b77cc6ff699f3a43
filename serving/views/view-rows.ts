// Rows of a view as an answer: those of a key, or some at a time in the order in which they are stored.
//
// Promises: a row looks as `lyrebird query` prints it. A cursor is the place behind the last row that was given: it
// leads on in any later commit, and no row that stays is given twice or left out.

import { type RowJson, rowJson, windowOf } from '../../core/result/result-json.ts'
import { decodeViewRow } from '../../core/state/row-codec.ts'
import { viewRowsPrintedAs } from '../../run/state/lookup.ts'
import { storedView, watermarkAt } from '../../run/state/read-state.ts'
import { ROWS, ROWS_MAX } from '../limits.ts'
import { countOf, jsonOf, malformed, type Parameters } from '../query.ts'
import type { Snapshot } from '../snapshots.ts'
import { viewNamed } from './view-pages.ts'

export const ROW_PARAMETERS = ['key', 'limit', 'cursor', 'max-age'] as const

interface RowsPage {
  readonly rows: readonly RowJson[]
  /** Where the next rows begin; null at the end. */
  readonly next: string | null
}

export function rowsPage(snapshot: Snapshot, name: string, parameters: Parameters): RowsPage {
  const { node } = viewNamed(snapshot, name)
  const { plan, progress } = snapshot
  const [window, watermark] = [windowOf(plan, node), watermarkAt(progress, plan, node)]
  const key = jsonOf(parameters, 'key')
  const limit = countOf(parameters, 'limit', ROWS, ROWS_MAX)
  const cursor = parameters.get('cursor')
  if (key === undefined) return storedPage(snapshot, name, limit, cursor, row => rowJson(row, window, watermark))
  if (cursor !== undefined) throw malformed('key and cursor exclude each other', 'leave cursor out')
  const rows = [...viewRowsPrintedAs(snapshot.reader, plan, name, key.json)]
  return { rows: rows.map(row => rowJson(row, window, watermark)), next: null }
}

type Shown = (row: ReturnType<typeof decodeViewRow>) => RowJson

function storedPage(
  { reader, plan }: Snapshot,
  name: string,
  limit: number,
  cursor: string | undefined,
  shown: Shown,
): RowsPage {
  const view = storedView(reader, plan, name)
  const rows: RowJson[] = []
  let last: Uint8Array | null = null
  for (const [key, value] of reader.range(view.table, cursor === undefined ? undefined : placeOf(cursor))) {
    if (rows.length === limit) return { rows, next: Buffer.from(last as Uint8Array).toString('base64url') }
    rows.push(shown(decodeViewRow(view.rowKeyOf(key), view.storedOf(value))))
    last = key.slice()
  }
  return { rows, next: null }
}

/** The first place behind a key. */
function placeOf(cursor: string): Uint8Array {
  const key = Buffer.from(cursor, 'base64url')
  if (cursor === '' || key.toString('base64url') !== cursor)
    throw malformed('that is no cursor', 'give back what next said, as it was')
  return Buffer.concat([key, Buffer.from([0])])
}
