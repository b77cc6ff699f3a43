// The texts of one column of a batch: as strings, or by their places in the kernel's memory.
//
// Promises: a string is made only where it is asked for. A place holds until the next batch.

import { Interner } from '../../scan/interner.ts'
import { latin1Text, utf8Text } from '../../scan/text.ts'
import type { KernelMemory } from '../memory.ts'
import { TEXT } from './layout.ts'

/** What the places of a batch are relative to. */
export interface Batch {
  /** The chunk's bytes, and a view of them. */
  bytes: Uint8Array
  view: DataView
  readonly memory: KernelMemory
  /** Where in the kernel's memory the first byte of the chunk would be. */
  base: number
  /** Its number, and how many records it has. */
  number: number
  count: number
}

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
    const flags = this.#lengths[i] as number
    const length = flags & TEXT.LENGTH
    if ((flags & TEXT.ESCAPED) !== 0) return this.#apart(i, flags >= TEXT.WIDE)
    if (flags >= TEXT.WIDE) return utf8Text(bytes, start, start + length)
    // The interner reads a whole word of a short text.
    if (start + 4 > bytes.length) return latin1Text(bytes, start, start + length)
    return this.#interner.text(bytes, view, start, start + length)
  }

  /** A text that lies apart from its record. */
  #apart(i: number, wide: boolean): string {
    const from = this.address(i)
    const text = wide ? utf8Text : latin1Text
    return text(this.#batch.memory.bytes, from, from + this.length(i))
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
    return (this.#batch.base + (this.#starts[i] as number)) >>> 0
  }

  /** Bytes of its UTF-8. */
  length(i: number): number {
    return (this.#lengths[i] as number) & TEXT.LENGTH
  }
}
