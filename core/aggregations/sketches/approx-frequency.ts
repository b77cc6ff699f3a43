// approxFrequency: a count-min sketch (core/sketches/frequency.ts has the paper).
//
// Error: an answer is never below the true count, and with the probability `confidence` at most `error * total` above
// it (Cormode, Muthukrishnan 2005, theorem 1).
// Promises: cells are sums, exact up to 2^53, so equal multisets of values have equal bytes.
//
// State: the length of the sketch's bytes in 4 bytes; these bytes, in the form of `core/sketches/frequency.ts`; the
// total as a varint.

import { eachCell, type FrequencySketch, readCells, type SketchShape, sketchBytes } from '../../sketches/frequency.ts'
import type { ByteReader, ByteWriter } from '../../values/bytes.ts'
import { readVarint, writeVarint } from '../../values/varint.ts'
import type { Column } from '../columns/column.ts'
import { HeldBytes, MAP_ENTRY_BYTES } from '../columns/held-bytes.ts'

/** Counts of few cells by number, or of all cells. */
type Cells = Map<number, number> | Float64Array

export class ApproxFrequencyColumn implements Column {
  readonly held = new HeldBytes()
  readonly #shape: SketchShape
  readonly #limit: number
  readonly #slots: (Cells | undefined)[] = []
  #totals = new Float64Array(0)

  constructor(shape: SketchShape) {
    this.#shape = shape
    this.#limit = (shape.width * shape.depth) / 8 // a Map takes several times as much memory for a cell
  }

  grow(capacity: number): void {
    this.held.grow(capacity)
    while (this.#slots.length < capacity) this.#slots.push(undefined)
    const totals = new Float64Array(capacity)
    totals.set(this.#totals)
    this.#totals = totals
  }

  clear(slot: number): void {
    this.held.clear(slot)
    this.#slots[slot] = undefined
    this.#totals[slot] = 0
  }

  add(slot: number, value: unknown): void {
    this.#totals[slot] = (this.#totals[slot] as number) + 1
    eachCell(this.#shape, value, cell => this.#count(slot, cell, 1))
  }

  write(slot: number, w: ByteWriter): void {
    const bytes = sketchBytes(this.#shape, this.#sorted(slot))
    w.u32(bytes.length)
    w.bytes(bytes)
    writeVarint(w, this.#totals[slot] as number)
  }

  merge(slot: number, r: ByteReader): void {
    readCells(r.bytes(r.u32()), (cell, count) => this.#count(slot, cell, count))
    this.#totals[slot] = (this.#totals[slot] as number) + readVarint(r)
  }

  present(slot: number): FrequencySketch {
    const { width, depth } = this.#shape
    const bytes = sketchBytes(this.#shape, this.#sorted(slot))
    return { bytes, depth, total: this.#totals[slot] as number, width } // in the order that `normalise` gives
  }

  #count(slot: number, cell: number, count: number): void {
    const cells = this.#slots[slot] ?? new Map<number, number>()
    if (cells instanceof Float64Array) {
      cells[cell] = (cells[cell] as number) + count
      return
    }
    cells.set(cell, (cells.get(cell) ?? 0) + count)
    const all = cells.size > this.#limit ? this.#dense(cells) : cells
    this.#slots[slot] = all
    this.held.set(slot, all instanceof Map ? all.size * MAP_ENTRY_BYTES : all.byteLength)
  }

  #dense(cells: ReadonlyMap<number, number>): Float64Array {
    const all = new Float64Array(this.#shape.width * this.#shape.depth)
    for (const [cell, count] of cells) all[cell] = count
    return all
  }

  /** Cells that are not zero, in ascending order of their numbers. */
  #sorted(slot: number): (readonly [cell: number, count: number])[] {
    const cells = this.#slots[slot] ?? new Map<number, number>()
    if (cells instanceof Map) return [...cells].sort((a, b) => a[0] - b[0])
    const sorted: [number, number][] = []
    cells.forEach((count, cell) => {
      if (count > 0) sorted.push([cell, count])
    })
    return sorted
  }
}
