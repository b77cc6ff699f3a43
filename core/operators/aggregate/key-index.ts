// From keys to numbers: those of slots, or any other that are counted from 0 on. The keys lie in the kernel's memory as
// their canonical bytes.
//
// Promises: exact for keys of every type; a key that is not there yet is added in the same search; an address of a key
// stays valid until the index is disposed of. A text that is in the kernel's memory already needs no string.

import type { TextColumn } from '../../kernel/decode/text-column.ts'
import { LOADED_ROW } from '../../kernel/kernel.ts'
import type { OwnKernel } from '../../kernel/kernel-over.ts'
import { Regions } from '../../kernel/regions.ts'
import { ByteWriter } from '../../values/bytes.ts'
import { encodeValue, NUMBER_BYTES } from '../../values/canonical.ts'

/** Words of the header (`kernel/assembly/keys.ts`). */
const HEADER_WORDS = 8
const PLACES = 0
const MASK = 1
const SIZE = 2
const LIMIT = 3
const ROOM = 4
const ROOM_END = 5
const LAST_AT = 6
const LAST_LENGTH = 7

const PLACE_WORDS = 4
const LEAST_PLACES = 16
/** Places of a key from which on a table is no longer kept for others. */
const SPARSE = 16
/** Places that a table has before it grows by two instead of four. */
const MANY_PLACES = 1 << 18
const LEAST_ROOM = 256
const MOST_ROOM = 1 << 20

const NO_ROOM = -2
/** Keys from which on a table is larger than what processors keep near. */
const DISTANT = 1 << 14

/** Where keys are written before they are looked up: one for all indices of a kernel that are not used at once. */
export class KeyScratch {
  readonly own: OwnKernel
  readonly writer: ByteWriter
  /** Room for a canonical number. */
  readonly number: Uint8Array

  constructor(own: OwnKernel) {
    this.own = own
    const regions = new Regions(own.memory)
    this.writer = new ByteWriter(256, regions)
    this.number = regions.take(NUMBER_BYTES)
  }

  /** Throws `Unencodable`. */
  put(key: unknown): void {
    this.writer.reset()
    encodeValue(this.writer, key)
  }

  /** A key by its canonical bytes. */
  putBytes(bytes: Uint8Array, start: number, end: number): void {
    this.writer.reset()
    this.writer.part(bytes, start, end)
  }
}

/** Some rows of a table of the kernel (`LoadedRows`), and the bytes that are left out of each key. */
export interface RowsOfKeys {
  readonly table: Uint32Array
  readonly from: number
  readonly count: number
  readonly prefix: number
  readonly suffix: number
}

/** By number: where the canonical bytes of a key lie in the kernel's memory, and how many they are. */
export interface KeyPlaces {
  readonly at: Uint32Array
  readonly lengths: Uint32Array
}

export class KeyIndex {
  readonly #scratch: KeyScratch
  readonly #regions: Regions
  readonly #header: Uint32Array
  #places: Uint32Array
  #roomBytes = LEAST_ROOM / 2

  constructor(scratch: KeyScratch) {
    this.#scratch = scratch
    this.#regions = new Regions(scratch.own.memory)
    this.#header = this.#regions.words(HEADER_WORDS).fill(0)
    this.#places = this.#header
    this.#growPlaces(LEAST_PLACES)
    this.#makeRoom(LEAST_ROOM)
  }

  /** The number of a key; -1 where it is new and has the number `next` now. Throws `Unencodable`. */
  numberOf(key: unknown, next: number): number {
    if (typeof key === 'number') return this.numberOfDouble(key, next)
    this.#scratch.put(key)
    return this.numberOfScratch(next)
  }

