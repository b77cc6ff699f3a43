// approxMembership: a Bloom filter (core/sketches/membership.ts has the paper).
//
// Error: a value that has been seen always passes; another one passes with a probability of at most (nearly)
// `falsePositives` while no more than `items` different values have been seen (Bloom 1970); with more it grows.
// Promises: bits are only ever set, so equal sets of values have equal bytes.
//
// State: the length of the filter's bytes in 4 bytes, and these bytes, in the form of `core/sketches/membership.ts`.

import {
  denseFilter,
  eachBit,
  type FilterShape,
  filterContent,
  type MembershipFilter,
  sparseBits,
  sparseFilter,
} from '../../sketches/membership.ts'
import type { ByteReader, ByteWriter } from '../../values/bytes.ts'
import type { Column } from '../columns/column.ts'
import { HeldBytes, MAP_ENTRY_BYTES } from '../columns/held-bytes.ts'

/** The numbers of few set bits, or all bits. */
type Bits = Set<number> | Uint8Array

export class ApproxMembershipColumn implements Column {
  readonly held = new HeldBytes()
  readonly #shape: FilterShape
  readonly #limit: number
  readonly #slots: (Bits | undefined)[] = []

  constructor(shape: FilterShape) {
    this.#shape = shape
    this.#limit = sparseBits(shape.bits)
  }

  grow(capacity: number): void {
    this.held.grow(capacity)
    while (this.#slots.length < capacity) this.#slots.push(undefined)
  }

  clear(slot: number): void {
    this.held.clear(slot)
    this.#slots[slot] = undefined
  }

  add(slot: number, value: unknown): void {
    eachBit(this.#shape, value, bit => this.#set(slot, bit))
  }

  write(slot: number, w: ByteWriter): void {
    const bytes = this.#bytes(slot)
    w.u32(bytes.length)
    w.bytes(bytes)
  }

  merge(slot: number, r: ByteReader): void {
    const content = filterContent(r.bytes(r.u32()))
    if (content instanceof Uint8Array) {
      const bits = this.#dense(slot)
      for (let i = 0; i < bits.length; i++) bits[i] = (bits[i] as number) | (content[i] as number)
    } else for (const bit of content) this.#set(slot, bit)
  }

  present(slot: number): MembershipFilter {
    const { bits, hashes } = this.#shape
    return { bits, bytes: this.#bytes(slot), hashes } // in the order that `normalise` gives
  }

  #bytes(slot: number): Uint8Array {
    const bits = this.#slots[slot] ?? new Set<number>()
    return bits instanceof Set ? sparseFilter([...bits].sort((a, b) => a - b)) : denseFilter(bits)
  }

  #set(slot: number, bit: number): void {
    const bits = this.#slots[slot]
    if (bits instanceof Uint8Array) return mark(bits, bit)
    const few = bits ?? new Set<number>()
    this.#slots[slot] = few
    few.add(bit)
    this.held.set(slot, few.size * MAP_ENTRY_BYTES)
    if (few.size > this.#limit) this.#dense(slot)
  }

  #dense(slot: number): Uint8Array {
    const bits = this.#slots[slot]
    if (bits instanceof Uint8Array) return bits
    const all = new Uint8Array(this.#shape.bits / 8)
    for (const bit of bits ?? []) mark(all, bit)
    this.#slots[slot] = all
    this.held.set(slot, all.length)
    return all
  }
}

function mark(bits: Uint8Array, bit: number): void {
  bits[bit >>> 3] = (bits[bit >>> 3] as number) | (1 << (bit & 7))
}
