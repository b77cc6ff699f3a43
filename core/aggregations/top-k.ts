// topK: the k values with the greatest `by`, greatest first; among equals the first in (time, identity).
//
// Promises: an element that does not enter the list costs one comparison and no allocation.
// State: the number of entries in 4 bytes; for each, greatest first, its `by`, time, identity and value, canonical.

import { type ByteReader, type ByteWriter, compareBytes } from '../values/bytes.ts'
import { compareValues, decodeValue, encodeValue } from '../values/canonical.ts'
import type { Column, IdentityOf } from './columns/column.ts'
import { firstToLast, keepFirst } from './columns/first-entries.ts'
import { ENTRY_BYTES, HeldBytes, valueBytes } from './columns/held-bytes.ts'
import { readOrderKey } from './columns/order-keys.ts'

interface Entry {
  readonly by: unknown
  readonly time: number
  readonly identity: Uint8Array
  readonly value: unknown
}

export class TopKColumn<O> implements Column {
  readonly held = new HeldBytes()
  readonly #k: number
  readonly #identityOf: IdentityOf<O>
  readonly #lists: (Entry[] | undefined)[] = []

  constructor(k: number, identityOf: IdentityOf<O>) {
    this.#k = k
    this.#identityOf = identityOf
  }

  grow(capacity: number): void {
    this.held.grow(capacity)
    while (this.#lists.length < capacity) this.#lists.push(undefined)
  }

  clear(slot: number): void {
    this.held.clear(slot)
    this.#lists[slot] = undefined
  }

  add(slot: number, value: unknown, by: unknown, time: number, lineage: O): void {
    const list = this.#lists[slot]
    if (list !== undefined && list.length >= this.#k) {
      const last = list[0]
      if (last === undefined) return // k is 0
      const order = compareValues(last.by, by)
      if (order > 0 || (order === 0 && time > last.time)) return
    }
    this.#insert(slot, { by, time, identity: this.#identityOf(lineage), value })
  }

  write(slot: number, w: ByteWriter): void {
    const list = this.#ordered(slot)
    w.u32(list.length)
    for (const { by, time, identity, value } of list) {
      encodeValue(w, by)
      encodeValue(w, time)
      encodeValue(w, identity)
      encodeValue(w, value)
    }
  }

  merge(slot: number, r: ByteReader): void {
    for (let left = r.u32(); left > 0; left--) {
      const by = decodeValue(r)
      const { time, identity } = readOrderKey(r)
      this.#insert(slot, { by, time, identity, value: decodeValue(r) })
    }
  }

  present(slot: number): unknown[] {
    return this.#ordered(slot).map(e => e.value)
  }

  #ordered(slot: number): Entry[] {
    return firstToLast(this.#lists[slot] ?? [], compareEntries)
  }

  #insert(slot: number, entry: Entry): void {
    const list = this.#lists[slot] ?? []
    this.#lists[slot] = list
    // Of a full list one entry falls off: taken for one of the same size.
    if (list.length < this.#k) this.held.add(slot, ENTRY_BYTES + valueBytes(entry.value))
    keepFirst(list, this.#k, entry, compareEntries)
  }
}

function compareEntries(a: Entry, b: Entry): number {
  return compareValues(b.by, a.by) || a.time - b.time || compareBytes(a.identity, b.identity)
}
