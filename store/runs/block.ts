// A block: some consecutive rows of a run as one value of about two kilobytes, with a checksum.
//
// Promises: damaged bytes are never read as rows; a block read at another place than it was written for counts as
// damaged. A block is [crc-32][number of rows][start of each row][rows]; a row is [key length][key][0, or value length
// + 1][value].
// Not here: which block holds a key (`sorted-run.ts`).

import { crc32 } from 'node:zlib'
import { compareRanges } from '../../core/values/bytes.ts'
import { putVarint, varintAt, varintEnd } from '../../core/values/varint.ts'

const HEAD = 6

/** Where a row lies in its block. `valueEnd` is -1 where the row is deleted. */
export interface BlockRow {
  keyStart: number
  keyEnd: number
  valueStart: number
  valueEnd: number
}

export class BlockBuilder {
  #rows = new Uint8Array(8192)
  #length = 0
  #starts: number[] = []
  #out = new Uint8Array(8192)

  /** Bytes of the block so far. */
  get size(): number {
    return HEAD + 2 * this.#starts.length + this.#length
  }

  get rows(): number {
    return this.#starts.length
  }

  /** Adds a row; a negative `valueEnd` deletes. The caller adds keys in rising order. */
  add(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
  ): void {
    const valueLength = valueEnd < 0 ? 0 : valueEnd - valueStart
    this.#reserve(keyEnd - keyStart + valueLength + 10)
    this.#starts.push(this.#length)
    this.#length = putVarint(this.#rows, this.#length, keyEnd - keyStart)
    this.#copy(key, keyStart, keyEnd)
    this.#length = putVarint(this.#rows, this.#length, valueEnd < 0 ? 0 : valueLength + 1)
    if (valueEnd >= 0) this.#copy(value, valueStart, valueEnd)
  }

  /** The finished block for its place, valid until the next call; the builder is empty afterwards. */
  finish(run: number, ordinal: number): Uint8Array {
    const size = this.size
    if (this.#out.length < size) this.#out = new Uint8Array(size * 2)
    const out = this.#out
    out[4] = this.#starts.length >>> 8
    out[5] = this.#starts.length & 0xff
    let at = HEAD
    for (const start of this.#starts) {
      out[at++] = start >>> 8
      out[at++] = start & 0xff
    }
    out.set(this.#rows.subarray(0, this.#length), at)
    const block = out.subarray(0, size)
    sealBlock(block, run, ordinal)
    this.#starts = []
    this.#length = 0
    return block
  }

  #copy(from: Uint8Array, start: number, end: number): void {
    if (end - start > 64) this.#rows.set(from.subarray(start, end), this.#length)
    else for (let i = start, to = this.#length; i < end; ) this.#rows[to++] = from[i++] as number
    this.#length += end - start
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#rows.length) return
    const bigger = new Uint8Array(Math.max(this.#rows.length * 2, this.#length + more))
    bigger.set(this.#rows.subarray(0, this.#length))
    this.#rows = bigger
  }
}

/** Writes the checksum of a block that is whole but for that, for its place. */
export function sealBlock(block: Uint8Array, run: number, ordinal: number): void {
  writeU32(block, 0, checksum(block, run, ordinal))
}

/** True if the block is undamaged and was written for this place. */
export function isWhole(block: Uint8Array, run: number, ordinal: number): boolean {
  return block.length >= HEAD && readU32(block, 0) === checksum(block, run, ordinal)
}

export const blockRows = (block: Uint8Array): number => ((block[4] as number) << 8) | (block[5] as number)

/** Sets `place` to where the row with this index lies. */
export function placeRow(block: Uint8Array, index: number, place: BlockRow): void {
  const slot = HEAD + 2 * index
  let at = HEAD + 2 * blockRows(block) + (((block[slot] as number) << 8) | (block[slot + 1] as number))
  let length = block[at++] as number
  if (length >= 0x80) {
    length = varintAt(block, at - 1)
    at = varintEnd(block, at)
  }
  place.keyStart = at
  at += length
  place.keyEnd = at
  length = block[at++] as number
  if (length >= 0x80) {
    length = varintAt(block, at - 1)
    at = varintEnd(block, at)
  }
  place.valueStart = at
  place.valueEnd = length === 0 ? -1 : at + length - 1
}

/** Index of the first row whose key is not below `key`; the number of rows where there is none. */
export function lowerBound(block: Uint8Array, key: Uint8Array, place: BlockRow): number {
  let low = 0
  let high = blockRows(block)
  while (low < high) {
    const middle = (low + high) >>> 1
    placeRow(block, middle, place)
    if (compareRanges(block, place.keyStart, place.keyEnd, key, 0, key.length) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** The place seeds the checksum. */
function checksum(block: Uint8Array, run: number, ordinal: number): number {
  return crc32(block.subarray(4), (Math.imul(run, 0x9e3779b1) ^ ordinal) >>> 0)
}

function writeU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
}

const readU32 = (b: Uint8Array, at: number): number =>
  (((b[at] as number) << 24) | ((b[at + 1] as number) << 16) | ((b[at + 2] as number) << 8) | (b[at + 3] as number)) >>>
  0
