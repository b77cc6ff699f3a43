// histogram: how often each value, or how many numbers between bounds.
//
// Promises: counts are exact up to 2^53; values are in canonical order, and two are one where their bytes are equal.
// State of a histogram of values: the number of values in 4 bytes; for each in order its canonical bytes and its count.
// With bounds: the count of each bucket, also of an empty one. Each count is a double of 8 bytes.

import { type ByteReader, type ByteWriter, bytesToLatin1, compareBytes } from '../values/bytes.ts'
import { canonicalBytes, decodeValue } from '../values/canonical.ts'
import type { Column } from './columns/column.ts'
import { HeldBytes, MAP_ENTRY_BYTES, valueBytes } from './columns/held-bytes.ts'

/** One bucket for each value, or the buckets between bounds. */
export function histogramColumn(bounds: readonly number[] | undefined): Column {
  return bounds === undefined ? new ValuesColumn() : new BucketsColumn(bounds)
}

/** Counts of one slot: primitives as they are, arrays, objects and bytes by their canonical bytes. */
interface Counts {
  readonly primitive: Map<unknown, number>
  readonly composite: Map<string, { readonly value: unknown; count: number }>
}

class ValuesColumn implements Column {
  readonly held = new HeldBytes()
  readonly #slots: (Counts | undefined)[] = []

  grow(capacity: number): void {
    this.held.grow(capacity)
    while (this.#slots.length < capacity) this.#slots.push(undefined)
  }

  clear(slot: number): void {
    this.held.clear(slot)
    this.#slots[slot] = undefined
  }

  add(slot: number, value: unknown): void {
    this.#count(slot, value, 1)
  }

  write(slot: number, w: ByteWriter): void {
    const sorted = this.#sorted(slot)
    w.u32(sorted.length)
    for (const { bytes, count } of sorted) {
      w.bytes(bytes)
      w.f64(count)
    }
  }

  merge(slot: number, r: ByteReader): void {
    for (let left = r.u32(); left > 0; left--) {
      const value = decodeValue(r)
      this.#count(slot, value, r.f64())
    }
  }

  present(slot: number): unknown {
    return this.#sorted(slot).map(({ value, count }) => ({ count, value }))
  }

  #count(slot: number, value: unknown, by: number): void {
    let counts = this.#slots[slot]
    if (counts === undefined) {
      counts = { primitive: new Map(), composite: new Map() }
      this.#slots[slot] = counts
    }
    if (typeof value !== 'object' || value === null) {
      const known = counts.primitive.get(value)
      if (known === undefined) this.held.add(slot, MAP_ENTRY_BYTES + valueBytes(value))
      counts.primitive.set(value, (known ?? 0) + by)
      return
    }
    const name = bytesToLatin1(canonicalBytes(value))
    const known = counts.composite.get(name)
    if (known !== undefined) {
      known.count += by
      return
    }
    counts.composite.set(name, { value, count: by })
    this.held.add(slot, MAP_ENTRY_BYTES + 2 * valueBytes(value))
  }

  #sorted(slot: number): readonly { readonly bytes: Uint8Array; readonly value: unknown; readonly count: number }[] {
    const counts = this.#slots[slot]
    if (counts === undefined) return []
    const primitive = [...counts.primitive].map(([value, count]) => ({ value, count }))
    return [...primitive, ...counts.composite.values()]
      .map(({ value, count }) => ({ bytes: canonicalBytes(value), value, count }))
      .sort((a, b) => compareBytes(a.bytes, b.bytes))
  }
}

/** Buckets `[from, to)` between ascending bounds, one below the first bound and one from the last on. */
class BucketsColumn implements Column {
  readonly #bounds: readonly number[]
  readonly #buckets: number
  #counts = new Float64Array(0)

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds
    this.#buckets = bounds.length + 1
  }

  grow(capacity: number): void {
    const counts = new Float64Array(capacity * this.#buckets)
    counts.set(this.#counts)
    this.#counts = counts
  }

  clear(slot: number): void {
    this.#counts.fill(0, slot * this.#buckets, (slot + 1) * this.#buckets)
  }

  /** Counts a number or bigint that is not NaN; both compare exactly with the bounds. */
  add(slot: number, value: number | bigint): void {
    const bounds = this.#bounds
    let low = 0
    let high = bounds.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (value < (bounds[middle] as number)) high = middle
      else low = middle + 1
    }
    const at = slot * this.#buckets + low
    this.#counts[at] = (this.#counts[at] as number) + 1
  }

  write(slot: number, w: ByteWriter): void {
    for (const count of this.#of(slot)) w.f64(count)
  }

  merge(slot: number, r: ByteReader): void {
    const from = slot * this.#buckets
    for (let i = from; i < from + this.#buckets; i++) this.#counts[i] = (this.#counts[i] as number) + r.f64()
  }

  present(slot: number): unknown {
    const bounds = this.#bounds
    return [...this.#of(slot)].map((count, i) => ({ count, from: bounds[i - 1] ?? null, to: bounds[i] ?? null }))
  }

  #of(slot: number): Float64Array {
    return this.#counts.subarray(slot * this.#buckets, (slot + 1) * this.#buckets)
  }
}
