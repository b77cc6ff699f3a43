// Which field a key names, guessed from the order of earlier records.
//
// Promises: right for any order; fast where keys follow each other as they did last time. Declared fields have the
// numbers 0 to n - 1, undeclared keys the ones after that, as they are met.
// Not here: comparing the expected declared key, which emitted code does with constants.

import { skipBlanks } from './skip.ts'
import { plainText, skipText, stopped } from './text.ts'

/** Undeclared keys that are remembered for each object type; further ones are looked up each time. */
const MAX_UNKNOWN = 32
/** Longest token of an undeclared key that is remembered. */
const MAX_TOKEN = 64
/** How many expected fields may be missing before the whole table is searched. */
const MAX_MISSING = 3

const utf8 = new TextEncoder()

export class KeyTable {
  readonly declared: number
  /** `next[f]` is the field that came after field f last time; `next[start]` the first one of an object. */
  readonly next: Int32Array
  readonly start: number
  /** Number of keys that are not declared and not remembered. */
  readonly other: number
  /** The field that last came after a field in place of the expected one. */
  readonly #instead: Int32Array
  /** Tokens `"name":` by number; null where the name has escapes, so that bytes cannot be compared. */
  readonly #tokens: (Uint8Array | null)[]

  constructor(names: readonly string[]) {
    this.declared = names.length
    this.other = names.length + MAX_UNKNOWN
    this.start = this.other + 1
    this.next = Int32Array.from({ length: this.start + 1 }, (_, i) => (i < names.length ? i + 1 : 0))
    this.#instead = new Int32Array(this.start + 1).fill(-1)
    this.#tokens = names.map(tokenOf)
  }

  /** Compares the key of a field, with its colon, with the bytes at p. Returns the place after it, or -1. */
  match(bytes: Uint8Array, p: number, field: number): number {
    const token = this.#tokens[field]
    if (token === undefined || token === null) return -1
    for (let i = 0; i < token.length; i++) if (bytes[p + i] !== token[i]) return -1
    return p + token.length
  }

  /**
   * The field whose key is at p (its opening quote), where it is not the `expected` one that should have followed
   * `before`; -1 where there is no key, or one with escapes. `stopped[0]` is set to the place after the colon.
   */
  find(bytes: Uint8Array, view: DataView, p: number, end: number, before: number, expected: number): number {
    let candidate = expected
    for (let missing = 0; missing < MAX_MISSING; missing++) {
      candidate = this.next[candidate] as number
      const behind = this.match(bytes, p, candidate)
      if (behind < 0) continue
      stopped[0] = behind
      // Seen once, it may be an absent optional field; seen twice, the order has changed.
      if (this.#instead[before] === candidate) this.next[before] = candidate
      this.#instead[before] = candidate
      return candidate
    }
    const quote = plainText(view, p + 1, end)
    const stop = quote >= 0 ? quote + 1 : skipText(bytes, view, p + 1, end)
    if (stop < 0 || bytes.subarray(p, stop).includes(0x5c)) return -1
    const colon = skipBlanks(bytes, stop, end)
    if (colon >= end || bytes[colon] !== 0x3a) return -1
    stopped[0] = colon + 1
    const field = this.#fieldOf(bytes.subarray(p, stop))
    this.next[before] = field
    return field
  }

  /** The number of a quoted key. */
  #fieldOf(quoted: Uint8Array): number {
    const tokens = this.#tokens
    for (let f = 0; f < tokens.length; f++) {
      const token = tokens[f]
      if (token?.length === quoted.length + 1 && quoted.every((byte, i) => byte === token[i])) return f
    }
    if (tokens.length === this.other || quoted.length >= MAX_TOKEN) return this.other
    const token = new Uint8Array(quoted.length + 1)
    token.set(quoted)
    token[quoted.length] = 0x3a
    return tokens.push(token) - 1
  }
}

/** The bytes of `"name":`; null for a name that JSON can only write with escapes. */
function tokenOf(name: string): Uint8Array | null {
  if (JSON.stringify(name) !== `"${name}"`) return null
  return utf8.encode(`"${name}":`)
}
