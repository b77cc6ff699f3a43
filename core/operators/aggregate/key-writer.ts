// Writes the canonical bytes of a composite key, part by part, into the scratch of a table of groups: an element's key
// needs no object.
//
// Promises: the bytes that `encodeValue` gives for the key, where the marks are those that the compiler worked out.

import type { KeyAccess } from '../../emitted/emitted-module.ts'
import type { ByteWriter } from '../../values/bytes.ts'
import { encodeValue } from '../../values/canonical.ts'
import { encodeText } from '../../values/canonical-text.ts'
import type { KeyScratch } from './key-index.ts'

const TEXT = 0x40

export class KeyWriter implements KeyAccess {
  readonly #scratch: KeyScratch
  readonly #w: ByteWriter

  constructor(scratch: KeyScratch) {
    this.#scratch = scratch
    this.#w = scratch.writer
  }

  /** Begins a key with marks. */
  begin(marks: Uint8Array): void {
    this.#w.reset()
    this.#w.bytes(marks)
  }

  marks(marks: Uint8Array): void {
    this.#w.bytes(marks)
  }

  /** A part of any type. */
  value(part: unknown): void {
    encodeValue(this.#w, part)
  }

  text(part: string): void {
    this.#w.byte(TEXT)
    encodeText(this.#w, part)
  }

  /** A text by its place in the kernel's memory; UTF-8 without zeros. */
  textAt(address: number, length: number): void {
    this.#w.byte(TEXT)
    this.#w.part(this.#scratch.own.memory.bytes, address, address + length)
    this.#w.byte(0)
  }
}
