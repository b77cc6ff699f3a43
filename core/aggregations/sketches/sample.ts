// sample: the k elements whose identities have the least hashes.
//
// A bottom-k sketch (Cohen and Kaplan, "Summarizing data using bottom-k sketches", 2007) of the elements themselves:
// the hash is BLAKE2s of the identity, so that each set of k elements is as likely as any other, whatever their values
// and order of arrival.
// Error: none in the values themselves. The share of the sample that has a property differs from the share p of all n
// elements by sqrt(p (1 - p) / k * (n - k) / (n - 1)) in standard deviation, as for any uniform sample without
// replacement.
// Promises: the result is in the order of hashes, so that its first j elements are the sample of size j; an element
// that does not enter the sample costs a hash and one comparison.
//
// State: a version 1; the number of elements (varint); the hash of each in 16 bytes; then the canonical bytes of each
// one's value.

import { sampleHash } from '../../sketches/sample-hash.ts'
import { type ByteReader, type ByteWriter, compareBytes } from '../../values/bytes.ts'
import { compareValues, decodeValue, encodeValue } from '../../values/canonical.ts'
import { readVarint, writeVarint } from '../../values/varint.ts'
import type { Column, IdentityOf } from '../columns/column.ts'
import { firstToLast, keepFirst } from '../columns/first-entries.ts'
import { ENTRY_BYTES, HeldBytes, valueBytes } from '../columns/held-bytes.ts'

const VERSION = 1
const HASH_BYTES = 16

interface Entry {
  readonly hash: Uint8Array
  readonly value: unknown
}

export class SampleColumn<O> implements Column {
  readonly held = new HeldBytes()
  readonly #k: number
  readonly #identityOf: IdentityOf<O>
  readonly #slots: (Entry[] | undefined)[] = []

  constructor(k: number, identityOf: IdentityOf<O>) {
    this.#k = k
    this.#identityOf = identityOf
  }

  grow(capacity: number): void {
    this.held.grow(capacity)
    while (this.#slots.length < capacity) this.#slots.push(undefined)
  }

  clear(slot: number): void {
    this.held.clear(slot)
    this.#slots[slot] = undefined
  }

  add(slot: number, value: unknown, _time: number, lineage: O): void {
    this.#insert(slot, { hash: sampleHash(this.#identityOf(lineage)), value })
  }

  write(slot: number, w: ByteWriter): void {
    const list = this.#ordered(slot)
    w.byte(VERSION)
    writeVarint(w, list.length)
    for (const { hash } of list) w.bytes(hash)
    for (const { value } of list) encodeValue(w, value)
  }

  merge(slot: number, r: ByteReader): void {
    r.byte() // the version
    const count = readVarint(r)
    const hashes = r.bytes(count * HASH_BYTES).slice()
    for (let i = 0; i < count; i++) {
      const hash = hashes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES)
      this.#insert(slot, { hash, value: decodeValue(r) })
    }
  }

  present(slot: number): unknown[] {
    return this.#ordered(slot).map(e => e.value)
  }

  #ordered(slot: number): Entry[] {
    return firstToLast(this.#slots[slot] ?? [], compareEntries)
  }

  #insert(slot: number, entry: Entry): void {
    const list = this.#slots[slot] ?? []
    this.#slots[slot] = list
    // Of a full list one entry falls off: taken for one of the same size.
    if (list.length < this.#k) this.held.add(slot, ENTRY_BYTES + valueBytes(entry.value))
    keepFirst(list, this.#k, entry, compareEntries)
  }
}

function compareEntries(a: Entry, b: Entry): number {
  return compareBytes(a.hash, b.hash) || compareValues(a.value, b.value)
}
