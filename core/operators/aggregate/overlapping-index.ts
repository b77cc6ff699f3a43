// From groups to their slots where windows overlap, so that an element is in several: its key is looked up once and has
// a number, by which each window finds its slot.
//
// Promises: keys of which no window has a group any more are forgotten, at a cost by the groups that were dropped.

import type { TextColumn } from '../../kernel/decode/text-column.ts'
import type { GroupIndex } from './group-index.ts'
import { KeyIndex, type KeyScratch } from './key-index.ts'
import { NumberIndex } from './number-index.ts'

interface Window {
  /** NaN once it is dropped. */
  start: number
  slots: NumberIndex
  /** The window that was asked for after this one the last time: elements ask for theirs in the same order. */
  after: Window | null
}

const NO_KEY: unique symbol = Symbol('no key')

/** Numbers that no window uses any more before keys are numbered anew, besides half of all. */
const LEAST_UNUSED = 1024

/** Told where the key of a slot lies now. */
type Moved = (slot: number, at: number, length: number) => void

export class OverlappingIndex implements GroupIndex {
  readonly #scratch: KeyScratch
  readonly #moved: Moved
  readonly #windows = new Map<number, Window>()
  #window: Window | null = null
  #index: KeyIndex
  /** By number: where the key lies, and how many windows have a group of it. */
  #keysAt: number[] = []
  #lengths: number[] = []
  #uses: number[] = []
  #unused = 0
  #key: unknown = NO_KEY
  #number = -1

  constructor(scratch: KeyScratch, moved: Moved) {
    this.#scratch = scratch
    this.#moved = moved
    this.#index = new KeyIndex(scratch)
  }

  enter(key: unknown): void {
    if (key === this.#key) return
    this.#known(this.#index.numberOf(key, this.#uses.length))
    this.#key = key
  }

  enterBytes(bytes: Uint8Array, start: number, end: number): void {
    this.#scratch.putBytes(bytes, start, end)
    this.enterWritten()
  }

  enterWritten(): void {
    this.#known(this.#index.numberOfScratch(this.#uses.length))
    this.#key = NO_KEY
  }

  enterText(address: number, length: number): void {
    this.#known(this.#index.numberOfText(address, length, this.#uses.length))
    this.#key = NO_KEY
  }

  warm(texts: TextColumn): void {
    this.#index.warm(texts)
  }

  /** Takes the number of the key, which is new where it is negative. */
  #known(number: number): void {
    this.#number = number
    if (number >= 0) return
    this.#number = this.#uses.length
    this.#keysAt.push(this.#index.lastAt)
    this.#lengths.push(this.#index.lastLength)
    this.#uses.push(0)
    this.#unused++
  }

  find(start: number, next: number): number {
    const { slots } = this.#windowAt(start)
    const slot = slots.find(this.#number)
    if (slot >= 0) return slot
    slots.add(this.#number, next)
    const uses = this.#uses[this.#number] as number
    if (uses === 0) this.#unused--
    this.#uses[this.#number] = uses + 1
    return -1
  }

  get lastAt(): number {
    return this.#keysAt[this.#number] as number
  }

  get lastLength(): number {
    return this.#lengths[this.#number] as number
  }

  starts(): number[] {
    return [...this.#windows.keys()].sort((a, b) => a - b)
  }

  slotsOf(start: number): Iterable<number> {
    return this.#windows.get(start)?.slots.targets() ?? []
  }

  drop(start: number): void {
    const window = this.#windows.get(start)
    if (window === undefined) return
    for (const number of window.slots.numbers()) {
      const left = (this.#uses[number] as number) - 1
      this.#uses[number] = left
      if (left === 0) this.#unused++
    }
    this.#windows.delete(start)
    window.start = Number.NaN
    this.#window = null
    if (this.#unused > LEAST_UNUSED && 2 * this.#unused > this.#uses.length) this.#renumber()
  }

  clear(): void {
    for (const start of this.starts()) this.drop(start)
  }

  #windowAt(start: number): Window {
    const last = this.#window
    if (last !== null) {
      if (last.start === start) return last
      if (last.after !== null && last.after.start === start) {
        this.#window = last.after
        return last.after
      }
    }
    let window = this.#windows.get(start)
    if (window === undefined) {
      window = { start, slots: new NumberIndex(), after: null }
      this.#windows.set(start, window)
    }
    if (last !== null) last.after = window
    this.#window = window
    return window
  }

  /** Forgets the keys that no window uses: the others are copied into a new index. */
  #renumber(): void {
    const { bytes } = this.#scratch.own.memory
    const numbers = new Int32Array(this.#uses.length).fill(-1)
    const [before, keysAt, lengths, uses] = [this.#index, this.#keysAt, this.#lengths, this.#uses]
    this.#index = new KeyIndex(this.#scratch)
    this.#keysAt = []
    this.#lengths = []
    this.#uses = []
    for (let number = 0; number < uses.length; number++) {
      if (uses[number] === 0) continue
      numbers[number] = this.#uses.length
      const at = keysAt[number] as number
      this.#scratch.putBytes(bytes, at, at + (lengths[number] as number))
      this.#index.numberOfScratch(this.#uses.length)
      this.#keysAt.push(this.#index.lastAt)
      this.#lengths.push(this.#index.lastLength)
      this.#uses.push(uses[number] as number)
    }
    for (const window of this.#windows.values()) {
      const slots = new NumberIndex()
      for (const number of window.slots.numbers()) {
        const [fresh, slot] = [numbers[number] as number, window.slots.find(number)]
        slots.add(fresh, slot)
        this.#moved(slot, this.#keysAt[fresh] as number, this.#lengths[fresh] as number)
      }
      window.slots = slots
    }
    before.dispose()
    this.#unused = 0
    this.#key = NO_KEY
  }
}
