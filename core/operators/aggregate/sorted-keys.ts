// Rows of many slots, packed in order of arrival, then sorted and hashed by the kernel.
//
// It differs from `store/spill/sort-keys.ts`, which sorts any bytes and keeps the order of equal keys: keys of groups
// are canonical and never equal, so zeros can mark the end of a key.
//
// Promises: the order of `compareBytes`, for canonical keys: where one is a prefix of another, the longer one goes on
// with FF, which sorts after the zeros that mark the end of the shorter. A row's key and its two parts are adjacent, so
// that writing it costs one access to distant memory, not one for each column. Its memory is the kernel's until it is
// disposed of.

import { newHashScratch } from '../../kernel/hash-scratch.ts'
import type { OwnKernel } from '../../kernel/kernel-over.ts'
import { RowProgram } from '../../kernel/pack/row-program.ts'
import { PackedTable } from '../../kernel/packed-table.ts'
import { Regions } from '../../kernel/regions.ts'
import { sortedOrder } from '../../kernel/sorted-order.ts'
import { ByteWriter } from '../../values/bytes.ts'
import type { RowPart } from './row-part.ts'

/** Numbers that are kept of a row: where its key starts, where key, first and second part end, and its slot. */
const STRIDE = 5
const KEY_END = 1
const FIRST_END = 2
const SECOND_END = 3
const SLOT = 4
const ROW_BYTES = 4 * STRIDE
/** Bytes that the kernel may write behind the last row. */
const SLACK = 16
/** Rows that show how long the others are, and how much longer these may be in all. */
const SAMPLE = 1024
const MORE = 1.05

type Write = RowPart['write']

interface PackedOptions {
  readonly only?: Uint8Array | null
  readonly moved?: number
  readonly inOrder?: boolean
}

/** A part that every row has, and that is empty. */
export const NO_BYTES: RowPart = { write: () => {}, pack: () => {} }

export class SortedKeys {
  readonly #own: OwnKernel
  readonly #regions: Regions
  readonly #w: ByteWriter
  #rows: Uint32Array
  #bytes: Uint8Array = new Uint8Array(0)
  #count = 0
  /** Rows without parts. */
  #bare = 0
  /** Those who still read the rows: whoever made this, and packed rows. */
  #holders = 1
  #order: Uint32Array = new Uint32Array(0)

  constructor(own: OwnKernel) {
    this.#own = own
    this.#regions = new Regions(own.memory)
    this.#w = new ByteWriter(4096, this.#regions)
    this.#rows = this.#regions.words(64 * STRIDE)
  }

  get count(): number {
    return this.#count
  }

  /** The bytes of all rows, in order of arrival; set by `sort`. */
  get bytes(): Uint8Array {
    return this.#bytes
  }

  /** Adds the key that `key` appends to the writer, and the parts of the row where they are given. */
  add(slot: number, key: Write, first?: Write, second?: Write): void {
    const w = this.#w
    const at = this.#count++ * STRIDE
    this.#reserve(at + STRIDE)
    const rows = this.#rows
    rows[at] = w.length
    key(w, slot)
    rows[at + KEY_END] = w.length
    first?.(w, slot)
    rows[at + FIRST_END] = w.length
    second?.(w, slot)
    rows[at + SECOND_END] = w.length
    rows[at + SLOT] = slot
    if (first === undefined) this.#bare++
  }

  /**
   * Adds rows of many slots, each with its key and the parts that are given. `keyBytes`: the canonical
   * bytes of the keys of all these slots.
   */
  addAll(
    slots: Uint32Array,
    keyBytes: number,
    key: RowPart,
    first: RowPart | null = null,
    second: RowPart | null = null,
  ): void {
    const add = (slot: number): void => this.add(slot, key.write, first?.write, second?.write)
    const program = programOf(key, first, second)
    if (program === null) this.#write(slots, add)
    else {
      const packed = this.#pack(slots, keyBytes, program, add)
      if (first === null) this.#bare += packed
    }
  }

