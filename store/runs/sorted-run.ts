// A sorted run: sorted rows of one table, written once, as numbered blocks. A commit's changes are a run, and so is a
// whole table.
//
// Promises: `find` reads a number of blocks that is logarithmic in the size of the run, and one block once the index
// keys are in memory; damage throws.
// Not here: other runs, of which newer ones win (`run-merge.ts`, `state-view.ts`).

import { compareRanges } from '../../core/values/bytes.ts'
import { FILTER_ROWS_MAX, INDEX_BYTES } from '../limits.ts'
import { type BlockRow, blockRows, lowerBound, placeRow } from './block.ts'
import { hashRange } from './bytes-range.ts'
import { type KeyFilter, KeyHashes } from './key-filter.ts'

/** What the root record holds of a run. */
export interface SortedRunInfo {
  readonly id: number
  readonly blocks: number
  readonly rows: number
  readonly bytes: number
}

/** Returns checked blocks. The bytes are valid until the next call only. */
export type BlockSource = (run: number, ordinal: number) => Uint8Array

/** Misses before a filter is made, plus a quarter of the number of blocks: about the cost of reading the run once. */
const FILTER_AFTER = 64
const copy = Uint8Array.prototype.slice

export class SortedRun {
  readonly info: SortedRunInfo
  readonly #source: BlockSource
  /** Index keys (first keys of blocks) read so far. */
  readonly #indexKeys = new Map<number, Uint8Array>()
  #indexBytes = 0
  #filter: KeyFilter | undefined
  #misses = 0
  readonly #place: BlockRow = { keyStart: 0, keyEnd: 0, valueStart: 0, valueEnd: 0 }

  constructor(info: SortedRunInfo, source: BlockSource, filter?: KeyFilter) {
    this.info = info
    this.#source = source
    this.#filter = filter
  }

  /**
   * A copy of the value; null where this run deletes the row; undefined where it does not mention it. Blocks may come
   * from another source, such as a pinned snapshot.
   */
  find(key: Uint8Array, hash: number, source: BlockSource = this.#source): Uint8Array | null | undefined {
    if (this.#filter !== undefined && !this.#filter.mayHold(hash)) return undefined
    const ordinal = this.blockOf(key, source)
    const found = ordinal < 0 ? undefined : this.#findIn(ordinal, key, source)
    if (found === undefined && this.#filter === undefined) this.#miss(source)
    return found
  }

  /** Number of the block that would hold the key; -1 where it lies before the first. */
  blockOf(key: Uint8Array, source: BlockSource = this.#source): number {
    let low = 0
    let high = this.info.blocks
    while (low < high) {
      const middle = (low + high) >>> 1
      const indexKey = this.#indexKey(middle, source)
      if (compareRanges(indexKey, 0, indexKey.length, key, 0, key.length) <= 0) low = middle + 1
      else high = middle
    }
    return low - 1
  }

  /** A cursor before the first row at or past `from`; it may read its blocks from another source, too. */
  cursor(from?: Uint8Array, source: BlockSource = this.#source): RunCursor {
    const first = from === undefined ? 0 : Math.max(0, this.blockOf(from, source))
    return new RunCursor(this.info, source, first, from)
  }

  #findIn(ordinal: number, key: Uint8Array, source: BlockSource): Uint8Array | null | undefined {
    const block = source(this.info.id, ordinal)
    const place = this.#place
    const index = lowerBound(block, key, place)
    if (index === blockRows(block)) return undefined
    placeRow(block, index, place)
    if (compareRanges(block, place.keyStart, place.keyEnd, key, 0, key.length) !== 0) return undefined
    return place.valueEnd < 0 ? null : copy.call(block, place.valueStart, place.valueEnd)
  }

  #indexKey(ordinal: number, source: BlockSource): Uint8Array {
    const known = this.#indexKeys.get(ordinal)
    if (known !== undefined) return known
    const block = source(this.info.id, ordinal)
    placeRow(block, 0, this.#place)
    const indexKey = copy.call(block, this.#place.keyStart, this.#place.keyEnd)
    if (this.#indexBytes + indexKey.length <= INDEX_BYTES) {
      this.#indexKeys.set(ordinal, indexKey)
      this.#indexBytes += indexKey.length
    }
    return indexKey
  }

  /** After enough misses the run gets a filter, for which it is read once. */
  #miss(source: BlockSource): void {
    if (++this.#misses !== FILTER_AFTER + (this.info.blocks >>> 2) || this.info.rows > FILTER_ROWS_MAX) return
    const hashes = new KeyHashes()
    const cursor = this.cursor(undefined, source)
    while (cursor.next()) hashes.add(cursor.block, cursor.keyStart, cursor.keyEnd)
    this.#filter = hashes.filter()
  }
}

/** Walks a run's rows in order. Blocks are copies: parts of them may be kept. */
export class RunCursor implements BlockRow {
  block: Uint8Array = new Uint8Array(0)
  keyStart = 0
  keyEnd = 0
  valueStart = 0
  valueEnd = 0
  readonly #info: SortedRunInfo
  readonly #source: BlockSource
  #ordinal: number
  #index = 0
  #rows = 0
  #from: Uint8Array | undefined

  constructor(info: SortedRunInfo, source: BlockSource, first: number, from: Uint8Array | undefined) {
    this.#info = info
    this.#source = source
    this.#ordinal = first
    this.#from = from
  }

  /** Moves to the next row; false at the end. */
  next(): boolean {
    while (this.#index === this.#rows) {
      if (this.#ordinal === this.#info.blocks) return false
      this.block = copy.call(this.#source(this.#info.id, this.#ordinal++))
      this.#rows = blockRows(this.block)
      this.#index = this.#from === undefined ? 0 : lowerBound(this.block, this.#from, this)
      this.#from = undefined
    }
    placeRow(this.block, this.#index++, this)
    return true
  }
}

export const keyHash = (key: Uint8Array): number => hashRange(key, 0, key.length)
