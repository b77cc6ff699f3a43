// From keys to numbers: those of slots, or any other that are counted from 0 on.
//
// Promises: strings, other primitives as they are, composite keys by their canonical bytes; a key that is looked up and
// then added is hashed or encoded once.
// Not here: the keys themselves, by number (the callers).

import { bytesToLatin1 } from '../../values/bytes.ts'
import { canonicalBytes } from '../../values/canonical.ts'
import { hashOfText, TextIndex } from './text-index.ts'

export class KeyIndex {
  readonly #texts = new TextIndex()
  readonly #primitive = new Map<unknown, number>()
  readonly #composite = new Map<string, number>()
  /** Of the key that `find` last looked for: its hash where it is a string, its bytes where it is composite. */
  #hash = 0
  #name = ''

  /** The number of a key, or -1. `keys` holds the key of each number. */
  find(key: unknown, keys: readonly unknown[]): number {
    if (typeof key === 'string') {
      this.#hash = hashOfText(key)
      return this.#texts.find(key, this.#hash, keys)
    }
    if (typeof key !== 'object' || key === null) return this.#primitive.get(key) ?? -1
    this.#name = bytesToLatin1(canonicalBytes(key))
    return this.#composite.get(this.#name) ?? -1
  }

  /** Adds the key that `find` has just not found. */
  add(key: unknown, number: number): void {
    if (typeof key === 'string') this.#texts.add(this.#hash, number)
    else if (typeof key !== 'object' || key === null) this.#primitive.set(key, number)
    else this.#composite.set(this.#name, number)
  }

  *numbers(): Generator<number> {
    yield* this.#texts.slots()
    yield* this.#primitive.values()
    yield* this.#composite.values()
  }
}
