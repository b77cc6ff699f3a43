// The set of different values of a group: what `collectSet` and `countDistinct` keep.
//
// Promises: two values are one where their canonical bytes are equal; a group with one value costs no set.
// State: the number of values in 4 bytes; the canonical bytes of each, in ascending order.

import { type ByteReader, type ByteWriter, bytesToLatin1, compareBytes } from '../../values/bytes.ts'
import { canonicalBytes, decodeValue } from '../../values/canonical.ts'
import type { Column } from './column.ts'
import { HeldBytes, MAP_ENTRY_BYTES, valueBytes } from './held-bytes.ts'

const EMPTY: unique symbol = Symbol('empty')

/** The values of one slot: primitives as they are, arrays, objects and bytes by their canonical bytes. */
interface Values {
  readonly primitive: Set<unknown>
  readonly composite: Map<string, unknown>
}

export class DistinctValuesColumn implements Column {
  readonly held = new HeldBytes()
  /** Whether a row shows how many values there are, not the values. */
  readonly #countOnly: boolean
  /** The value of a slot that has one value, EMPTY where it has none; unused where it has several. */
  readonly #single: unknown[] = []
  readonly #several: (Values | undefined)[] = []

  constructor(countOnly: boolean) {
    this.#countOnly = countOnly
  }

  grow(capacity: number): void {
    this.held.grow(capacity)
    while (this.#single.length < capacity) {
      this.#single.push(EMPTY)
      this.#several.push(undefined)
    }
  }

  clear(slot: number): void {
    this.held.clear(slot)
    this.#single[slot] = EMPTY
    this.#several[slot] = undefined
  }

  add(slot: number, value: unknown): void {
    const values = this.#several[slot]
    if (values !== undefined) return this.#insert(slot, values, value)
    const single = this.#single[slot]
    if (single === EMPTY) this.#single[slot] = value === 0 ? 0 : value
    else if (single !== value) this.#addSecond(slot, single, value)
  }

  write(slot: number, w: ByteWriter): void {
    const sorted = this.#sorted(slot)
    w.u32(sorted.length)
    for (const { bytes } of sorted) w.bytes(bytes)
  }

  merge(slot: number, r: ByteReader): void {
    for (let left = r.u32(); left > 0; left--) this.add(slot, decodeValue(r))
  }

  present(slot: number): unknown {
    if (!this.#countOnly) return this.#sorted(slot).map(v => v.value)
    const values = this.#several[slot]
    return values === undefined ? Number(this.#single[slot] !== EMPTY) : values.primitive.size + values.composite.size
  }

  #addSecond(slot: number, first: unknown, second: unknown): void {
    const values: Values = { primitive: new Set(), composite: new Map() }
    this.#insert(slot, values, first)
    this.#insert(slot, values, second)
    if (values.primitive.size + values.composite.size < 2) return // NaN, or two equal composite values
    this.#several[slot] = values
    this.#single[slot] = undefined
  }

  #sorted(slot: number): { readonly bytes: Uint8Array; readonly value: unknown }[] {
    const values = this.#several[slot]
    const single = this.#single[slot]
    const list = values === undefined ? [single] : [...values.primitive, ...values.composite.values()]
    return list
      .filter(value => value !== EMPTY)
      .map(value => ({ bytes: canonicalBytes(value), value }))
      .sort((a, b) => compareBytes(a.bytes, b.bytes))
  }

  #insert(slot: number, values: Values, value: unknown): void {
    const before = values.primitive.size + values.composite.size
    if (typeof value !== 'object' || value === null) values.primitive.add(value)
    else values.composite.set(bytesToLatin1(canonicalBytes(value)), value)
    if (values.primitive.size + values.composite.size > before)
      this.held.add(slot, MAP_ENTRY_BYTES + 2 * valueBytes(value))
  }
}
