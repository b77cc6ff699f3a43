// Sorts more rows than fit into memory: rows are collected in one buffer, sorted, spilled to temporary files, merged.
//
// Promises: RowSorter of core/state/environment.ts; equal keys keep the order in which they were added; memory stays near
// the limit (plus one row); `dispose` frees files and memory. Leaves to `sort-rows.ts`: sorting in memory.

import { tmpdir } from 'node:os'
import type { RowSorter } from '../../core/state/environment.ts'
import type { Row, Rows } from '../../core/state/rows.ts'
import { compareBytes } from '../../core/values/bytes.ts'
import { sortRows } from './sort-rows.ts'
import { SpillFile } from './spill-file.ts'

export interface SorterOptions {
  /** Bytes of rows in memory before they are spilled. Default 64 MiB. */
  readonly memoryBytes?: number
  /** Where temporary files go. Default: the system's directory for them. */
  readonly dir?: string
}

/** Throws `disk-full` from `add` and `sorted` when temporary files do not fit. */
export function newRowSorter(options: SorterOptions = {}): RowSorter {
  return new Sorter(options.memoryBytes ?? 64 << 20, options.dir ?? tmpdir())
}

/** What a row costs in memory beside its bytes: start, two lengths, order, words. */
const ROW_OVERHEAD = 24

class Sorter implements RowSorter {
  rows = 0
  readonly #limit: number
  readonly #dir: string
  #files: SpillFile[] = []
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
    if (this.#length + size > this.#bytes.length) this.#bytes = grown(this.#bytes, this.#length + size)
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
    this.#order ??= sortRows({
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
    this.#files.push(new SpillFile(this.#dir, this.#inMemory()))
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

/** Merges sorted rows by a binary heap; of equal keys the one of the earlier source comes first. */
function* mergeSorted(sources: readonly Iterator<Row>[]): Generator<Row> {
  const heap: { row: Row; source: number }[] = []
  for (let source = 0; source < sources.length; source++) {
    const first = (sources[source] as Iterator<Row>).next()
    if (!first.done) heap.push({ row: first.value, source })
  }
  for (let i = heap.length >>> 1; i >= 0; i--) sink(heap, i)
  while (heap.length > 0) {
    const top = heap[0] as { row: Row; source: number }
    yield top.row
    const next = (sources[top.source] as Iterator<Row>).next()
    if (!next.done) top.row = next.value
    else {
      const last = heap.pop() as { row: Row; source: number }
      if (heap.length > 0) heap[0] = last
    }
    sink(heap, 0)
  }
}

function sink(heap: { row: Row; source: number }[], from: number): void {
  let at = from
  for (;;) {
    let least = at
    for (const child of [2 * at + 1, 2 * at + 2])
      if (child < heap.length && comesFirst(heap, child, least)) least = child
    if (least === at) return
    const moved = heap[at] as { row: Row; source: number }
    heap[at] = heap[least] as { row: Row; source: number }
    heap[least] = moved
    at = least
  }
}

function comesFirst(heap: { row: Row; source: number }[], a: number, b: number): boolean {
  const x = heap[a] as { row: Row; source: number }
  const y = heap[b] as { row: Row; source: number }
  return (compareBytes(x.row[0], y.row[0]) || x.source - y.source) < 0
}

function grown(bytes: Uint8Array, needed: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(bytes.length * 2, needed))
  larger.set(bytes)
  return larger
}
