// Writes one run to the file of a state before the commit that it belongs to, in transactions of a bounded size.
//
// Promises: each of them leaves a state that a crash may interrupt: the root record lists what there is of the run,
// under no table.

import type { PackedRows } from '../../core/state/packed-rows.ts'
import type { RowChange } from '../../core/state/rows.ts'
import { BLOCK_BYTES, STAGED_BYTES } from '../limits.ts'
import { blockKey, type Lmdb } from '../lmdb.ts'
import { type Root, STAGED } from '../root.ts'
import type { KeyFilter } from '../runs/key-filter.ts'
import type { SortedRunInfo } from '../runs/sorted-run.ts'
import { SortedRunWriter } from '../runs/sorted-run-writer.ts'
import { putRoot } from './draft.ts'

interface StagedRun {
  readonly info: SortedRunInfo
  readonly filter: KeyFilter | undefined
}

export interface StagingOptions {
  /** Wanted bytes of a block. For tests; default `BLOCK_BYTES`. */
  readonly blockBytes?: number
  /** Bytes that are staged in one transaction. For tests; default `STAGED_BYTES`. */
  readonly stagedBytes?: number
}

export class Staging {
  /** That of the last transaction. */
  root: Root
  readonly #lmdb: Lmdb
  readonly #before: readonly SortedRunInfo[]
  readonly #id: number
  readonly #options: StagingOptions
  readonly #checkOwner: () => void
  /** Blocks that wait for a transaction, one behind the other, and where each ends. */
  #waiting = new Uint8Array(1 << 16)
  #ends: number[] = []
  #blocks = 0
  #bytes = 0

  constructor(lmdb: Lmdb, root: Root, options: StagingOptions, checkOwner: () => void) {
    this.root = root
    this.#lmdb = lmdb
    this.#before = root.tables.get(STAGED) ?? []
    this.#id = root.nextRun
    this.#options = options
    this.#checkOwner = checkOwner
  }

  /** Null where there are no rows. */
  write(rows: Iterable<RowChange> | PackedRows, filtered: boolean): StagedRun | null {
    const { blockBytes = BLOCK_BYTES, stagedBytes = STAGED_BYTES } = this.#options
    const put = (_: number, block: Uint8Array): void => {
      const start = this.#ends.at(-1) ?? 0
      if (start + block.length > this.#waiting.length) this.#grow(start + block.length)
      this.#waiting.set(block, start)
      this.#ends.push(start + block.length)
      if (start + block.length > stagedBytes) this.#putWaiting()
    }
    const writer = new SortedRunWriter(this.#id, put, filtered, blockBytes)
    if ('blocks' in rows) writer.addPacked(rows)
    else for (const [key, value] of rows) writer.add(key, value)
    const run = writer.finish()
    if (run === undefined) return null
    this.#putWaiting(run.info.rows)
    return run
  }

  #putWaiting(rows = 0): void {
    this.#lmdb.transaction(() => {
      this.#checkOwner()
      let start = 0
      for (const end of this.#ends) {
        this.#lmdb.put(blockKey(this.#id, this.#blocks++), this.#waiting.subarray(start, end), true)
        start = end
      }
      this.#bytes += start
      const info = { id: this.#id, blocks: this.#blocks, rows, bytes: this.#bytes }
      const tables = new Map(this.root.tables).set(STAGED, [...this.#before, info])
      this.root = { ...this.root, nextRun: this.#id + 1, tables }
      putRoot(this.#lmdb, this.root)
    })
    this.#ends = []
  }

  #grow(bytes: number): void {
    const larger = new Uint8Array(Math.max(bytes, 2 * this.#waiting.length))
    larger.set(this.#waiting)
    this.#waiting = larger
  }
}
