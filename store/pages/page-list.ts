// Pages of one level of a tree in order, each with the least key that may lie in it.
//
// Promises: some twenty bytes for a page, since a large state has many leaves. An empty least key is before every key.

import { compareRanges } from '../../core/values/bytes.ts'
import type { KeyOrder } from './page.ts'

export class PageList {
  length = 0
  #pages = new Float64Array(16)
  /** Where the least key of a page ends. */
  #ends = new Uint32Array(16)
  #keys = new Uint8Array(256)
  #used = 0

  /** The least key is a part of `bytes`, and is copied. */
  add(page: number, bytes: Uint8Array, start: number, end: number): void {
    if (this.length === this.#pages.length) {
      this.#pages = grown(this.#pages, new Float64Array(this.length * 2))
      this.#ends = grown(this.#ends, new Uint32Array(this.length * 2))
    }
    while (this.#used + end - start > this.#keys.length) {
      this.#keys = grown(this.#keys, new Uint8Array(this.#keys.length * 2))
    }
    this.#keys.set(bytes.subarray(start, end), this.#used)
    this.#used += end - start
    this.#pages[this.length] = page
    this.#ends[this.length++] = this.#used
  }

  /** Adds the first page below a page of another list: it has the same least key. */
  addFirst(page: number, above: PageList, index: number): void {
    this.add(page, above.#keys, above.#start(index), above.#end(index))
  }

  page(index: number): number {
    return this.#pages[index] as number
  }

  /** True if a key may lie in the page: not before its least key, and before that of the next page. */
  isWithin(index: number, bytes: Uint8Array, start: number, end: number, order: KeyOrder = compareRanges): boolean {
    if (this.#start(index) < this.#end(index) && this.#compare(index, bytes, start, end, order) > 0) return false
    return index + 1 === this.length || this.#compare(index + 1, bytes, start, end, order) > 0
  }

  /** The page that would hold a key. */
  find(key: Uint8Array): number {
    let low = 0
    let high = this.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#compare(middle, key, 0, key.length, compareRanges) <= 0) low = middle + 1
      else high = middle
    }
    return Math.max(0, low - 1)
  }

  #compare(index: number, bytes: Uint8Array, start: number, end: number, order: KeyOrder): number {
    return order(this.#keys, this.#start(index), this.#end(index), bytes, start, end)
  }

  #start(index: number): number {
    return index === 0 ? 0 : (this.#ends[index - 1] as number)
  }

  #end(index: number): number {
    return this.#ends[index] as number
  }
}

function grown<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from)
  return to
}
