// Hashes of rows for a digest, some at a time: the kernel hashes four rows as fast as one.
//
// Promises: rows are copied, and wait in the kernel's memory until it is full or the digest is asked for its sum.

import type { RowHasher } from '../values/multiset-digest.ts'
import { newHashScratch } from './hash-scratch.ts'
import type { OwnKernel } from './kernel-over.ts'
import { Regions } from './regions.ts'

/** What waits at most. */
const BYTES = 1 << 16
const ROWS = 512
/** Words of a row: where its bytes begin and end. */
const ROW_WORDS = 2

export class KernelRowHasher implements RowHasher {
  readonly #own: () => OwnKernel
  #room: Room | null = null
  #rows = 0
  #length = 0

  /** The kernel is asked for with the first row. */
  constructor(own: () => OwnKernel) {
    this.#own = own
  }

  takes(key: Uint8Array, value: Uint8Array): boolean {
    const size = key.length + value.length
    if (this.#rows === ROWS || this.#length + size > BYTES) return false
    this.#room ??= newRoom(this.#own().memory)
    const { bytes, table } = this.#room
    const at = this.#length
    bytes.set(key, at)
    bytes.set(value, at + key.length)
    this.#length = at + size
    table[ROW_WORDS * this.#rows] = at
    table[ROW_WORDS * this.#rows + 1] = this.#length
    this.#rows++
    return true
  }

  take(): Uint32Array {
    const { bytes, table, hashes, scratch } = this.#room as Room
    const rows = this.#rows
    this.#rows = 0
    this.#length = 0
    const { kernel } = this.#own()
    kernel.hashRows(table.byteOffset, 4 * ROW_WORDS, 4, bytes.byteOffset, rows, hashes.byteOffset, scratch.byteOffset)
    return hashes.subarray(0, 4 * rows)
  }
}

interface Room {
  readonly bytes: Uint8Array
  readonly table: Uint32Array
  readonly hashes: Uint32Array
  readonly scratch: Uint8Array
}

function newRoom(memory: OwnKernel['memory']): Room {
  const regions = new Regions(memory)
  return {
    bytes: regions.take(BYTES),
    table: regions.words(ROW_WORDS * ROWS),
    hashes: regions.words(4 * ROWS),
    scratch: newHashScratch(regions),
  }
}