  /** Room for all rows is taken when some have shown about how long they are: to double it would cost as much again. */
  #write(slots: Uint32Array, add: (slot: number) => void): void {
    const from = this.#w.length
    this.#reserve((this.#count + slots.length) * STRIDE)
    for (let i = 0; i < slots.length; i++) {
      if (i === SAMPLE) this.#w.reserve(Math.ceil(((this.#w.length - from) / i) * (slots.length - i) * MORE))
      add(slots[i] as number)
    }
  }

  /** `add` adds a row that the kernel cannot write. Returns how many it can. */
  #pack(slots: Uint32Array, keyBytes: number, program: RowProgram, add: (slot: number) => void): number {
    let packed = 0
    const scratch = new Regions(this.#own.memory)
    const list = scratch.words(slots.length)
    list.set(slots)
    const { address, operations } = program.placed(scratch)
    const w = this.#w
    this.#reserve((this.#count + slots.length) * STRIDE)
    for (let done = 0; done < slots.length; done++) {
      const left = slots.length - done
      const out = w.reserve(program.mostBytesOf(left, keyBytes) + SLACK).byteOffset
      const table = this.#rows.byteOffset + this.#count * ROW_BYTES
      const from = list.byteOffset + 4 * done
      const added = this.#own.kernel.packRows(address, operations, from, left, table, ROW_BYTES, out, w.length)
      this.#count += added
      if (added > 0) w.advance(this.secondEnd(this.rowOf(this.#count - 1)) - w.length)
      done += added
      packed += added
      if (done < slots.length) add(slots[done] as number)
    }
    scratch.giveAllBack()
    return packed
  }

  /** Whether every row has a first part. */
  get allPacked(): boolean {
    return this.#bare === 0
  }

  /** In place of `sort`, where rows were added in the order of their keys. */
  keepOrder(): void {
    this.#bytes = this.#w.view()
    this.#order = this.#regions.words(this.#count)
    for (let rank = 0; rank < this.#count; rank++) this.#order[rank] = rank
  }

  /**
   * Before `sort`: the hashes, as those of `hashes`, of both parts of each row. The first bytes of the first part, so
   * many in all rows, become the end of the key then.
   */
  hashesOfParts(moved: number): Uint32Array {
    this.#bytes = this.#w.view()
    const hashes = this.#hashesOf(0, this.#count, KEY_END, SECOND_END)
    const rows = this.#rows
    for (let number = 0; number < this.#count; number++) {
      const at = this.rowOf(number) + KEY_END
      rows[at] = (rows[at] as number) + moved
    }
    return hashes
  }

  sort(): void {
    const count = this.#count
    this.#bytes = this.#w.view()
    const rows = { table: this.#rows, stride: STRIDE, count, base: this.#bytes.byteOffset }
    this.#order = sortedOrder(this.#own, rows, this.#regions)
  }

  /** After `sort`: four words for each row, at four fifths of its index: the hash of its key and first part. */
  hashes(): Uint32Array {
    return this.#hashesOf(0, this.#count, 0, FIRST_END)
  }

  /** As `hashes`, of the second parts of the rows with these numbers. */
  hashesOfSecond(from: number, to: number): Uint32Array {
    return this.#hashesOf(from, to, FIRST_END, SECOND_END)
  }

  /** Of the bytes between two words of each of the rows with these numbers. */
  #hashesOf(from: number, to: number, start: number, end: number): Uint32Array {
    const hashes = this.#regions.words(4 * (to - from))
    const scratch = newHashScratch(this.#regions)
    const table = this.#rows.byteOffset + from * ROW_BYTES + 4 * start
    const { kernel } = this.#own
    const { byteOffset: bytes } = this.#bytes
    kernel.hashRows(table, ROW_BYTES, 4 * (end - start), bytes, to - from, hashes.byteOffset, scratch.byteOffset)
    this.#regions.giveBack(scratch)
    return hashes
  }

  /**
   * Keys with their first or second parts, in order: of all rows, or of those that `only` marks with 1. The first
   * `moved` bytes of keys, of which all rows have as many, are moved behind the others, and rows are sorted by the keys
   * that this makes, unless they are `inOrder` of these already. What they lie in is kept until they are disposed of
   * too.
   */
  packed(part: 'first' | 'second', { only = null, moved = 0, inOrder = moved === 0 }: PackedOptions = {}): PackedTable {
    const valueStart = part === 'first' ? KEY_END : FIRST_END
    const all = inOrder ? this.#order : this.#orderBehind(moved)
    const order = only === null ? all : this.#some(all, only)
    const places = { bytes: this.#bytes, rows: this.#rows, stride: STRIDE, order, keyEnd: KEY_END, valueStart, moved }
    this.#holders++
    return new PackedTable(this.#own, { ...places, valueEnd: valueStart + 1 }, () => this.dispose())
  }

  #some(order: Uint32Array, only: Uint8Array): Uint32Array {
    const some = this.#regions.words(this.#count)
    let count = 0
    for (const number of order) if (only[number] === 1) some[count++] = number
    return some.subarray(0, count)
  }

  /** Rows in the order of what is in their keys behind so many bytes, then of these: equals keep their order. */
  #orderBehind(moved: number): Uint32Array {
    const regions = this.#regions
    const keys = regions.words(2 * this.#count)
    for (let rank = 0; rank < this.#count; rank++) {
      const row = this.rowAt(rank)
      keys[2 * rank] = this.keyStart(row) + moved
      keys[2 * rank + 1] = this.keyEnd(row)
    }
    const rows = { table: keys, stride: 2, count: this.#count, base: this.#bytes.byteOffset }
    const order = sortedOrder(this.#own, rows, regions)
    regions.giveBack(keys)
    for (let i = 0; i < order.length; i++) order[i] = this.#order[order[i] as number] as number
    return order
  }

  /**
   * Gives its memory back, once all packed rows have been disposed of too: what it has returned is not to be read any
   * more.
   */
  dispose(): void {
    if (--this.#holders === 0) this.#regions.giveAllBack()
  }

  /** Index of a row by its number, in the order in which rows were added. */
  rowOf(number: number): number {
    return number * STRIDE
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

  /** The number of a row. */
  numberOf(row: number): number {
    return row / STRIDE
  }

  /** Where the hash of a row is among `hashes`. */
  hashAt(row: number): number {
    return 4 * this.numberOf(row)
  }

  /** The key, without a copy. */
  keyAt(rank: number): Uint8Array {
    const row = this.rowAt(rank)
    return this.#bytes.subarray(this.keyStart(row), this.keyEnd(row))
  }

  /** Makes room for so many words. */
  #reserve(words: number): void {
    if (words <= this.#rows.length) return
    const rows = this.#regions.words(Math.max(words, this.#rows.length * 2))
    rows.set(this.#rows)
    this.#regions.giveBack(this.#rows)
    this.#rows = rows
  }
}

/** Null where the kernel cannot write a part. */
function programOf(key: RowPart, first: RowPart | null, second: RowPart | null): RowProgram | null {
  const program = new RowProgram()
  const parts: [RowPart | null, number][] = [
    [key, KEY_END],
    [first, FIRST_END],
    [second, SECOND_END],
  ]
  for (const [part, end] of parts) {
    if (part !== null && part.pack === null) return null
    part?.pack?.(program)
    program.mark(end)
  }
  return program.slot(SLOT)
}
