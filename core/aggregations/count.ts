// count: how many elements, exact up to 2^53.
//
// State: the count as a double of 8 bytes.

import type { MergeProgram } from '../kernel/pack/merge-program.ts'
import type { RowProgram } from '../kernel/pack/row-program.ts'
import type { ByteReader, ByteWriter } from '../values/bytes.ts'
import { type Arrays, grown, OWN_ARRAYS } from './columns/arrays.ts'
import type { Column } from './columns/column.ts'

export class CountColumn implements Column {
  readonly #arrays: Arrays
  #counts: Float64Array = new Float64Array(0)

  constructor(arrays = OWN_ARRAYS) {
    this.#arrays = arrays
  }

  grow(capacity: number): void {
    this.#counts = grown(this.#arrays, this.#counts, this.#arrays.floats(capacity))
  }

  clear(slot: number): void {
    this.#counts[slot] = 0
  }

  add(slot: number): void {
    this.#counts[slot] = (this.#counts[slot] as number) + 1
  }

  write(slot: number, w: ByteWriter): void {
    w.f64(this.#counts[slot] as number)
  }

  merge(slot: number, r: ByteReader): void {
    this.#counts[slot] = (this.#counts[slot] as number) + r.f64()
  }

  present(slot: number): number {
    return this.#counts[slot] as number
  }

  packValue(program: RowProgram): void {
    program.number(this.#counts)
  }

  packState(program: RowProgram): void {
    program.double(this.#counts)
  }

  mergeState(program: MergeProgram): void {
    program.double(this.#counts)
  }

  /** The counts, by slot. */
  get cells(): Float64Array {
    return this.#counts
  }
}
