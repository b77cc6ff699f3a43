// From groups to their slots where windows overlap, so that an element is in several: its key is looked up once and has
// a number, by which each window finds its slot.
//
// Promises: keys of which no window has a group any more are forgotten, at a cost by the groups that were dropped.

import type { GroupIndex } from './group-index.ts'
import { KeyIndex } from './key-index.ts'
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

export class OverlappingIndex implements GroupIndex {
  readonly #windows = new Map<number, Window>()
  #window: Window | null = null
  #index = new KeyIndex()
  /** By number: the key, and how many windows have a group of it. */
  #keys: unknown[] = []
  #uses: number[] = []
  #unused = 0
  #key: unknown = NO_KEY
  #number = -1

  find(start: number, key: unknown): number {
    if (key !== this.#key) this.#numberOf(key)
    return this.#windowAt(start).slots.find(this.#number)
  }

  add(slot: number): void {
    const window = this.#window as Window
    window.slots.add(this.#number, slot)
    const uses = this.#uses[this.#number] as number
    if (uses === 0) this.#unused--
    this.#uses[this.#number] = uses + 1
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
    if (this.#unused > LEAST_UNUSED && 2 * this.#unused > this.#keys.length) this.#renumber()
  }

  #numberOf(key: unknown): void {
    let number = this.#index.find(key, this.#keys)
    if (number < 0) {
      number = this.#keys.length
      this.#keys.push(key)
      this.#uses.push(0)
      this.#unused++
      this.#index.add(key, number)
    }
    this.#key = key
    this.#number = number
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

  /** Forgets the keys that no window uses. */
  #renumber(): void {
    const numbers = new Int32Array(this.#keys.length).fill(-1)
    const [index, keys, uses]: [KeyIndex, unknown[], number[]] = [new KeyIndex(), [], []]
    for (const [number, key] of this.#keys.entries()) {
      if (this.#uses[number] === 0) continue
      numbers[number] = keys.length
      index.find(key, keys)
      index.add(key, keys.length)
      keys.push(key)
      uses.push(this.#uses[number] as number)
    }
    for (const window of this.#windows.values()) {
      const slots = new NumberIndex()
      for (const number of window.slots.numbers()) slots.add(numbers[number] as number, window.slots.find(number))
      window.slots = slots
    }
    this.#index = index
    this.#keys = keys
    this.#uses = uses
    this.#unused = 0
    this.#key = NO_KEY
  }
}
