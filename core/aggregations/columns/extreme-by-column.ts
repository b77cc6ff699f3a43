// The value whose `by` is extreme: what `minBy` and `maxBy` keep.
//
// Promises: among equals the first in (time, identity), in whatever order they came.
// State: `by`, time, identity and value of the element, canonical.

import type { ByteReader, ByteWriter } from '../../values/bytes.ts'
import { decodeValue, encodeValue } from '../../values/canonical.ts'
import type { Column, IdentityOf } from './column.ts'
import { HeldBytes, ORDER_KEY_BYTES, valueBytes } from './held-bytes.ts'
import { OrderKeys, readOrderKey } from './order-keys.ts'
import { OrderedCells } from './ordered-cells.ts'

export class ExtremeByColumn<O> implements Column {
  readonly held = new HeldBytes()
  /** 1 for the least `by`, -1 for the greatest. */
  readonly #direction: 1 | -1
  readonly #by = new OrderedCells()
  readonly #orderKeys: OrderKeys<O>
  readonly #values: unknown[] = []

  constructor(direction: 1 | -1, identityOf: IdentityOf<O>) {
    this.#direction = direction
    this.#orderKeys = new OrderKeys(identityOf)
  }

  grow(capacity: number): void {
    this.held.grow(capacity)
    this.#by.grow(capacity)
    this.#orderKeys.grow(capacity)
    while (this.#values.length < capacity) this.#values.push(undefined)
  }

  clear(slot: number): void {
    this.held.clear(slot)
    this.#by.clear(slot)
    this.#orderKeys.clear(slot)
    this.#values[slot] = undefined
  }

  add(slot: number, value: unknown, by: unknown, time: number, lineage: O): void {
    if (!this.#by.isEmpty(slot)) {
      const order = this.#direction * this.#by.compare(by, slot)
      if (order > 0 || (order === 0 && this.#orderKeys.compare(time, lineage, slot) >= 0)) return
    }
    this.#orderKeys.set(slot, time, lineage)
    this.#put(slot, value, by)
  }

  endChunk(): void {
    this.#orderKeys.endChunk()
  }

  write(slot: number, w: ByteWriter): void {
    this.#by.write(slot, w)
    this.#orderKeys.write(slot, w)
    encodeValue(w, this.#values[slot])
  }

  merge(slot: number, r: ByteReader): void {
    const by = decodeValue(r)
    const { time, identity } = readOrderKey(r)
    const value = decodeValue(r)
    if (!this.#by.isEmpty(slot)) {
      const order = this.#direction * this.#by.compare(by, slot)
      if (order > 0 || (order === 0 && this.#orderKeys.compareStored(time, identity, slot) >= 0)) return
    }
    this.#orderKeys.setStored(slot, time, identity)
    this.#put(slot, value, by)
  }

  #put(slot: number, value: unknown, by: unknown): void {
    this.held.set(slot, ORDER_KEY_BYTES + valueBytes(value) + valueBytes(by))
    this.#by.set(slot, by)
    this.#values[slot] = value
  }

  present(slot: number): unknown {
    return this.#values[slot]
  }
}
