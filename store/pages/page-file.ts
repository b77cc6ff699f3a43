// The pages of lmdb's file, read without lmdb.
//
// Promises: a page that the file does not have is undefined and not a signal, as it would be through lmdb's map; pages
// that are read in order come in large pieces.
// Not here: what the pages hold.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

/** Pages that are read at once where they are read in order. */
const AHEAD = 32

export class PageFile {
  readonly #fd: number
  #buffer = new Uint8Array(0)
  /** Number of the first page in the buffer, and how many there are. */
  #first = 0
  #count = 0
  #last = -1
  readonly pageSize: number

  constructor(path: string, pageSize: number) {
    this.pageSize = pageSize
    this.#fd = openSync(path, 'r')
  }

  /** Bytes of the file now. */
  get size(): number {
    return fstatSync(this.#fd).size
  }

  /** The bytes of a place, or undefined where the file ends before. */
  bytes(at: number, length: number): Uint8Array | undefined {
    const bytes = new Uint8Array(length)
    return this.#fill(bytes, at) === length ? bytes : undefined
  }

  /** A page, valid until the next call. */
  page(number: number): Uint8Array | undefined {
    const ahead = number === this.#last + 1 ? AHEAD : 1
    this.#last = number
    if (number < this.#first || number >= this.#first + this.#count) this.#load(number, ahead)
    const at = (number - this.#first) * this.pageSize
    return number < this.#first + this.#count ? this.#buffer.subarray(at, at + this.pageSize) : undefined
  }

  close(): void {
    closeSync(this.#fd)
  }

  #load(number: number, pages: number): void {
    const length = pages * this.pageSize
    if (this.#buffer.length < length) this.#buffer = new Uint8Array(length)
    const read = this.#fill(this.#buffer.subarray(0, length), number * this.pageSize)
    this.#first = number
    this.#count = Math.floor(read / this.pageSize)
  }

  #fill(bytes: Uint8Array, at: number): number {
    let filled = 0
    while (filled < bytes.length) {
      const read = readSync(this.#fd, bytes, filled, bytes.length - filled, at + filled)
      if (read === 0) break
      filled += read
    }
    return filled
  }
}
