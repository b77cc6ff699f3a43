// Writes sorted rows as the blocks of a new run.
//
// Promises: keys rise strictly (anything else is a bug of ours and throws); one pass, bounded memory.
// Not here: the transaction in which the blocks are put (`writer.ts`).

import { invariant } from '../../core/errors.ts'
import type { PackedRows } from '../../core/state/packed-rows.ts'
import { compareRanges } from '../../core/values/bytes.ts'
import { BLOCK_BYTES, FILTER_ROWS_MAX } from '../limits.ts'
import { BlockBuilder, sealBlock } from './block.ts'

import { type KeyFilter, KeyHashes } from './key-filter.ts'
import type { SortedRunInfo } from './sorted-run.ts'

const NOTHING = new Uint8Array(0)

export class SortedRunWriter {
  readonly #id: number
  readonly #put: (ordinal: number, block: Uint8Array) => void
  readonly #blockBytes: number
  readonly #builder = new BlockBuilder()
  readonly #hashes: KeyHashes | undefined
  #last = new Uint8Array(256)
  #lastLength = -1
  #blocks = 0
  #rows = 0
  #bytes = 0

  /** `filtered` collects the keys for a filter. */
  constructor(
    id: number,
    put: (ordinal: number, block: Uint8Array) => void,
    filtered: boolean,
    blockBytes = BLOCK_BYTES,
  ) {
    this.#id = id
    this.#put = put
    this.#blockBytes = blockBytes
    this.#hashes = filtered ? new KeyHashes() : undefined
  }

  add(key: Uint8Array, value: Uint8Array | null): void {
    if (value === null) this.addPart(key, 0, key.length, NOTHING, 0, -1)
    else this.addPart(key, 0, key.length, value, 0, value.length)
  }

  /** As `add`, with parts of byte strings; a negative `valueEnd` deletes. */
  addPart(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
  ): void {
    this.#remember(key, keyStart, keyEnd)
    const size = keyEnd - keyStart + Math.max(0, valueEnd - valueStart) + 12
    if (this.#builder.rows > 0 && this.#builder.size + size > this.#blockBytes) this.#flush()
    this.#builder.add(key, keyStart, keyEnd, value, valueStart, valueEnd)
    this.#rows++
    if (this.#hashes !== undefined && this.#rows <= FILTER_ROWS_MAX) this.#hashes.add(key, keyStart, keyEnd)
  }

  /** All rows of the run, which are in order. */
  addPacked(rows: PackedRows): void {
    invariant(this.#rows === 0, 'packed rows must be all of a run')
    for (const { bytes, rows: count } of rows.blocks(this.#blockBytes)) {
      this.#rows += count
      sealBlock(bytes, this.#id, this.#blocks)
      this.#put(this.#blocks++, bytes)
      this.#bytes += bytes.length
    }
    const hashes = this.#hashes
    if (hashes === undefined || this.#rows > FILTER_ROWS_MAX) return
    rows.each((bytes, keyStart, keyEnd) => hashes.add(bytes, keyStart, keyEnd))
  }

  /** Undefined where no row was added. */
  finish(): { info: SortedRunInfo; filter: KeyFilter | undefined } | undefined {
    if (this.#builder.rows > 0) this.#flush()
    if (this.#rows === 0) return undefined
    const info = { id: this.#id, blocks: this.#blocks, rows: this.#rows, bytes: this.#bytes }
    return { info, filter: this.#rows <= FILTER_ROWS_MAX ? this.#hashes?.filter() : undefined }
  }

  #flush(): void {
    const block = this.#builder.finish(this.#id, this.#blocks)
    this.#put(this.#blocks++, block)
    this.#bytes += block.length
  }

  #remember(key: Uint8Array, start: number, end: number): void {
    const rises = this.#lastLength < 0 || compareRanges(this.#last, 0, this.#lastLength, key, start, end) < 0
    invariant(rises, 'rows of a table must come sorted by key, no key twice')
    const length = end - start
    if (length > this.#last.length) this.#last = new Uint8Array(length * 2)
    if (length > 64) this.#last.set(key.subarray(start, end))
    else for (let i = 0; i < length; i++) this.#last[i] = key[start + i] as number
    this.#lastLength = length
  }
}
