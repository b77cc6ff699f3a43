// minBy and maxBy: the value whose `by` is extreme; among equals the first in (time, identity) (decision 11).

import type { ByteReader, ByteWriter } from '../bytes.ts'
import { decodeValue, encodeValue } from '../canonical.ts'
import type { Column, IdentityOf } from './column.ts'
import { Moments, readMoment } from './moments.ts'
import { OrderedCells } from './ordered-cells.ts'

export class ExtremeByColumn<O> implements Column {
  /** 1 for minBy, -1 for maxBy. */
  readonly #direction: 1 | -1
  readonly #by = new OrderedCells()
  readonly #moments: Moments<O>
  readonly #values: unknown[] = []

  constructor(direction: 1 | -1, identityOf: IdentityOf<O>) {
    this.#direction = direction
    this.#moments = new Moments(identityOf)
  }

  grow(capacity: number): void {
    this.#by.grow(capacity)
    this.#moments.grow(capacity)
    while (this.#values.length < capacity) this.#values.push(undefined)
  }

  clear(slot: number): void {
    this.#by.clear(slot)
    this.#moments.clear(slot)
    this.#values[slot] = undefined
  }

  add(slot: number, value: unknown, by: unknown, time: number, origin: O): void {
    if (!this.#by.isEmpty(slot)) {
      const order = this.#direction * this.#by.compare(by, slot)
      if (order > 0 || (order === 0 && this.#moments.compare(time, origin, slot) >= 0)) return
    }
    this.#by.set(slot, by)
    this.#moments.set(slot, time, origin)
    this.#values[slot] = value
  }

  endChunk(): void {
    this.#moments.endChunk()
  }

  write(slot: number, w: ByteWriter): void {
    this.#by.write(slot, w)
    this.#moments.write(slot, w)
    encodeValue(w, this.#values[slot])
  }

  merge(slot: number, r: ByteReader): void {
    const by = decodeValue(r)
    const { time, identity } = readMoment(r)
    const value = decodeValue(r)
    if (!this.#by.isEmpty(slot)) {
      const order = this.#direction * this.#by.compare(by, slot)
      if (order > 0 || (order === 0 && this.#moments.compareStored(time, identity, slot) >= 0)) return
    }
    this.#by.set(slot, by)
    this.#moments.setStored(slot, time, identity)
    this.#values[slot] = value
  }

  present(slot: number): unknown {
    return this.#values[slot]
  }
}
