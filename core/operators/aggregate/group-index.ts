// From groups to their slots: by the start of a window and a key.

import type { TextColumn } from '../../kernel/decode/text-column.ts'
import { KeyIndex, type KeyPlaces, type KeyScratch, type RowsOfKeys } from './key-index.ts'

export interface GroupIndex {
  /** Sets the key for the searches that follow. */
  enter(key: unknown): void
  /** The same by the key's canonical bytes. */
  enterBytes(bytes: Uint8Array, start: number, end: number): void
  /** The same for the key that was written into the scratch. */
  enterWritten(): void
  /** The same for a text that lies in the kernel's memory, which must not change until the next key is set. */
  enterText(address: number, length: number): void
  /** A batch begins from which such texts will come. */
  warm(texts: TextColumn): void
  /** The slot of a window's group of the key that was set; -1 where it is new and has the slot `next` now. */
  find(start: number, next: number): number
  /** Where the canonical bytes of the key of the group lie that was last added. */
  readonly lastAt: number
  readonly lastLength: number
  /** Starts of windows that have groups, ascending. */
  starts(): number[]
  slotsOf(start: number): Iterable<number>
  /** Forgets a window. */
  drop(start: number): void
  /** Forgets all of them. */
  clear(): void
}

/** Where the key is that was set: in the scratch, a text in the kernel's memory, or a number. */
const SCRATCH = 0
const TEXT = 1
const NUMBER = 2

/** A table of keys for each window: for windows of which an element has one. */
export class ApartIndex implements GroupIndex {
  readonly #scratch: KeyScratch
  readonly #windows = new Map<number, KeyIndex>()
  #lastStart = Number.NaN
  #last: KeyIndex | null = null
  #kind = SCRATCH
  #number = 0
  #address = 0
  #length = 0

  constructor(scratch: KeyScratch) {
    this.#scratch = scratch
  }

  enter(key: unknown): void {
    if (typeof key === 'number') {
      this.#kind = NUMBER
      this.#number = key
    } else {
      this.#kind = SCRATCH
      this.#scratch.put(key)
    }
  }

  enterBytes(bytes: Uint8Array, start: number, end: number): void {
    this.#kind = SCRATCH
    this.#scratch.putBytes(bytes, start, end)
  }

  enterWritten(): void {
    this.#kind = SCRATCH
  }

  enterText(address: number, length: number): void {
    this.#kind = TEXT
    this.#address = address
    this.#length = length
  }

  warm(texts: TextColumn): void {
    this.#last?.warm(texts)
  }

  /** The slots of rows of one window: as `numberRows` of an index. */
  findRows(start: number, rows: RowsOfKeys, next: number, slots: Uint32Array, keys: KeyPlaces): number {
    return this.#indexOf(start).numberRows(rows, next, slots, keys)
  }

  find(start: number, next: number): number {
    const index = start === this.#lastStart ? (this.#last as KeyIndex) : this.#indexOf(start)
    if (this.#kind === TEXT) return index.numberOfText(this.#address, this.#length, next)
    return this.#kind === NUMBER ? index.numberOfDouble(this.#number, next) : index.numberOfScratch(next)
  }

  get lastAt(): number {
    return (this.#last as KeyIndex).lastAt
  }

  get lastLength(): number {
    return (this.#last as KeyIndex).lastLength
  }

  starts(): number[] {
    return [...this.#windows.keys()].sort((a, b) => a - b)
  }

  slotsOf(start: number): Iterable<number> {
    return this.#windows.get(start)?.numbers() ?? []
  }

  drop(start: number): void {
    this.#windows.get(start)?.dispose()
    this.#windows.delete(start)
    this.#lastStart = Number.NaN
    this.#last = null
  }

  /** Forgets all groups. The memory of a sole window, which there is always where keys have none, is kept for it. */
  clear(): void {
    if (this.#windows.size === 1) for (const index of this.#windows.values()) index.clear()
    else for (const start of this.starts()) this.drop(start)
  }

  #indexOf(start: number): KeyIndex {
    const index = this.#windows.get(start) ?? new KeyIndex(this.#scratch)
    this.#windows.set(start, index)
    this.#lastStart = start
    this.#last = index
    return index
  }
}
