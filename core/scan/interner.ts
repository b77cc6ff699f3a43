// Interned short texts: one string for each, found by its bytes.
//
// Promises: the same text as a fresh one, without allocation where it is known. Turns itself off where texts hardly
// repeat, since a failed search costs more than it saves.

import { asciiText } from './text.ts'

const SLOT_BITS = 9
const SLOTS = 1 << SLOT_BITS
const MAX_LENGTH = 16
/** After this many misses it decides whether to go on. */
const TRIAL_MISSES = 2048
/** Hits for each miss that make it worthwhile. */
const WORTHWHILE = 3

/** By length up to 4: the bits of the first word that belong to the text. */
const MASKS = Int32Array.of(0, 0xff, 0xffff, 0xffffff, -1)

/** A direct-mapped table of the texts of one field. */
export class Interner {
  /** Four words and the length of each text. */
  readonly #words = new Int32Array(SLOTS * 4)
  readonly #lengths = new Uint8Array(SLOTS)
  readonly #texts: string[] = new Array<string>(SLOTS).fill('')
  #hits = 0
  #misses = 0
  #on = true

  /** The text of plain ASCII bytes. At least 3 bytes past them must be readable. */
  text(bytes: Uint8Array, view: DataView, start: number, end: number): string {
    const length = end - start
    if (!this.#on || length > MAX_LENGTH) return asciiText(bytes, view, start, end)
    let a = view.getInt32(start, true)
    let b = 0
    let c = 0
    let d = 0
    if (length <= 4) a &= MASKS[length] as number
    else {
      d = view.getInt32(end - 4, true)
      if (length > 8) {
        b = view.getInt32(start + 4, true)
        c = view.getInt32(end - 8, true)
      }
    }
    const mixed = Math.imul(
      a ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35) ^ Math.imul(d, 0x27d4eb2f),
      0x9e3779b1,
    )
    const slot = (mixed ^ (mixed >>> 15)) & (SLOTS - 1)
    const words = this.#words
    const at = slot << 2
    if (
      words[at] === a &&
      words[at + 1] === b &&
      words[at + 2] === c &&
      words[at + 3] === d &&
      this.#lengths[slot] === length
    ) {
      this.#hits++
      return this.#texts[slot] as string
    }
    const text = asciiText(bytes, view, start, end)
    words[at] = a
    words[at + 1] = b
    words[at + 2] = c
    words[at + 3] = d
    this.#lengths[slot] = length
    this.#texts[slot] = text
    this.#missed()
    return text
  }

  #missed(): void {
    if (++this.#misses < TRIAL_MISSES) return
    this.#on = this.#hits > this.#misses * WORTHWHILE
    this.#hits = 0
    this.#misses = 0
  }
}
