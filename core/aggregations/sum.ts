// sum: the exact sum, rounded once, so that no order of elements and merges can change a bit.
//
// Promises: a sum of bigints is a bigint; with any number among them it is the double nearest to the real sum.
// State: that of `exact/exact-sums.ts`.

import type { MergeProgram } from '../kernel/pack/merge-program.ts'
import type { RowProgram } from '../kernel/pack/row-program.ts'
import type { ByteReader, ByteWriter } from '../values/bytes.ts'
import { OWN_ARRAYS } from './columns/arrays.ts'
import type { Column } from './columns/column.ts'
import { ExactSums } from './exact/exact-sums.ts'

export class SumColumn implements Column {
  readonly #sums: ExactSums

  constructor(arrays = OWN_ARRAYS) {
    this.#sums = new ExactSums(arrays)
  }

  grow(capacity: number): void {
    this.#sums.grow(capacity)
  }

  clear(slot: number): void {
    this.#sums.clear(slot)
  }

  add(slot: number, value: number | bigint): void {
    if (typeof value === 'number') this.#sums.add(slot, value)
    else this.#sums.addBigint(slot, value)
  }

  write(slot: number, w: ByteWriter): void {
    this.#sums.write(slot, w)
  }

  merge(slot: number, r: ByteReader): void {
    this.#sums.merge(slot, r)
  }

  present(slot: number): number | bigint {
    return this.#sums.isBigint(slot) ? this.#sums.bigint(slot) : this.#sums.quotient(slot, 1)
  }

  packValue(program: RowProgram): void {
    program.sum(...this.#sums.cells)
  }

  packState(program: RowProgram): void {
    program.sumState(...this.#sums.cells)
  }

  mergeState(program: MergeProgram): void {
    program.sum(this.#sums.cells[0])
  }
}
