// From strings to slots: an open-addressing hash table in one typed array.
//
// Promises: exact for any strings; for many keys half the cost of a Map, since an entry is one place in memory and
// growing moves no strings.
// Not here: the strings themselves, by slot (`group-table.ts`).

const LEAST = 16

/** Entries are pairs: the hash, and the slot plus 1, or 0 where the place is free. */
export class TextIndex {
  #places = new Int32Array(2 * LEAST)
  #mask = LEAST - 1
  #size = 0

  /** The slot of a text, or -1. `texts` holds the text of each slot. */
  find(text: string, hash: number, texts: readonly unknown[]): number {
    const places = this.#places
    for (let at = hash & this.#mask; ; at = (at + 1) & this.#mask) {
      const entry = places[2 * at + 1] as number
      if (entry === 0) return -1
      if (places[2 * at] === hash && texts[entry - 1] === text) return entry - 1
    }
  }

  /** Adds a text that is not there yet. */
  add(hash: number, slot: number): void {
    if (2 * ++this.#size > this.#mask) this.#grow()
    this.#put(hash, slot + 1)
  }

  *slots(): Generator<number> {
    for (let at = 1; at < this.#places.length; at += 2) {
      const entry = this.#places[at] as number
      if (entry !== 0) yield entry - 1
    }
  }

  #put(hash: number, entry: number): void {
    let at = hash & this.#mask
    while (this.#places[2 * at + 1] !== 0) at = (at + 1) & this.#mask
    this.#places[2 * at] = hash
    this.#places[2 * at + 1] = entry
  }

  #grow(): void {
    const old = this.#places
    this.#mask = 4 * this.#mask + 3
    this.#places = new Int32Array(2 * (this.#mask + 1))
    for (let at = 0; at < old.length; at += 2) {
      const entry = old[at + 1] as number
      if (entry !== 0) this.#put(old[at] as number, entry)
    }
  }
}

/** A hash of a text's UTF-16 units, after Fowler, Noll and Vo (FNV-1a), with its high bits folded into the low ones. */
export function hashOfText(text: string): number {
  let hash = 0x811c9dc5 | 0
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash ^ (hash >>> 15)
}
