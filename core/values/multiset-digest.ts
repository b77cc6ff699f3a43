// Multiset digests: the sum of a strong 128-bit hash of each row, modulo 2^128 (semantics.md 8.2).
//
// Promises: independent of order; a row can be taken out again; digests of parts add up to the digest of the whole.
// Equal digests and counts mean equal multisets, unless hashes collide.
// Not here: which bytes a row has (the callers).

import { blake2s } from './blake2s.ts'
import { ByteReader, ByteWriter } from './bytes.ts'

export { blake2s, blake2sPart } from './blake2s.ts'

const WORDS = 4
const WORD = 2 ** 32
/** Words that are added up before their carries: their sum is exact. */
const HASHES_AT_ONCE = 1 << 20

/** Count and digest of a multiset: what is compared and shown. */
export interface DigestSummary {
  readonly count: number
  /** 32 hexadecimal digits. */
  readonly digest: string
}

/** Row bytes as they are hashed: the key, then the value. */
const joined = new ByteWriter()

/** Hashes rows some at a time. */
export interface RowHasher {
  /** Copies a row; false where there is no room for it. */
  takes(key: Uint8Array, value: Uint8Array): boolean
  /** The hashes of all rows that it has taken since, four words each, valid until the next row. */
  take(): Uint32Array
}

export class MultisetDigest {
  #hasher: RowHasher | null = null
  /** Whether the hasher has rows. */
  #waits = false
  /** Little-endian words of the sum. */
  readonly #sum = new Uint32Array(WORDS)
  readonly #hash = new Uint32Array(WORDS)
  #count = 0n
  /** Rows added less rows removed since `#count` was last brought up to date. */
  #pending = 0

  /** Rows in the multiset. */
  get count(): bigint {
    this.#settle()
    this.#count += BigInt(this.#pending)
    this.#pending = 0
    return this.#count
  }

  add(row: Uint8Array): void {
    this.addHash(blake2s(row, this.#hash), 0)
  }

  remove(row: Uint8Array): void {
    this.removeHash(blake2s(row, this.#hash), 0)
  }

  /** From now on rows that are added are hashed by it. */
  hashBy(hasher: RowHasher): void {
    this.#hasher ??= hasher
  }

  addRow(key: Uint8Array, value: Uint8Array): void {
    if (this.#hasher?.takes(key, value)) {
      this.#waits = true
      return
    }
    this.#settle()
    if (this.#hasher?.takes(key, value)) this.#waits = true
    else this.add(join(key, value))
  }

  /** Adds the rows that wait to be hashed. */
  #settle(): void {
    if (!this.#waits) return
    this.#waits = false
    this.addHashes((this.#hasher as RowHasher).take())
  }

  removeRow(key: Uint8Array, value: Uint8Array): void {
    this.remove(join(key, value))
  }

  /** Adds a row whose hash is known: the four words at `words[at]`. */
  addHash(words: Uint32Array, at: number): void {
    this.#addWords(words, at)
    this.#pending++
  }

  /** Adds rows whose hashes are known: four words for each. */
  addHashes(words: Uint32Array): void {
    // Sums of many 32-bit words stay exact, so that carries wait until the end.
    for (let from = 0; from < words.length; from += HASHES_AT_ONCE * WORDS) {
      const end = Math.min(words.length, from + HASHES_AT_ONCE * WORDS)
      let [a, b, c, d] = [0, 0, 0, 0]
      for (let at = from; at < end; at += WORDS) {
        a += words[at] as number
        b += words[at + 1] as number
        c += words[at + 2] as number
        d += words[at + 3] as number
      }
      this.#addSums([a, b, c, d])
    }
    this.#pending += words.length / WORDS
  }

  /** Adds words that may be larger than 32 bits. */
  #addSums(sums: readonly number[]): void {
    let carry = 0
    for (let i = 0; i < WORDS; i++) {
      const sum = (this.#sum[i] as number) + (sums[i] as number) + carry
      this.#sum[i] = sum % WORD
      carry = Math.floor(sum / WORD)
    }
  }

  removeHash(words: Uint32Array, at: number): void {
    let borrow = 0
    for (let i = 0; i < WORDS; i++) {
      const difference = (this.#sum[i] as number) - (words[at + i] as number) - borrow
      borrow = difference < 0 ? 1 : 0
      this.#sum[i] = difference
    }
    this.#pending--
  }

  /** Adds all rows of another digest. */
  merge(other: MultisetDigest): void {
    other.#settle()
    this.#addWords(other.#sum, 0)
    this.#count = this.count + other.count
  }

  get summary(): DigestSummary {
    return { count: Number(this.count), digest: this.hex() }
  }

  hex(): string {
    this.#settle()
    return Array.from(this.#sum)
      .reverse()
      .map(word => word.toString(16).padStart(8, '0'))
      .join('')
  }

  encode(): Uint8Array {
    const w = new ByteWriter()
    const count = this.count
    w.u32(Number(count >> 32n))
    w.u32(Number(count & 0xffffffffn))
    for (const word of this.#sum) w.u32(word)
    return w.take()
  }

  static decode(bytes: Uint8Array): MultisetDigest {
    const r = new ByteReader(bytes)
    const digest = new MultisetDigest()
    digest.#count = (BigInt(r.u32()) << 32n) | BigInt(r.u32())
    for (let i = 0; i < WORDS; i++) digest.#sum[i] = r.u32()
    return digest
  }

  #addWords(words: Uint32Array, at: number): void {
    let carry = 0
    for (let i = 0; i < WORDS; i++) {
      const sum = (this.#sum[i] as number) + (words[at + i] as number) + carry
      carry = sum > 0xffffffff ? 1 : 0
      this.#sum[i] = sum
    }
  }
}

/** Valid until the next call. */
function join(key: Uint8Array, value: Uint8Array): Uint8Array {
  joined.reset()
  joined.bytes(key)
  joined.bytes(value)
  return joined.view()
}
