// Rows of tables, as states, sorters and operators exchange them.
//
// Promises: rows are ordered by the bytes of their keys.
// Not here: how long the bytes stay valid (each function that gives rows says so).

export type Row = readonly [key: Uint8Array, value: Uint8Array]

export type Rows = Iterable<Row>

/** A change of one row; null deletes it. */
export type RowChange = readonly [key: Uint8Array, value: Uint8Array | null]

/** Reads no more than the first one. */
export function hasRows(rows: Rows): boolean {
  for (const _ of rows) return true
  return false
}
