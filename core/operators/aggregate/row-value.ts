// The value of an aggregate's row as a view stores it: in canonical bytes, straight from the columns.
//
// Promises: the bytes that `encodeValue` gives for the presented value, without making that value.
// Not here: the value as an object, for lambdas (the emitted `present`).

import type { Column } from '../../aggregations/columns/column.ts'
import type { RowProgram } from '../../kernel/pack/row-program.ts'
import type { AggregationSpec } from '../../plan/aggregation-spec.ts'
import { VIEW_VALUE } from '../../state/row-codec.ts'
import { type ByteWriter, compareBytes } from '../../values/bytes.ts'
import { canonicalBytes, encodeValue } from '../../values/canonical.ts'
import { fieldStart } from '../../values/object-shape.ts'
import { joined, literalPart, type RowPart } from './row-part.ts'

const STORED = Uint8Array.of(VIEW_VALUE)

export class RowValue {
  /** In the order in which they are written, each with the bytes before it. */
  readonly #parts: readonly { readonly before: Uint8Array; readonly column: Column }[]
  readonly #after: Uint8Array
  /** What a view stores where no lambda is between. */
  readonly stored: RowPart
  /** The value's canonical bytes. */
  readonly bytes: RowPart

  constructor(fields: readonly AggregationSpec[], bare: boolean, columns: readonly Column[]) {
    const empty = bare ? new Uint8Array(0) : canonicalBytes({})
    this.#after = empty.slice(1)
    const parts = fields.map(({ name }, i) => ({
      before: bare ? empty : fieldStart(name),
      column: columns[i] as Column,
    }))
    parts.sort((a, b) => compareBytes(a.before, b.before))
    this.#parts = parts.map(({ before, column }, i) => ({
      before: i === 0 ? Uint8Array.from([...empty.slice(0, 1), ...before]) : before,
      column,
    }))
    const packs = columns.every(column => column.packValue !== undefined)
    this.bytes = {
      write: (w, slot) => this.#write(w, slot),
      pack: packs ? program => this.#pack(program) : null,
    }
    this.stored = joined(literalPart(STORED), this.bytes)
  }

  #write(w: ByteWriter, slot: number): void {
    for (const { before, column } of this.#parts) {
      w.bytes(before)
      encodeValue(w, column.present(slot))
    }
    w.bytes(this.#after)
  }

  #pack(program: RowProgram): void {
    for (const { before, column } of this.#parts) {
      program.literal(before)
      column.packValue?.(program)
    }
    program.literal(this.#after)
  }
}
