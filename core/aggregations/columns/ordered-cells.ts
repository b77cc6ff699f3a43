// Values by slot, compared in canonical order. Numbers are kept in a typed array, other values as plain data.
//
// Promises: no allocation for numbers; the order is that of canonical bytes (-0 is 0, NaN comes after all numbers).

import type { MergeProgram } from '../../kernel/pack/merge-program.ts'
import type { RowProgram } from '../../kernel/pack/row-program.ts'
import type { ByteWriter } from '../../values/bytes.ts'
import { compareValues, encodeValue } from '../../values/canonical.ts'
import { type Arrays, grown, OWN_ARRAYS } from './arrays.ts'

const EMPTY = 0
const NUMBER = 1
const OTHER = 2

export class OrderedCells {
  #kinds: Uint8Array = new Uint8Array(0)
  #numbers: Float64Array = new Float64Array(0)
  readonly #others: unknown[] = []
  readonly #arrays: Arrays

  constructor(arrays = OWN_ARRAYS) {
    this.#arrays = arrays
  }

  grow(capacity: number): void {
    this.#kinds = grown(this.#arrays, this.#kinds, this.#arrays.bytes(capacity))
    this.#numbers = grown(this.#arrays, this.#numbers, this.#arrays.floats(capacity))
  }

  clear(slot: number): void {
    if (this.#kinds[slot] === OTHER) this.#others[slot] = undefined
    this.#kinds[slot] = EMPTY
  }

  isEmpty(slot: number): boolean {
    return this.#kinds[slot] === EMPTY
  }

  /** Order of a value against the one in the slot, which must not be empty. */
  compare(value: unknown, slot: number): number {
    if (this.#kinds[slot] === NUMBER && typeof value === 'number') {
      const other = this.#numbers[slot] as number
      if (value < other) return -1
      if (value > other) return 1
      return value === other ? 0 : Number(Number.isNaN(value)) - Number(Number.isNaN(other))
    }
    return compareValues(value, this.get(slot))
  }

  set(slot: number, value: unknown): void {
    if (typeof value === 'number') {
      if (this.#kinds[slot] === OTHER) this.#others[slot] = undefined
      this.#kinds[slot] = NUMBER
      this.#numbers[slot] = value + 0
    } else {
      this.#kinds[slot] = OTHER
      while (this.#others.length <= slot) this.#others.push(undefined)
      this.#others[slot] = value
    }
  }

  get(slot: number): unknown {
    return this.#kinds[slot] === NUMBER ? this.#numbers[slot] : this.#others[slot]
  }

  write(slot: number, w: ByteWriter): void {
    encodeValue(w, this.get(slot))
  }

  pack(program: RowProgram): void {
    program.cell(this.#kinds, this.#numbers)
  }

  /** Of a state's number and that of a slot one stays. */
  merge(program: MergeProgram, kind: 'least' | 'greatest'): void {
    program.extreme(kind, this.#kinds, this.#numbers)
  }
}
