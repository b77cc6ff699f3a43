// approxQuantiles: DDSketch (core/sketches/log-buckets.ts has the paper).
//
// Error: each result is within `accuracy * |x|` of x, the element at `floor(q * (n - 1))` among all in order: always,
// not with a probability (Masson, Rim, Lee 2019, proposition 3; no bucket is ever collapsed). Zero and infinities are
// exact; a bigint counts as the nearest double.
// Promises: buckets are sums, so equal multisets of numbers have equal bytes.
//
// State: a version 1; the number of buckets; for each in ascending order the difference of its number from the one
// before (of the first from -2^25) and its count. All are varints.

import { BUCKET_LIMIT, type LogBuckets, logBuckets, rankOf } from '../../sketches/log-buckets.ts'
import type { ByteReader, ByteWriter } from '../../values/bytes.ts'
import { readVarint, writeVarint } from '../../values/varint.ts'
import type { Column } from '../columns/column.ts'
import { HeldBytes, MAP_ENTRY_BYTES } from '../columns/held-bytes.ts'

const VERSION = 1

export class ApproxQuantilesColumn implements Column {
  readonly held = new HeldBytes()
  readonly #quantiles: readonly number[]
  readonly #buckets: LogBuckets
  /** Counts by bucket. */
  readonly #slots: (Map<number, number> | undefined)[] = []

  constructor(quantiles: readonly number[], accuracy: number) {
    this.#quantiles = quantiles
    this.#buckets = logBuckets(accuracy)
  }

  grow(capacity: number): void {
    this.held.grow(capacity)
    while (this.#slots.length < capacity) this.#slots.push(undefined)
  }

  clear(slot: number): void {
    this.held.clear(slot)
    this.#slots[slot] = undefined
  }

  add(slot: number, value: number | bigint): void {
    this.#count(slot, this.#buckets.bucketOf(Number(value)), 1)
  }

  write(slot: number, w: ByteWriter): void {
    const sorted = this.#sorted(slot)
    w.byte(VERSION)
    writeVarint(w, sorted.length)
    let before = -BUCKET_LIMIT
    for (const [bucket, count] of sorted) {
      writeVarint(w, bucket - before)
      writeVarint(w, count)
      before = bucket
    }
  }

  merge(slot: number, r: ByteReader): void {
    r.byte() // the version
    let bucket = -BUCKET_LIMIT
    for (let left = readVarint(r); left > 0; left--) {
      bucket += readVarint(r)
      this.#count(slot, bucket, readVarint(r))
    }
  }

  present(slot: number): number[] {
    const sorted = this.#sorted(slot)
    const total = sorted.reduce((sum, [, count]) => sum + count, 0)
    return this.#quantiles.map(quantile => {
      const rank = rankOf(quantile, total)
      let before = 0
      for (const [bucket, count] of sorted) {
        before += count
        if (before > rank) return this.#buckets.numberOf(bucket)
      }
      return Number.NaN // of no element; a row has one
    })
  }

  #count(slot: number, bucket: number, count: number): void {
    const counts = this.#slots[slot] ?? new Map<number, number>()
    this.#slots[slot] = counts
    const known = counts.get(bucket)
    if (known === undefined) this.held.add(slot, MAP_ENTRY_BYTES)
    counts.set(bucket, (known ?? 0) + count)
  }

  #sorted(slot: number): [bucket: number, count: number][] {
    return [...(this.#slots[slot] ?? [])].sort((a, b) => a[0] - b[0])
  }
}
