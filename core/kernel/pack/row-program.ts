// The program by which the kernel writes rows of slots: key and parts of a row, from arrays in its memory.
//
// Promises: the bytes that the writers of keys, results and states in JavaScript give for the same slot. A row with a
// value that is in no array (a text, a sum that two doubles do not hold) stops the kernel before it.
// Not here: which arrays (`core/aggregations`), and where rows go (`core/operators/aggregate/sorted-keys.ts`).

import { ByteWriter } from '../../values/bytes.ts'
import type { Regions } from '../regions.ts'

/** Kinds of operations; each has four words: its kind and three operands (`kernel/assembly/pack.ts`). */
export const PACK = Object.freeze({
  /** The byte offset of a word of the row, which becomes the place that has been reached. */
  mark: 0,
  /** The byte offset of a word of the row, which becomes the slot. */
  slot: 1,
  /** Address and length of bytes. */
  literal: 2,
  /** Addresses of places and of lengths of byte strings, by slot; or by the number that an array has for the slot. */
  part: 3,
  /** A canonical number of an array of doubles. */
  number: 4,
  /** A double as it is. */
  double: 5,
  /** Pairs of doubles, and marks of slots that have more: their sum as a canonical number. */
  sum: 6,
  /** The same: the state of the sum (`core/aggregations/exact/exact-sums.ts`). */
  sumState: 7,
  /** The same, and an array of divisors. */
  mean: 8,
  /** Marks of slots that have a number, and an array of doubles. */
  cell: 9,
  /** The address of a word that holds what texts are relative to; first of a program whose slots follow each other. */
  base: 10,
  /** Places of texts of UTF-8 without zeros, and their lengths, of which the two highest bits say other things. */
  text: 11,
  /** Bytes: 1 for true, 0 for false. */
  boolean: 12,
  /** Bytes, 0 where there is no value, and how many operations are then left out. */
  present: 13,
  /** Bytes, 2 where the value is null: the next operation is not for it. */
  nullable: 14,
})

const NUMBER_BYTES = 9
const DOUBLE_BYTES = 8
const MOST_SUM_BYTES = 17
const TEXT_BYTES = 2

interface Placed {
  readonly byteOffset: number
}

export class RowProgram {
  readonly #words: number[] = []
  readonly #literals = new ByteWriter(64)
  #mostBytes = 0
  #parts = 0

  /** The most bytes of a row, without those of `part`. */
  get mostBytes(): number {
    return this.#mostBytes
  }

  /** The most bytes of some rows, given those of all that a `part` takes of their slots. */
  mostBytesOf(rows: number, partBytes: number): number {
    return rows * this.#mostBytes + this.#parts * partBytes
  }

  mark(word: number): this {
    return this.#add(0, PACK.mark, 4 * word)
  }

  slot(word: number): this {
    return this.#add(0, PACK.slot, 4 * word)
  }

  literal(bytes: Uint8Array): this {
    const last = this.#words.length - 4
    if (this.#words[last] === PACK.literal) {
      this.#words[last + 2] = (this.#words[last + 2] as number) + bytes.length
      this.#mostBytes += bytes.length
    } else this.#add(bytes.length, PACK.literal, this.#literals.length, bytes.length)
    this.#literals.bytes(bytes)
    return this
  }

  part(at: Placed, lengths: Placed, numbers: Placed | null = null): this {
    this.#parts++
    return this.#add(0, PACK.part, at.byteOffset, lengths.byteOffset, numbers?.byteOffset)
  }

  number(cells: Placed): this {
    return this.#add(NUMBER_BYTES, PACK.number, cells.byteOffset)
  }

  double(cells: Placed): this {
    return this.#add(DOUBLE_BYTES, PACK.double, cells.byteOffset)
  }

  sum(cells: Placed, odd: Placed): this {
    return this.#add(NUMBER_BYTES, PACK.sum, cells.byteOffset, odd.byteOffset)
  }

  sumState(cells: Placed, odd: Placed): this {
    return this.#add(MOST_SUM_BYTES, PACK.sumState, cells.byteOffset, odd.byteOffset)
  }

  mean(cells: Placed, odd: Placed, counts: Placed): this {
    return this.#add(NUMBER_BYTES, PACK.mean, cells.byteOffset, odd.byteOffset, counts.byteOffset)
  }

  cell(kinds: Placed, numbers: Placed): this {
    return this.#add(NUMBER_BYTES, PACK.cell, kinds.byteOffset, numbers.byteOffset)
  }

  base(word: Placed): this {
    return this.#add(0, PACK.base, word.byteOffset)
  }

  /** Bytes of a text are none of `mostBytes`, only its tag and its end. */
  text(starts: Placed, lengths: Placed): this {
    return this.#add(TEXT_BYTES, PACK.text, starts.byteOffset, lengths.byteOffset)
  }

  boolean(cells: Placed): this {
    return this.#add(1, PACK.boolean, cells.byteOffset)
  }

  nullable(presence: Placed): this {
    return this.#add(1, PACK.nullable, presence.byteOffset)
  }

  /** What `add` adds is written only where there is a value. */
  present(presence: Placed, add: () => void): this {
    this.#add(0, PACK.present, presence.byteOffset)
    const at = this.#words.length
    add()
    this.#words[at - 2] = (this.#words.length - at) / 4
    return this
  }

  /** Puts it into the kernel's memory: its address, and how many operations it has. */
  placed(regions: Regions): { readonly address: number; readonly operations: number } {
    const literals = regions.take(this.#literals.length)
    literals.set(this.#literals.view())
    const words = regions.words(this.#words.length)
    words.set(this.#words)
    for (let at = 0; at < words.length; at += 4) {
      if (words[at] === PACK.literal) words[at + 1] = (words[at + 1] as number) + literals.byteOffset
    }
    return { address: words.byteOffset, operations: words.length / 4 }
  }

  #add(most: number, kind: number, a: number, b = 0, c = 0): this {
    this.#mostBytes += most
    this.#words.push(kind, a, b, c)
    return this
  }
}
