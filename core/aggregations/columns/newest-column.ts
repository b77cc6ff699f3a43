// The row of a key in a table's topic: what `last` keeps where its order is that of offsets.
//
// Promises: within a partition the version of the greatest offset counts, whatever its time; a partition where that is
// null has no row, and the others' are compared by (time, partition, offset) (semantics.md 3.8). One entry a slot costs
// no object; only keys that occur in several partitions have a list.
// State: their number, then partition, offset, time and value of the newest version in each partition, by partition.

import type { ByteReader, ByteWriter } from '../../values/bytes.ts'
import { decodeValue, encodeValue } from '../../values/canonical.ts'
import type { Column, PositionOf } from './column.ts'
import { HeldBytes, MAP_ENTRY_BYTES, valueBytes } from './held-bytes.ts'

interface Version {
  readonly partition: number
  readonly offset: bigint
  readonly time: number
  readonly value: unknown
}

const NONE = -1

export class NewestColumn<O> implements Column {
  readonly held = new HeldBytes()
  readonly #positionOf: PositionOf<O>
  /** The only version of a slot; `NONE` where it has none, or several. */
  #partitions = new Int32Array(0)
  #offsets = new BigInt64Array(0)
  #times = new Float64Array(0)
  readonly #values: unknown[] = []
  /** The versions of slots whose key occurs in several partitions. */
  readonly #several = new Map<number, Version[]>()
  /** What the present chunk has added: the last one of a slot, since a chunk is of one partition, in offset order. */
  readonly #lineages: (O | undefined)[] = []
  #freshTimes = new Float64Array(0)
  readonly #freshValues: unknown[] = []
  #open: number[] = []

  constructor(positionOf: PositionOf<O>) {
    this.#positionOf = positionOf
  }

  grow(capacity: number): void {
    this.held.grow(capacity)
    this.#partitions = into(new Int32Array(capacity).fill(NONE), this.#partitions)
    this.#offsets = into(new BigInt64Array(capacity), this.#offsets)
    this.#times = into(new Float64Array(capacity), this.#times)
    this.#freshTimes = into(new Float64Array(capacity), this.#freshTimes)
    while (this.#values.length < capacity) {
      this.#values.push(undefined)
      this.#freshValues.push(undefined)
      this.#lineages.push(undefined)
    }
  }

  clear(slot: number): void {
    this.held.clear(slot)
    this.#partitions[slot] = NONE
    this.#values[slot] = undefined
    this.#several.delete(slot)
    this.#lineages[slot] = undefined
    this.#freshValues[slot] = undefined
  }

  add(slot: number, value: unknown, time: number, lineage: O): void {
    if (this.#lineages[slot] === undefined) this.#open.push(slot)
    this.#lineages[slot] = lineage
    this.#freshTimes[slot] = time
    this.#freshValues[slot] = value
  }

  endChunk(): void {
    for (const slot of this.#open) this.#settle(slot)
    this.#open = []
  }

  write(slot: number, w: ByteWriter): void {
    const versions = this.#versions(slot)
    encodeValue(w, versions.length)
    for (const { partition, offset, time, value } of versions) {
      encodeValue(w, partition)
      encodeValue(w, offset)
      encodeValue(w, time)
      encodeValue(w, value)
    }
  }

  merge(slot: number, r: ByteReader): void {
    this.#settle(slot)
    for (let count = decodeValue(r) as number; count > 0; count--) {
      const [partition, offset, time] = [decodeValue(r), decodeValue(r), decodeValue(r)] as [number, bigint, number]
      this.#put(slot, partition, offset, time, decodeValue(r))
    }
  }

  present(slot: number): unknown {
    const several = this.#lineages[slot] === undefined && !this.#several.has(slot) ? null : this.#versions(slot)
    if (several === null) return this.#values[slot]
    const rows = several.filter(({ value }) => value !== null)
    return rows.length === 0 ? null : rows.reduce((a, b) => (isNewer(b, a) ? b : a)).value
  }

  /** By partition. */
  #versions(slot: number): readonly Version[] {
    this.#settle(slot)
    return this.#several.get(slot) ?? [this.#single(slot)]
  }

  #single(slot: number): Version {
    return {
      partition: this.#partitions[slot] as number,
      offset: this.#offsets[slot] as bigint,
      time: this.#times[slot] as number,
      value: this.#values[slot],
    }
  }

  /** Gives what the present chunk has added its place. */
  #settle(slot: number): void {
    const lineage = this.#lineages[slot]
    if (lineage === undefined) return
    const { partition, offset } = this.#positionOf(lineage)
    this.#put(slot, partition, offset, this.#freshTimes[slot] as number, this.#freshValues[slot])
    this.#lineages[slot] = undefined
    this.#freshValues[slot] = undefined
  }

  #put(slot: number, partition: number, offset: bigint, time: number, value: unknown): void {
    const several = this.#several.get(slot)
    const known = this.#partitions[slot] as number
    if (several === undefined && (known === NONE || known === partition)) {
      if (known === partition && (this.#offsets[slot] as bigint) > offset) return
      this.#partitions[slot] = partition
      this.#offsets[slot] = offset
      this.#times[slot] = time
      this.#values[slot] = value
      this.held.set(slot, valueBytes(value))
      return
    }
    const before = several ?? [this.#single(slot)]
    const other = before.find(version => version.partition === partition)
    if (other !== undefined && other.offset > offset) return
    const after = before.filter(version => version !== other).concat({ partition, offset, time, value })
    this.#several.set(
      slot,
      after.sort((a, b) => a.partition - b.partition),
    )
    this.#partitions[slot] = NONE
    this.#values[slot] = undefined
    const bytes = after.reduce((sum, version) => sum + MAP_ENTRY_BYTES + valueBytes(version.value), 0)
    this.held.set(slot, bytes)
  }
}

/** By (time, partition); a partition has one version. */
const isNewer = (a: Version, b: Version): boolean => (a.time === b.time ? a.partition > b.partition : a.time > b.time)

function into<A extends Int32Array | BigInt64Array | Float64Array>(larger: A, values: A): A {
  ;(larger as { set(values: A): void }).set(values)
  return larger
}
