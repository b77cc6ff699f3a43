// Sorts more rows than fit into memory: rows are collected in one buffer, sorted, spilled to temporary files, merged.
//
// Promises: those of RowSorter in core/state/environment.ts; equal keys keep the order in which they were added; memory
// stays near the limit (plus one row); `dispose` frees files and memory.
// Not here: sorting in memory (`sort-keys.ts`).

import { tmpdir } from 'node:os'
import type { RowSorter } from '../../core/state/environment.ts'
import { type Row, type RowReader, type Rows, rowsBy } from '../../core/state/rows.ts'
import { compareRanges } from '../../core/values/bytes.ts'
import { SORTER_BYTES } from '../limits.ts'
import { mergeSorted } from './merge-sorted.ts'
import { sortKeys } from './sort-keys.ts'
import { SortingMemory } from './sorting-memory.ts'
import { SpilledRows } from './spilled-rows.ts'

interface SorterOptions {
  /** What it shares with other sorters. Default: SORTER_BYTES of its own. */
  readonly memory?: SortingMemory
  /** Directory for temporary files. Default: the system's. */
  readonly dir?: string
}

/** Throws `disk-full` from `add` and `sorted` when temporary files do not fit. */
export function newRowSorter(options: SorterOptions = {}): RowSorter {
  return new Sorter(options.memory ?? new SortingMemory(SORTER_BYTES), options.dir ?? tmpdir())
}

/** Memory of a row besides its bytes: start, two lengths, order, words. */
const ROW_OVERHEAD = 24
/** What a sorter takes of the shared memory at once. */
const STEP = 1 << 20
/** Below this its bytes double. */
const FEW_BYTES = 32 << 20

class Sorter implements RowSorter {
  rows = 0
  readonly #memory: SortingMemory
  /** What it has taken of the memory. */
  #taken = 0
  readonly #dir: string
  #files: SpilledRows[] = []
  #bytes = new Uint8Array(4096)
  #length = 0
  #count = 0
  #starts = new Uint32Array(64)
  #keyLengths = new Uint32Array(64)
  #valueLengths = new Uint32Array(64)
  #order: Uint32Array | undefined
  /** Whether the rows in memory came in order, as those of a table do. */
  #ascends = true

  constructor(memory: SortingMemory, dir: string) {
    this.#memory = memory
    this.#dir = dir
  }

  add(key: Uint8Array, value: Uint8Array): void {
    const size = key.length + value.length
    if (this.#length + size + (this.#count + 1) * ROW_OVERHEAD > this.#taken) this.#takeRoom(size)
    if (this.#length + size > this.#bytes.length) this.#growBytes(this.#length + size)
    if (this.#count === this.#starts.length) this.#growRows()
    if (this.#ascends && this.#count > 0) this.#ascends = this.#isAtOrAfterLast(key)
    this.#starts[this.#count] = this.#length
    this.#keyLengths[this.#count] = key.length
    this.#valueLengths[this.#count++] = value.length
    this.#bytes.set(key, this.#length)
    this.#bytes.set(value, this.#length + key.length)
    this.#length += size
    this.#order = undefined
    this.rows++
  }

  /** Rows are views that stay valid until the next `add` or `dispose`. */
  sorted(): Rows {
    if (this.#files.length === 0) return this.#inMemory()
    return mergeSorted([...this.#files.map(file => file.rows()), this.#inMemory()])
  }

  dispose(): void {
    for (const file of this.#files) file.close()
    this.#files = []
    this.#bytes = new Uint8Array(0)
    this.#count = 0
    this.#length = 0
    this.rows = 0
    this.#setTaken(0)
  }

  /** Takes memory for one more row; spills the others where there is none. */
  #takeRoom(size: number): void {
    const all = this.#length + size + (this.#count + 1) * ROW_OVERHEAD
    if (this.#count > 0 && all > this.#memory.mayHold(this.#taken)) {
      this.#spill()
      return this.#takeRoom(size)
    }
    this.#setTaken(Math.max(all, Math.min(all + STEP, this.#memory.mayHold(this.#taken))))
  }

  #setTaken(bytes: number): void {
    this.#memory.changed(this.#taken, bytes)
    this.#taken = bytes
  }

  #inMemory(): RowReader<Row> {
    let rank = 0
    return rowsBy(() => {
      if (rank === this.#count) return undefined
      if (rank === 0 && !this.#ascends) this.#sort()
      const row = this.#order === undefined ? rank : (this.#order[rank] as number)
      rank++
      const start = this.#starts[row] as number
      const keyEnd = start + (this.#keyLengths[row] as number)
      return [
        this.#bytes.subarray(start, keyEnd),
        this.#bytes.subarray(keyEnd, keyEnd + (this.#valueLengths[row] as number)),
      ]
    })
  }

  #sort(): void {
    this.#order ??= sortKeys({
      bytes: this.#bytes,
      starts: this.#starts,
      lengths: this.#keyLengths,
      count: this.#count,
    })
  }

  /** Rows of equal keys stay in the order in which they came. */
  #isAtOrAfterLast(key: Uint8Array): boolean {
    const start = this.#starts[this.#count - 1] as number
    const end = start + (this.#keyLengths[this.#count - 1] as number)
    return compareRanges(this.#bytes, start, end, key, 0, key.length) <= 0
  }

  #spill(): void {
    this.#files.push(new SpilledRows(this.#dir, this.#inMemory()))
    this.#count = 0
    this.#length = 0
    this.#order = undefined
    this.#ascends = true
    this.#setTaken(0)
  }

  /** Twice as many, or all that it may have: the system gives memory where it is written to. */
  #growBytes(needed: number): void {
    const most = this.#memory.mayHold(this.#taken)
    const size = this.#bytes.length < FEW_BYTES ? this.#bytes.length * 2 : most
    const larger = new Uint8Array(Math.max(size, needed))
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
  }

  #growRows(): void {
    const larger = (from: Uint32Array): Uint32Array<ArrayBuffer> => {
      const to = new Uint32Array(from.length * 2)
      to.set(from)
      return to
    }
    this.#starts = larger(this.#starts)
    this.#keyLengths = larger(this.#keyLengths)
    this.#valueLengths = larger(this.#valueLengths)
  }
}
