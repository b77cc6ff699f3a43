// Sorts more rows than fit into memory: rows are collected in one buffer, sorted, spilled to temporary files, merged.
//
// Promises: those of RowSorter in core/state/environment.ts; equal keys keep the order in which they were added; memory
// stays near the limit (plus one row); `dispose` frees files and memory.
// Not here: sorting in memory (`sort-keys.ts`).

import { tmpdir } from 'node:os'
import type { RowSorter } from '../../core/state/environment.ts'
import type { Row, Rows } from '../../core/state/rows.ts'
import { SORTER_BYTES } from '../limits.ts'
import { mergeSorted } from './merge-sorted.ts'
import { sortKeys } from './sort-keys.ts'
import { SpilledRows } from './spilled-rows.ts'

interface SorterOptions {
  /** Bytes of rows in memory before they are spilled. Default `SORTER_BYTES`. */
  readonly memoryBytes?: number
  /** Directory for temporary files. Default: the system's. */
  readonly dir?: string
}

/** Throws `disk-full` from `add` and `sorted` when temporary files do not fit. */
export function newRowSorter(options: SorterOptions = {}): RowSorter {
  return new Sorter(options.memoryBytes ?? SORTER_BYTES, options.dir ?? tmpdir())
}

/** Memory of a row besides its bytes: start, two lengths, order, words. */
const ROW_OVERHEAD = 24

/** Below this a sorter doubles. */
const FEW_BYTES = 8 << 20

class Sorter implements RowSorter {
  rows = 0
  readonly #limit: number
  readonly #dir: string
  #files: SpilledRows[] = []
  #bytes = new Uint8Array(4096)
  #length = 0
  #count = 0
  #starts = new Uint32Array(64)
  #keyLengths = new Uint32Array(64)
  #valueLengths = new Uint32Array(64)
  #order: Uint32Array | undefined

  constructor(limit: number, dir: string) {
    this.#limit = limit
    this.#dir = dir
  }

  add(key: Uint8Array, value: Uint8Array): void {
    const size = key.length + value.length
    if (this.#count > 0 && this.#length + size + (this.#count + 1) * ROW_OVERHEAD > this.#limit) this.#spill()
    if (this.#length + size > this.#bytes.length) this.#bytes = grown(this.#bytes, this.#length + size, this.#limit)
    if (this.#count === this.#starts.length) this.#growRows()
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
  }

  *#inMemory(): Generator<Row> {
    this.#order ??= sortKeys({
      bytes: this.#bytes,
      starts: this.#starts,
      lengths: this.#keyLengths,
      count: this.#count,
    })
    for (const row of this.#order) {
      const start = this.#starts[row] as number
      const keyEnd = start + (this.#keyLengths[row] as number)
      yield [
        this.#bytes.subarray(start, keyEnd),
        this.#bytes.subarray(keyEnd, keyEnd + (this.#valueLengths[row] as number)),
      ]
    }
  }

  #spill(): void {
    this.#files.push(new SpilledRows(this.#dir, this.#inMemory()))
    this.#count = 0
    this.#length = 0
    this.#order = undefined
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

/** Twice as large, or as large as it may be: the system gives memory where it is written to. */
function grown(bytes: Uint8Array, needed: number, limit: number): Uint8Array<ArrayBuffer> {
  const size = bytes.length < FEW_BYTES ? bytes.length * 2 : limit
  const larger = new Uint8Array(Math.max(size, needed))
  larger.set(bytes)
  return larger
}
