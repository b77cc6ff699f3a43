// The texts of one column of a batch: as strings, or by their places in the kernel's memory.
//
// Promises: a string is made only where it is asked for. A place holds until the next batch.

import { Interner } from '../../scan/interner.ts'
import { latin1Text, utf8Text } from '../../scan/text.ts'

/** What the places of a batch are relative to. */
export interface Batch {
  /** The chunk's bytes, and a view of them. */
  bytes: Uint8Array
  view: DataView
  /** Where in the kernel's memory the first byte of the chunk would be. */
  base: number
  /** Its number, and how many records it has. */
  number: number
  count: number
}

/** Bit of a text's length that says that not all of its bytes are ASCII. */
const WIDE = 0x8000_0000

export class TextColumn {
  readonly #batch: Batch
  readonly #starts: Uint32Array
  readonly #lengths: Uint32Array
  readonly #interner = new Interner()

  constructor(batch: Batch, starts: Uint32Array, lengths: Uint32Array) {
    this.#batch = batch
    this.#starts = starts
    this.#lengths = lengths
  }

  text(i: number): string {
    const { bytes, view } = this.#batch
    const start = this.#starts[i] as number
    const length = this.#lengths[i] as number
    if (length >= WIDE) return utf8Text(bytes, start, start + (length - WIDE))
    // The interner reads a whole word of a short text.
    if (start + 4 > bytes.length) return latin1Text(bytes, start, start + length)
    return this.#interner.text(bytes, view, start, start + length)
  }

  get batch(): Readonly<Batch> {
    return this.#batch
  }

  /** Places of all texts, relative to the batch's base, and their lengths; of odd and absent ones they say nothing. */
  get places(): readonly [starts: Uint32Array, lengths: Uint32Array] {
    return [this.#starts, this.#lengths]
  }

  /** Of its UTF-8 in the kernel's memory. */
  address(i: number): number {
    return this.#batch.base + (this.#starts[i] as number)
  }

  /** Bytes of its UTF-8. */
  length(i: number): number {
    return (this.#lengths[i] as number) & ~WIDE
  }
}
