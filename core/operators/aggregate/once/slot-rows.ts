// Rows of sorted slots that are packed while they are written, some at a time.
//
// Promises: what a few rows take of memory is all that many rows take. The groups must not change until they are
// written.

import type { OwnKernel } from '../../../kernel/kernel-over.ts'
import type { PackedTable } from '../../../kernel/packed-table.ts'
import type { PackedBlock, PackedRows, TakePart } from '../../../state/packed-rows.ts'
import type { RowPart } from '../row-part.ts'
import { NO_BYTES, SortedKeys } from '../sorted-keys.ts'

/** Rows that are packed at once: few enough for their bytes to stay near. */
const AT_ONCE = 4096

export interface SlotRowsOptions {
  readonly own: OwnKernel
  /** In the order of their keys as they are written. */
  readonly slots: Uint32Array
  /** The canonical bytes of the keys of slots. */
  readonly keyBytesOf: (slots: Uint32Array) => number
  readonly key: RowPart
  /** What follows the key in what is hashed. */
  readonly hashed?: RowPart | null
  /** Gets the hashes of all rows, four words each, some at a time. */
  readonly onHashes?: (hashes: Uint32Array) => void
  /** The value of a row; null: what is hashed. */
  readonly value: RowPart | null
  /** Bytes at the beginning of each key that are written behind the others; default: none. */
  readonly moved?: number
}

export class SlotRows implements PackedRows {
  readonly #o: SlotRowsOptions
  /** Rows from here on have not been hashed. */
  #hashed = 0

  constructor(options: SlotRowsOptions) {
    this.#o = options
  }

  *blocks(blockBytes: number): Generator<PackedBlock> {
    for (const rows of this.#pieces()) {
      const packed = this.#packed(rows)
      yield* packed.blocks(blockBytes)
      packed.dispose()
    }
  }

  each(take: TakePart): void {
    for (const rows of this.#pieces()) {
      const packed = this.#packed(rows)
      packed.each(take)
      packed.dispose()
    }
  }

  dispose(): void {}

  #packed(rows: SortedKeys): PackedTable {
    const { value, moved = 0 } = this.#o
    return rows.packed(value === null ? 'first' : 'second', { moved, inOrder: true })
  }

  *#pieces(): Generator<SortedKeys> {
    const { own, slots, keyBytesOf, key, hashed, onHashes, value } = this.#o
    for (let from = 0; from < slots.length; from += AT_ONCE) {
      const some = slots.subarray(from, from + AT_ONCE)
      const rows = new SortedKeys(own)
      rows.addAll(some, keyBytesOf(some), key, hashed ?? NO_BYTES, value)
      rows.keepOrder()
      if (onHashes !== undefined && from >= this.#hashed) {
        onHashes(rows.hashes())
        this.#hashed = from + some.length
      }
      yield rows
      rows.dispose()
    }
  }
}
