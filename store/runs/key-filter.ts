// A Bloom filter over the keys of a run, in memory only: most gets skip the newer runs that do not hold their key.
//
// Promises: no false negatives; about 1 % false positives at ten bits a key (Bloom 1970).
// Not here: when a filter is worth its memory (`sorted-run.ts`).

import { hashRange } from './bytes-range.ts'

const PROBES = 6
const BITS_PER_KEY = 10

/** Collects key hashes while the number of keys is unknown. */
export class KeyHashes {
  #hashes = new Uint32Array(1024)
  #count = 0

  get count(): number {
    return this.#count
  }

  add(bytes: Uint8Array, start: number, end: number): void {
    if (this.#count === this.#hashes.length) {
      const bigger = new Uint32Array(this.#hashes.length * 2)
      bigger.set(this.#hashes)
      this.#hashes = bigger
    }
    this.#hashes[this.#count++] = hashRange(bytes, start, end)
  }

  filter(): KeyFilter {
    return new KeyFilter(this.#hashes.subarray(0, this.#count))
  }
}

export class KeyFilter {
  readonly #words: Uint32Array
  readonly #bits: number

  constructor(hashes: Uint32Array) {
    this.#words = new Uint32Array(Math.ceil((hashes.length * BITS_PER_KEY) / 32) + 1)
    this.#bits = this.#words.length * 32
    for (const hash of hashes) {
      let probe = hash
      const step = stepOf(hash)
      for (let i = 0; i < PROBES; i++) {
        const bit = probe % this.#bits
        this.#words[bit >>> 5] = (this.#words[bit >>> 5] as number) | (1 << (bit & 31))
        probe = (probe + step) >>> 0
      }
    }
  }

  /** False only if no key with this hash was added. */
  mayHold(hash: number): boolean {
    let probe = hash
    const step = stepOf(hash)
    for (let i = 0; i < PROBES; i++) {
      const bit = probe % this.#bits
      if ((((this.#words[bit >>> 5] as number) >>> (bit & 31)) & 1) === 0) return false
      probe = (probe + step) >>> 0
    }
    return true
  }
}

const stepOf = (hash: number): number => (Math.imul(hash, 0x9e3779b1) | 1) >>> 0
