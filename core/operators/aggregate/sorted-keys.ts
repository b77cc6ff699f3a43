// Rows of many slots, packed in order of arrival, then sorted by the bytes of their keys without a comparator over all.
//
// It differs from `store/spill/sort-keys.ts`, which sorts any bytes and keeps the order of equal keys: keys of groups
// are canonical and never equal, so zeros can mark the end of a key, and the engine's sort of 64-bit integers (word,
// number) does what needs a sort of our own there.
//
// Promises: the order of `compareBytes`, for canonical keys: where one is a prefix of another, the longer one goes on
// with FF, which sorts after the zeros that mark the end of the shorter. Sorting takes four bytes at a time past the
// prefix that all keys share. A row's key and its two parts are adjacent, so that writing it costs one access to
// distant memory, not one for each column.

import { ByteWriter } from '../../values/bytes.ts'

/** Ranges of up to this many keys are sorted by insertion. */
const FEW = 12

/** Whether the second of two 32-bit halves is the high one of a 64-bit integer. */
const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1
const HIGH = LITTLE_ENDIAN ? 1 : 0
const LOW = 1 - HIGH

/** Numbers that are kept of a row: where its key starts, where key, first and second part end, and its slot. */
const STRIDE = 5
const KEY_END = 1
const FIRST_END = 2
const SECOND_END = 3
const SLOT = 4

type Write = (w: ByteWriter, slot: number) => void

export class SortedKeys {
  readonly #w = new ByteWriter(4096)
  #bytes: Uint8Array = new Uint8Array(0)
  #rows = new Uint32Array(64 * STRIDE)
  #count = 0
  #order = new Uint32Array(0)

  get count(): number {
    return this.#count
  }

  /** The bytes of all rows, in order of arrival; set by `sort`. */
  get bytes(): Uint8Array {
    return this.#bytes
  }

  /** Adds the key that `key` appends to the writer, and the parts of the row where they are given. */
  add(slot: number, key: Write, first: Write | null = null, second: Write | null = null): void {
    const w = this.#w
    const at = this.#count++ * STRIDE
    if (at === this.#rows.length) this.#grow()
    const rows = this.#rows
    rows[at] = w.length
    key(w, slot)
    rows[at + KEY_END] = w.length
    first?.(w, slot)
    rows[at + FIRST_END] = w.length
    second?.(w, slot)
    rows[at + SECOND_END] = w.length
    rows[at + SLOT] = slot
  }

  sort(): void {
    this.#bytes = this.#w.view()
    const count = this.#count
    this.#order = new Uint32Array(count)
    for (let i = 0; i < count; i++) this.#order[i] = i
    const words = new BigUint64Array(count > FEW ? count : 0)
    this.#sortRange(0, count, 0, words, new Uint32Array(words.buffer))
  }

  /** Index of a rank's row, for the accessors below. */
  rowAt(rank: number): number {
    return (this.#order[rank] as number) * STRIDE
  }

  keyStart(row: number): number {
    return this.#rows[row] as number
  }

  keyEnd(row: number): number {
    return this.#rows[row + KEY_END] as number
  }

  firstEnd(row: number): number {
    return this.#rows[row + FIRST_END] as number
  }

  secondEnd(row: number): number {
    return this.#rows[row + SECOND_END] as number
  }

  slotOf(row: number): number {
    return this.#rows[row + SLOT] as number
  }

  slotAt(rank: number): number {
    return this.slotOf(this.rowAt(rank))
  }

  /** The key, without a copy. */
  keyAt(rank: number): Uint8Array {
    const row = this.rowAt(rank)
    return this.#bytes.subarray(this.keyStart(row), this.keyEnd(row))
  }

  #start(i: number): number {
    return this.#rows[i * STRIDE] as number
  }

  #end(i: number): number {
    return this.#rows[i * STRIDE + KEY_END] as number
  }

  #grow(): void {
    const rows = new Uint32Array(this.#rows.length * 2)
    rows.set(this.#rows)
    this.#rows = rows
  }

  /** Sorts the ranks from <= rank < to, whose keys agree in their first `depth` bytes. */
  #sortRange(from: number, to: number, depth: number, words: BigUint64Array, halves: Uint32Array): void {
    if (to - from <= FEW) return this.#sortFew(from, to, depth)
    const shared = this.#sharedLength(from, to, depth)
    const first = this.#order[from] as number
    if (this.#end(first) - this.#start(first) <= shared && this.#longest(from, to) <= shared) return
    for (let rank = from; rank < to; rank++) {
      const i = this.#order[rank] as number
      halves[2 * rank + HIGH] = this.#wordAt(i, shared)
      halves[2 * rank + LOW] = i
    }
    words.subarray(from, to).sort()
    for (let rank = from; rank < to; rank++) this.#order[rank] = halves[2 * rank + LOW] as number
    let start = from
    for (let rank = from + 1; rank <= to; rank++) {
      if (rank < to && halves[2 * rank + HIGH] === halves[2 * start + HIGH]) continue
      // The halves of this range are not read again, so the deeper sort may overwrite them.
      if (rank - start > 1) this.#sortRange(start, rank, shared + 4, words, halves)
      start = rank
    }
  }

  /** Four bytes of a key as an integer, zeros past its end. */
  #wordAt(i: number, depth: number): number {
    const at = this.#start(i) + depth
    const end = this.#end(i)
    const b = this.#bytes
    let word = 0
    for (let k = 0; k < 4; k++) word = (word << 8) | (at + k < end ? (b[at + k] as number) : 0)
    return word
  }

  /** Length of the prefix that all keys of a range share; at least `depth`. */
  #sharedLength(from: number, to: number, depth: number): number {
    const first = this.#order[from] as number
    const start = this.#start(first)
    let shared = this.#end(first) - start
    for (let rank = from + 1; rank < to && shared > depth; rank++) {
      const i = this.#order[rank] as number
      const other = this.#start(i)
      const length = Math.min(shared, this.#end(i) - other)
      let at = depth
      while (at < length && this.#bytes[start + at] === this.#bytes[other + at]) at++
      shared = at
    }
    return Math.max(shared, depth)
  }

  #longest(from: number, to: number): number {
    let longest = 0
    for (let rank = from; rank < to; rank++) {
      const i = this.#order[rank] as number
      longest = Math.max(longest, this.#end(i) - this.#start(i))
    }
    return longest
  }

  #sortFew(from: number, to: number, depth: number): void {
    const order = this.#order
    for (let rank = from + 1; rank < to; rank++) {
      const i = order[rank] as number
      let at = rank
      while (at > from && this.#isBefore(i, order[at - 1] as number, depth)) {
        order[at] = order[at - 1] as number
        at--
      }
      order[at] = i
    }
  }

  #isBefore(a: number, b: number, depth: number): boolean {
    const bytes = this.#bytes
    let x = this.#start(a) + depth
    let y = this.#start(b) + depth
    const endX = this.#end(a)
    const endY = this.#end(b)
    while (x < endX && y < endY) {
      const difference = (bytes[x++] as number) - (bytes[y++] as number)
      if (difference !== 0) return difference < 0
    }
    return y < endY
  }
}
