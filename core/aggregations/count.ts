// count: how many elements, exact up to 2^53.
//
// State: the count as a double of 8 bytes.

import type { ByteReader, ByteWriter } from '../values/bytes.ts'
import type { Column } from './columns/column.ts'

export class CountColumn implements Column {
  #counts = new Float64Array(0)

  grow(capacity: number): void {
    const counts = new Float64Array(capacity)
    counts.set(this.#counts)
    this.#counts = counts
  }

  clear(slot: number): void {
    this.#counts[slot] = 0
  }

  add(slot: number): void {
    this.#counts[slot] = (this.#counts[slot] as number) + 1
  }

  write(slot: number, w: ByteWriter): void {
    w.f64(this.#counts[slot] as number)
  }

  merge(slot: number, r: ByteReader): void {
    this.#counts[slot] = (this.#counts[slot] as number) + r.f64()
  }

  present(slot: number): number {
    return this.#counts[slot] as number
  }
}
