// mean: the exact sum divided by the count, rounded once.
//
// Promises: the double nearest to the real quotient, in whatever order elements come and states are merged.
// State: the count as a double of 8 bytes; the sums as `exact/exact-sums.ts` writes them.

import type { MergeProgram } from '../kernel/pack/merge-program.ts'
import type { RowProgram } from '../kernel/pack/row-program.ts'
import type { ByteReader, ByteWriter } from '../values/bytes.ts'
import { OWN_ARRAYS } from './columns/arrays.ts'
import type { Column } from './columns/column.ts'
import { CountColumn } from './count.ts'
import { ExactSums } from './exact/exact-sums.ts'

export class MeanColumn implements Column {
  readonly #sums: ExactSums
  readonly #counts: CountColumn

  constructor(arrays = OWN_ARRAYS) {
    this.#sums = new ExactSums(arrays)
    this.#counts = new CountColumn(arrays)
  }

  grow(capacity: number): void {
    this.#sums.grow(capacity)
    this.#counts.grow(capacity)
  }

  clear(slot: number): void {
    this.#sums.clear(slot)
    this.#counts.clear(slot)
  }

  add(slot: number, value: number | bigint): void {
    this.#counts.add(slot)
    if (typeof value === 'number') this.#sums.add(slot, value)
    else this.#sums.addBigint(slot, value)
  }

  write(slot: number, w: ByteWriter): void {
    this.#counts.write(slot, w)
    this.#sums.write(slot, w)
  }

  merge(slot: number, r: ByteReader): void {
    this.#counts.merge(slot, r)
    this.#sums.merge(slot, r)
  }

  present(slot: number): number {
    return this.#sums.quotient(slot, this.#counts.present(slot))
  }

  packValue(program: RowProgram): void {
    program.mean(...this.#sums.cells, this.#counts.cells)
  }

  packState(program: RowProgram): void {
    this.#counts.packState(program)
    program.sumState(...this.#sums.cells)
  }

  mergeState(program: MergeProgram): void {
    this.#counts.mergeState(program)
    program.sum(this.#sums.cells[0])
  }
}
