// Identity bytes by slot, in pages of their own: an array of the engine for each would take five times their bytes.
//
// Promises: a slot keeps its room, so that a slot whose identity is replaced, again and again, takes no more.

import { grown, OWN_ARRAYS } from './arrays.ts'

const PAGE_BYTES = 1 << 20
const PAGE_BITS = 20
/** Rooms are multiples of this. */
const UNIT = 8

const EMPTY = new Uint8Array(0)

export class IdentityCells {
  readonly #pages: Uint8Array[] = []
  /** Bytes used of the last page; it is full where there is none. */
  #used = PAGE_BYTES
  /** By slot: number of the page, and place in it in units. */
  #places: Uint32Array = new Uint32Array(0)
  /** Bytes of its identity, and one more; 0 where it is not known. */
  #lengths: Uint32Array = new Uint32Array(0)
  /** Bytes of its room. */
  #rooms: Uint32Array = new Uint32Array(0)

  grow(capacity: number): void {
    this.#places = grown(OWN_ARRAYS, this.#places, OWN_ARRAYS.words(capacity))
    this.#lengths = grown(OWN_ARRAYS, this.#lengths, OWN_ARRAYS.words(capacity))
    this.#rooms = grown(OWN_ARRAYS, this.#rooms, OWN_ARRAYS.words(capacity))
  }

  /** Forgets the identity. */
  clear(slot: number): void {
    this.#lengths[slot] = 0
  }

  has(slot: number): boolean {
    return this.#lengths[slot] !== 0
  }

  set(slot: number, identity: Uint8Array): void {
    if (identity.length > (this.#rooms[slot] as number)) this.#makeRoom(slot, identity.length)
    if (identity.length > 0) this.#pageOf(slot).set(identity, this.#placeOf(slot))
    this.#lengths[slot] = identity.length + 1
  }

  /** A view, valid until the slot changes. */
  get(slot: number): Uint8Array {
    const length = (this.#lengths[slot] as number) - 1
    if (length === 0) return EMPTY
    const at = this.#placeOf(slot)
    return this.#pageOf(slot).subarray(at, at + length)
  }

  #pageOf(slot: number): Uint8Array {
    return this.#pages[(this.#places[slot] as number) >>> (PAGE_BITS - 3)] as Uint8Array
  }

  #placeOf(slot: number): number {
    return UNIT * ((this.#places[slot] as number) & (PAGE_BYTES / UNIT - 1))
  }

  /** Rooms double, so that what a slot has left behind is less than what it has. */
  #makeRoom(slot: number, length: number): void {
    const wanted = Math.max(length, 2 * (this.#rooms[slot] as number))
    const room = Math.ceil(wanted / UNIT) * UNIT
    if (this.#used + room > PAGE_BYTES) {
      this.#pages.push(new Uint8Array(Math.max(PAGE_BYTES, room)))
      this.#used = 0
    }
    this.#places[slot] = ((this.#pages.length - 1) << (PAGE_BITS - 3)) + this.#used / UNIT
    this.#rooms[slot] = room
    this.#used = Math.min(PAGE_BYTES, this.#used + room)
  }
}
