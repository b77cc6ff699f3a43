// Dead letters that a source makes and no row lists, on their way into a digest.
//
// Promises: counts in the digest exactly what the row of each letter would. A letter that differs from the one before
// it only in its offset, as in a run of blank lines, costs one hash: its bytes are those of the last one with another
// offset in them.

import type { DeadLetter } from '../result/dead-letter.ts'
import { comparedLength, encodeDead } from '../state/row-codec.ts'
import { concatBytes } from '../values/bytes.ts'
import { recordIdentity } from '../values/identity.ts'
import { blake2s, type MultisetDigest } from '../values/multiset-digest.ts'

/** A letter of the record at a position. */
type LetterOfRecord = Omit<DeadLetter, 'identity'>

/** Bytes that follow the offset in an identity: the end of the tuple. */
const AFTER_OFFSET = 1

export class UnlistedLetters {
  readonly #hash = new Uint32Array(4)
  #letter: LetterOfRecord | null = null
  #topic = ''
  #partition = -1
  /** Row of the last letter: its key, then what of its value is compared. */
  #row: Uint8Array = new Uint8Array(0)
  /** The last byte of the offset in it, and the offsets that have as many bytes: from <= offset < to. */
  #offsetAt = 0
  #bytes = 0
  #from = 0
  #to = 0

  /** Adds the letter of the record at an offset of a partition. */
  add(into: MultisetDigest, letter: LetterOfRecord, topic: string, partition: number, offset: bigint): void {
    const number = Number(offset)
    if (this.#fits(letter, topic, partition, number)) this.#putOffset(number)
    else this.#begin(letter, topic, partition, offset)
    into.addHash(blake2s(this.#row, this.#hash), 0)
  }

  #fits({ node, kind, reason, path }: LetterOfRecord, topic: string, partition: number, offset: number): boolean {
    const last = this.#letter
    return (
      last !== null &&
      offset >= this.#from &&
      offset < this.#to &&
      last.reason === reason &&
      last.path === path &&
      last.kind === kind &&
      last.node === node &&
      this.#partition === partition &&
      this.#topic === topic
    )
  }

  #putOffset(offset: number): void {
    let left = offset
    for (let i = 0; i < this.#bytes; i++) {
      this.#row[this.#offsetAt - i] = left
      left = Math.floor(left / 256)
    }
  }

  #begin(letter: LetterOfRecord, topic: string, partition: number, offset: bigint): void {
    const { key, value } = encodeDead({ ...letter, identity: recordIdentity(topic, partition, offset) })
    this.#letter = letter
    this.#topic = topic
    this.#partition = partition
    this.#row = concatBytes([key, value.subarray(0, comparedLength(value))])
    this.#offsetAt = key.length - AFTER_OFFSET - 1
    const bytes = bytesOf(Number(offset))
    this.#bytes = bytes
    // Zero has no bytes, and a double holds no offset beyond its whole numbers exactly.
    this.#from = bytes === 0 ? 0 : 256 ** (bytes - 1)
    this.#to = bytes === 0 ? 0 : Math.min(256 ** bytes, Number.MAX_SAFE_INTEGER)
  }
}

/** Bytes of a whole number; 0 for zero. */
function bytesOf(value: number): number {
  let bytes = 0
  for (let left = value; left >= 1; left /= 256) bytes++
  return bytes
}
