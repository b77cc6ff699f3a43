// From small whole numbers to others: an open-addressing hash table in one typed array.
//
// Promises: numbers that follow each other lie beside each other.

const LEAST = 8

/** Entries are pairs: the number plus 1, or 0 where the place is free, and what it leads to. */
export class NumberIndex {
  #places = new Int32Array(2 * LEAST)
  #mask = LEAST - 1
  #size = 0

  /** What a number leads to, or -1. */
  find(number: number): number {
    const places = this.#places
    for (let at = number & this.#mask; ; at = (at + 1) & this.#mask) {
      const entry = places[2 * at] as number
      if (entry === number + 1) return places[2 * at + 1] as number
      if (entry === 0) return -1
    }
  }

  /** Adds a number that is not there yet. */
  add(number: number, to: number): void {
    if (2 * ++this.#size > this.#mask) this.#grow()
    this.#put(number, to)
  }

  *numbers(): Generator<number> {
    for (let at = 0; at < this.#places.length; at += 2) {
      const entry = this.#places[at] as number
      if (entry !== 0) yield entry - 1
    }
  }

  /** What they lead to, in the same order. */
  *targets(): Generator<number> {
    for (let at = 0; at < this.#places.length; at += 2) {
      if (this.#places[at] !== 0) yield this.#places[at + 1] as number
    }
  }

  #put(number: number, to: number): void {
    let at = number & this.#mask
    while (this.#places[2 * at] !== 0) at = (at + 1) & this.#mask
    this.#places[2 * at] = number + 1
    this.#places[2 * at + 1] = to
  }

  #grow(): void {
    const old = this.#places
    this.#mask = 2 * this.#mask + 1
    this.#places = new Int32Array(2 * (this.#mask + 1))
    for (let at = 0; at < old.length; at += 2) {
      const entry = old[at] as number
      if (entry !== 0) this.#put(entry - 1, old[at + 1] as number)
    }
  }
}