  numberOfDouble(key: number, next: number): number {
    const { own, number: scratch } = this.#scratch
    for (;;) {
      const number = own.kernel.doubleNumber(this.#header.byteOffset, scratch.byteOffset, key, next)
      if (number !== NO_ROOM) return number
      this.#makeRoom(scratch.length)
    }
  }

  /** Of the key in the scratch. */
  numberOfScratch(next: number): number {
    const { writer, own } = this.#scratch
    const { byteOffset, length } = writer.view()
    const { kernel } = own
    for (;;) {
      const number = kernel.keyNumber(this.#header.byteOffset, byteOffset, length, next)
      if (number !== NO_ROOM) return number
      this.#makeRoom(length)
    }
  }

  /** The same for a text: its UTF-8 is at an address of the kernel's memory, without zeros. */
  numberOfText(address: number, length: number, next: number): number {
    const { kernel } = this.#scratch.own
    for (;;) {
      const number = kernel.textNumber(this.#header.byteOffset, address, length, next)
      if (number !== NO_ROOM) return number
      this.#makeRoom(length + 2)
    }
  }

  /**
   * The numbers of the keys of rows in the kernel's memory (`LoadedRows`), without the first `prefix` and the last
   * `suffix` bytes of each. New ones have those from `next` on, and where they lie is written by number. Returns how
   * many are new.
   */
  numberRows(
    { table, from, count, prefix, suffix }: RowsOfKeys,
    next: number,
    numbers: Uint32Array,
    keys: KeyPlaces,
  ): number {
    const { kernel } = this.#scratch.own
    const header = this.#header
    const before = header[SIZE] as number
    const [keysAt, lengths] = [keys.at.byteOffset, keys.lengths.byteOffset]
    for (let done = 0; ; ) {
      const row = from + done
      const fresh = (header[SIZE] as number) - before
      const rows = table.byteOffset + 4 * LOADED_ROW.words * row
      const to = numbers.byteOffset + 4 * row
      done += kernel.numberRows(
        header.byteOffset,
        rows,
        count - done,
        prefix,
        suffix,
        next + fresh,
        to,
        keysAt,
        lengths,
      )
      if (done === count) return (header[SIZE] as number) - before
      const at = LOADED_ROW.words * (from + done)
      this.#makeRoom((table[at + LOADED_ROW.keyEnd] as number) - (table[at] as number))
    }
  }

  /** Brings near what the texts of a batch will be looked for in. */
  warm({ batch, places }: TextColumn): void {
    if ((this.#header[SIZE] as number) < DISTANT) return
    const [starts, lengths] = places
    const { kernel } = this.#scratch.own
    kernel.warmTexts(this.#header.byteOffset, batch.base, starts.byteOffset, lengths.byteOffset, batch.count)
  }

  /** Where the canonical bytes of the key lie that was last added. */
  get lastAt(): number {
    return this.#header[LAST_AT] as number
  }

  get lastLength(): number {
    return this.#header[LAST_LENGTH] as number
  }

  /** All numbers, in no order. */
  *numbers(): Generator<number> {
    const places = this.#places
    for (let at = 1; at < places.length; at += PLACE_WORDS) {
      const entry = places[at] as number
      if (entry !== 0) yield entry - 1
    }
  }

  /**
   * Forgets all keys. The memory of their places is kept for others, unless it was for many more: to clear it costs.
   */
  clear(): void {
    const [header, places] = [this.#header, this.#places]
    const isSparse = places.length > SPARSE * PLACE_WORDS * (header[SIZE] as number)
    this.#regions.giveBackOthers(isSparse ? [header] : [header, places])
    header[SIZE] = 0
    header[ROOM] = 0
    header[ROOM_END] = 0
    if (isSparse) {
      header[PLACES] = 0
      this.#places = header
      this.#growPlaces(LEAST_PLACES)
    } else places.fill(0)
    this.#roomBytes = LEAST_ROOM / 2
    this.#makeRoom(LEAST_ROOM)
  }

  /** Gives all memory back. */
  dispose(): void {
    this.#regions.giveAllBack()
  }

  #makeRoom(bytes: number): void {
    const header = this.#header
    if (header[SIZE] === header[LIMIT]) {
      const places = (header[MASK] as number) + 1
      this.#growPlaces(places * (places < MANY_PLACES ? 4 : 2))
    }
    if ((header[ROOM_END] as number) - (header[ROOM] as number) >= bytes) return
    this.#roomBytes = Math.max(Math.min(2 * this.#roomBytes, MOST_ROOM), bytes)
    const room = this.#regions.take(this.#roomBytes)
    header[ROOM] = room.byteOffset
    header[ROOM_END] = room.byteOffset + room.length
  }

  #growPlaces(count: number): void {
    const before = this.#places
    this.#places = this.#regions.words(PLACE_WORDS * count)
    this.#scratch.own.kernel.growKeys(this.#header.byteOffset, this.#places.byteOffset, count - 1)
    if (before !== this.#header) this.#regions.giveBack(before)
  }
}
