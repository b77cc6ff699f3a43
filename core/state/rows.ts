// Rows of tables: what states, sorters and operators pass to each other.
//
// Promises: keys order rows byte by byte. Does not say how long the bytes stay valid: whoever gives rows says so.

export type Row = readonly [key: Uint8Array, value: Uint8Array]

export type Rows = Iterable<Row>

/** A change of one row; null deletes it. */
export type RowChange = readonly [key: Uint8Array, value: Uint8Array | null]
