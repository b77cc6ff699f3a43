// From groups to their slots: by the start of a window and a key.

import { KeyIndex } from './key-index.ts'

export interface GroupIndex {
  /** The slot of a group, or -1. */
  find(start: number, key: unknown): number
  /** Adds the group that `find` has just not found. */
  add(slot: number): void
  /** Starts of windows that have groups, ascending. */
  starts(): number[]
  slotsOf(start: number): Iterable<number>
  /** Forgets a window. */
  drop(start: number): void
}

/** A table of keys for each window: for windows of which an element has one. */
export class ApartIndex implements GroupIndex {
  readonly #keys: readonly unknown[]
  readonly #windows = new Map<number, KeyIndex>()
  #lastStart = Number.NaN
  #last: KeyIndex
  #key: unknown

  /** `keys`: the key of each slot. */
  constructor(keys: readonly unknown[]) {
    this.#keys = keys
    this.#last = new KeyIndex()
  }

  find(start: number, key: unknown): number {
    const index = start === this.#lastStart ? this.#last : this.#indexOf(start)
    this.#key = key
    return index.find(key, this.#keys)
  }

  add(slot: number): void {
    this.#last.add(this.#key, slot)
  }

  starts(): number[] {
    return [...this.#windows.keys()].sort((a, b) => a - b)
  }

  slotsOf(start: number): Iterable<number> {
    return this.#windows.get(start)?.numbers() ?? []
  }

  drop(start: number): void {
    this.#windows.delete(start)
    this.#lastStart = Number.NaN
  }

  #indexOf(start: number): KeyIndex {
    const index = this.#windows.get(start) ?? new KeyIndex()
    this.#windows.set(start, index)
    this.#lastStart = start
    this.#last = index
    return index
  }
}
