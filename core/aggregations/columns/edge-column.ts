// The first or last element of a group in (time, identity) order: what `first` and `last` keep.
//
// Promises: the bytes of an identity are made only where two times are equal, or at the end of a chunk.
// State: time, identity and value of the element, canonical.

import type { ByteReader, ByteWriter } from '../../values/bytes.ts'
import { decodeValue, encodeValue } from '../../values/canonical.ts'
import type { Column, IdentityOf } from './column.ts'
import { HeldBytes, ORDER_KEY_BYTES, valueBytes } from './held-bytes.ts'
import { OrderKeys, readOrderKey } from './order-keys.ts'

export class EdgeColumn<O> implements Column {
  readonly held = new HeldBytes()
  /** 1 for the first element, -1 for the last. */
  readonly #direction: 1 | -1
  readonly #orderKeys: OrderKeys<O>
  readonly #values: unknown[] = []

  constructor(direction: 1 | -1, identityOf: IdentityOf<O>) {
    this.#direction = direction
    this.#orderKeys = new OrderKeys(identityOf)
  }

  grow(capacity: number): void {
    this.held.grow(capacity)
    this.#orderKeys.grow(capacity)
    while (this.#values.length < capacity) this.#values.push(undefined)
  }

  clear(slot: number): void {
    this.held.clear(slot)
    this.#orderKeys.clear(slot)
    this.#values[slot] = undefined
  }

  add(slot: number, value: unknown, time: number, lineage: O): void {
    const orderKeys = this.#orderKeys
    if (!orderKeys.isEmpty(slot) && this.#direction * orderKeys.compare(time, lineage, slot) >= 0) return
    orderKeys.set(slot, time, lineage)
    this.#put(slot, value)
  }

  endChunk(): void {
    this.#orderKeys.endChunk()
  }

  write(slot: number, w: ByteWriter): void {
    this.#orderKeys.write(slot, w)
    encodeValue(w, this.#values[slot])
  }

  merge(slot: number, r: ByteReader): void {
    const { time, identity } = readOrderKey(r)
    const value = decodeValue(r)
    const orderKeys = this.#orderKeys
    if (!orderKeys.isEmpty(slot) && this.#direction * orderKeys.compareStored(time, identity, slot) >= 0) return
    orderKeys.setStored(slot, time, identity)
    this.#put(slot, value)
  }

  #put(slot: number, value: unknown): void {
    this.held.set(slot, ORDER_KEY_BYTES + valueBytes(value))
    this.#values[slot] = value
  }

  present(slot: number): unknown {
    return this.#values[slot]
  }
}
