// The value of an aggregate's row in canonical bytes, straight from the columns.
//
// Promises: the bytes that `encodeValue` gives for the presented value, without making that value.
// Not here: the value as an object, for lambdas (the emitted `present`).

import type { Column } from '../../aggregations/columns/column.ts'
import type { AggregationSpec } from '../../plan/aggregation-spec.ts'
import { type ByteWriter, compareBytes } from '../../values/bytes.ts'
import { canonicalBytes, encodeValue, fieldStart } from '../../values/canonical.ts'

/** Writes the canonical bytes of a slot's row value. */
export type RowValueWriter = (w: ByteWriter, slot: number) => void

export function rowValueWriter(
  fields: readonly AggregationSpec[],
  bare: boolean,
  columns: readonly Column[],
): RowValueWriter {
  if (bare) {
    const column = columns[0] as Column
    return (w, slot) => encodeValue(w, column.present(slot))
  }
  const empty = canonicalBytes({})
  const [open, close] = [empty.slice(0, 1), empty.slice(1)]
  const parts = fields
    .map(({ name }, i) => ({ name: fieldStart(name), column: columns[i] as Column }))
    .sort((a, b) => compareBytes(a.name, b.name))
  return (w, slot) => {
    w.bytes(open)
    for (const { name, column } of parts) {
      w.bytes(name)
      encodeValue(w, column.present(slot))
    }
    w.bytes(close)
  }
}
