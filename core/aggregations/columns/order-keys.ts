// Order keys by slot: the (time, identity) of an element, which breaks all ties.
//
// Promises: the bytes of an identity are made on a tie, at the end of the element's chunk, or when they are written,
// whichever is first; an element that is replaced within its chunk never pays for them.

import { type ByteReader, type ByteWriter, compareBytes } from '../../values/bytes.ts'
import { decodeValue, encodeValue } from '../../values/canonical.ts'
import type { IdentityOf } from './column.ts'
import { IdentityCells } from './identity-cells.ts'

export class OrderKeys<O> {
  readonly #identityOf: IdentityOf<O>
  #times = new Float64Array(0)
  /** Where they are known. */
  readonly #identities = new IdentityCells()
  /** Where they are not: the lineage to make them from, until the end of the chunk. */
  readonly #lineages: (O | undefined)[] = []
  #open: number[] = []

  constructor(identityOf: IdentityOf<O>) {
    this.#identityOf = identityOf
  }

  grow(capacity: number): void {
    const times = new Float64Array(capacity).fill(Number.NaN)
    times.set(this.#times)
    this.#times = times
    this.#identities.grow(capacity)
    while (this.#lineages.length < capacity) this.#lineages.push(undefined)
  }

  clear(slot: number): void {
    this.#times[slot] = Number.NaN
    this.#identities.clear(slot)
    this.#lineages[slot] = undefined
  }

  isEmpty(slot: number): boolean {
    return Number.isNaN(this.#times[slot])
  }

  /** Order of an order key against the one in the slot, which must not be empty. */
  compare(time: number, lineage: O, slot: number): number {
    const difference = time - (this.#times[slot] as number)
    return difference === 0 ? compareBytes(this.#identityOf(lineage), this.identity(slot)) : difference
  }

  compareStored(time: number, identity: Uint8Array, slot: number): number {
    const difference = time - (this.#times[slot] as number)
    return difference === 0 ? compareBytes(identity, this.identity(slot)) : difference
  }

  set(slot: number, time: number, lineage: O): void {
    this.#times[slot] = time
    this.#identities.clear(slot)
    if (this.#lineages[slot] === undefined) this.#open.push(slot)
    this.#lineages[slot] = lineage
  }

  setStored(slot: number, time: number, identity: Uint8Array): void {
    this.#times[slot] = time
    this.#identities.set(slot, identity)
    this.#lineages[slot] = undefined
  }

  /** A view, valid until the slot changes. */
  identity(slot: number): Uint8Array {
    this.#make(slot)
    return this.#identities.get(slot)
  }

  /** Makes the identity where it is not known. */
  #make(slot: number): void {
    if (!this.#identities.has(slot)) this.#identities.set(slot, this.#identityOf(this.#lineages[slot] as O))
  }

  /** The chunk that lineages point into ends: makes the identities that are missing. */
  endChunk(): void {
    for (const slot of this.#open) {
      if (this.#lineages[slot] === undefined) continue
      this.#make(slot)
      this.#lineages[slot] = undefined
    }
    this.#open = []
  }

  write(slot: number, w: ByteWriter): void {
    encodeValue(w, this.#times[slot])
    encodeValue(w, this.identity(slot))
  }
}

/** The order key that `write` wrote. */
export function readOrderKey(r: ByteReader): { time: number; identity: Uint8Array } {
  return { time: decodeValue(r) as number, identity: decodeValue(r) as Uint8Array }
}
