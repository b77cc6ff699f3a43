// The program by which the kernel adds states to slots: what `RowProgram` writes of a state, read back.
//
// Promises: the columns are then as if each had merged the state in JavaScript. A state that is in no array (a text, a
// sum that two doubles do not hold) stops the kernel before its row.

import type { Regions } from '../regions.ts'

/** Kinds of operations; each has four words: its kind and three operands (`kernel/assembly/runs.ts`). */
export const MERGE = Object.freeze({
  /** An array of doubles, to which a double is added. */
  double: 0,
  /** Pairs of doubles, to which the state of a sum is added. */
  sum: 1,
  /** Marks of slots that have a number, and an array of doubles: the lesser of two canonical numbers stays. */
  least: 2,
  /** The same for the greater one. */
  greatest: 3,
})

const OPERATION_WORDS = 4
/** Of what a row changes, an operation. */
const CHANGE_BYTES = 32

interface Placed {
  readonly byteOffset: number
}

/** A program in the kernel's memory. */
export interface PlacedMerge {
  readonly address: number
  readonly operations: number
  readonly scratch: number
}

export class MergeProgram {
  readonly #words: number[] = []

  double(cells: Placed): this {
    return this.#add(MERGE.double, cells.byteOffset)
  }

  sum(cells: Placed): this {
    return this.#add(MERGE.sum, cells.byteOffset)
  }

  extreme(kind: 'least' | 'greatest', marks: Placed, numbers: Placed): this {
    return this.#add(MERGE[kind], marks.byteOffset, numbers.byteOffset)
  }

  placed(regions: Regions): PlacedMerge {
    const words = regions.words(this.#words.length)
    words.set(this.#words)
    const operations = words.length / OPERATION_WORDS
    const scratch = regions.take(CHANGE_BYTES * operations)
    return { address: words.byteOffset, operations, scratch: scratch.byteOffset }
  }

  #add(kind: number, a: number, b = 0): this {
    this.#words.push(kind, a, b, 0)
    return this
  }
}
