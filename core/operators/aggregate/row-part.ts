// Parts of the rows of slots: how each is appended in JavaScript, and how the kernel does it.
//
// Promises: the same bytes either way.

import type { Column } from '../../aggregations/columns/column.ts'
import { RowProgram } from '../../kernel/pack/row-program.ts'
import type { ByteWriter } from '../../values/bytes.ts'
import { encodeValue } from '../../values/canonical.ts'

export interface RowPart {
  write(w: ByteWriter, slot: number): void
  /** Null where only JavaScript can. */
  readonly pack: ((program: RowProgram) => void) | null
}

/** The states of all columns. Takes `write` where the kernel cannot, or a state may have more bytes than the limit. */
export function statePart(columns: readonly Column[], limit: number, write: RowPart['write']): RowPart {
  const pack = (program: RowProgram): void => {
    for (const column of columns) column.packState?.(program)
  }
  if (columns.some(column => column.packState === undefined)) return { write, pack: null }
  const program = new RowProgram()
  pack(program)
  return { write, pack: program.mostBytes > limit ? null : pack }
}

/** A number of each slot, canonical. */
export const cellPart = (cells: Float64Array): RowPart => ({
  write: (w, slot) => encodeValue(w, cells[slot]),
  pack: program => program.number(cells),
})

/** Parts one after the other. */
export function joined(...parts: readonly RowPart[]): RowPart {
  return {
    write(w, slot) {
      for (const part of parts) part.write(w, slot)
    },
    pack: parts.some(part => part.pack === null)
      ? null
      : program => {
          for (const part of parts) part.pack?.(program)
        },
  }
}

/** The same bytes in every row. */
export const literalPart = (bytes: Uint8Array): RowPart => ({
  write: w => w.bytes(bytes),
  pack: program => void program.literal(bytes),
})
