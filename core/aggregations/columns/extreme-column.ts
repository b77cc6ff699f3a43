// The least or greatest value of a group in canonical order: what `min` and `max` keep.
//
// Promises: equal values are one value, so there are no ties.
// State: the canonical bytes of the value.

import type { MergeProgram } from '../../kernel/pack/merge-program.ts'
import type { RowProgram } from '../../kernel/pack/row-program.ts'
import type { ByteReader, ByteWriter } from '../../values/bytes.ts'
import { decodeValue } from '../../values/canonical.ts'
import { OWN_ARRAYS } from './arrays.ts'
import type { Column } from './column.ts'
import { HeldBytes, valueBytes } from './held-bytes.ts'
import { OrderedCells } from './ordered-cells.ts'

export class ExtremeColumn implements Column {
  readonly held = new HeldBytes()
  /** 1 for the least value, -1 for the greatest. */
  readonly #direction: 1 | -1
  readonly #cells: OrderedCells

  constructor(direction: 1 | -1, arrays = OWN_ARRAYS) {
    this.#direction = direction
    this.#cells = new OrderedCells(arrays)
  }

  grow(capacity: number): void {
    this.held.grow(capacity)
    this.#cells.grow(capacity)
  }

  clear(slot: number): void {
    this.held.clear(slot)
    this.#cells.clear(slot)
  }

  add(slot: number, value: unknown): void {
    const cells = this.#cells
    if (!cells.isEmpty(slot) && this.#direction * cells.compare(value, slot) >= 0) return
    cells.set(slot, value)
    // Numbers lie in arrays.
    if (typeof value !== 'number') this.held.set(slot, valueBytes(value))
  }

  write(slot: number, w: ByteWriter): void {
    this.#cells.write(slot, w)
  }

  merge(slot: number, r: ByteReader): void {
    this.add(slot, decodeValue(r))
  }

  present(slot: number): unknown {
    return this.#cells.get(slot)
  }

  packValue(program: RowProgram): void {
    this.#cells.pack(program)
  }

  packState(program: RowProgram): void {
    this.#cells.pack(program)
  }

  mergeState(program: MergeProgram): void {
    this.#cells.merge(program, this.#direction === 1 ? 'least' : 'greatest')
  }
}
