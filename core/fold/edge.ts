// first and last in the order of (time, identity).

import type { ByteReader, ByteWriter } from '../bytes.ts'
import { decodeValue, encodeValue } from '../canonical.ts'
import type { Column, IdentityOf } from './column.ts'
import { Moments, readMoment } from './moments.ts'

export class EdgeColumn<O> implements Column {
  /** 1 for first, -1 for last. */
  readonly #direction: 1 | -1
  readonly #moments: Moments<O>
  readonly #values: unknown[] = []

  constructor(direction: 1 | -1, identityOf: IdentityOf<O>) {
    this.#direction = direction
    this.#moments = new Moments(identityOf)
  }

  grow(capacity: number): void {
    this.#moments.grow(capacity)
    while (this.#values.length < capacity) this.#values.push(undefined)
  }

  clear(slot: number): void {
    this.#moments.clear(slot)
    this.#values[slot] = undefined
  }

  add(slot: number, value: unknown, time: number, origin: O): void {
    const moments = this.#moments
    if (!moments.isEmpty(slot) && this.#direction * moments.compare(time, origin, slot) >= 0) return
    moments.set(slot, time, origin)
    this.#values[slot] = value
  }

  endChunk(): void {
    this.#moments.endChunk()
  }

  write(slot: number, w: ByteWriter): void {
    this.#moments.write(slot, w)
    encodeValue(w, this.#values[slot])
  }

  merge(slot: number, r: ByteReader): void {
    const { time, identity } = readMoment(r)
    const value = decodeValue(r)
    const moments = this.#moments
    if (!moments.isEmpty(slot) && this.#direction * moments.compareStored(time, identity, slot) >= 0) return
    moments.setStored(slot, time, identity)
    this.#values[slot] = value
  }

  present(slot: number): unknown {
    return this.#values[slot]
  }
}
