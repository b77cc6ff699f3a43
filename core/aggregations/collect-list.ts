// collectList: all values in the order of (time, identity).
//
// Promises: an element that comes in order costs one push; the list is sorted when it is read.
// State: the number of elements in 4 bytes; for each in order its time, its identity and its value, canonical. That is
// the whole list: a commit writes it again for each group that has changed.

import { type ByteReader, type ByteWriter, compareBytes } from '../values/bytes.ts'
import { decodeValue, encodeValue } from '../values/canonical.ts'
import type { Column, IdentityOf } from './columns/column.ts'
import { ENTRY_BYTES, HeldBytes, valueBytes } from './columns/held-bytes.ts'
import { readOrderKey } from './columns/order-keys.ts'

interface Entry {
  readonly time: number
  readonly identity: Uint8Array
  readonly value: unknown
}

interface List {
  readonly entries: Entry[]
  sorted: boolean
}

export class CollectListColumn<O> implements Column {
  readonly held = new HeldBytes()
  readonly #identityOf: IdentityOf<O>
  readonly #lists: (List | undefined)[] = []

  constructor(identityOf: IdentityOf<O>) {
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

  add(slot: number, value: unknown, time: number, lineage: O): void {
    this.#push(slot, { time, identity: this.#identityOf(lineage), value })
  }

  write(slot: number, w: ByteWriter): void {
    const entries = this.#ordered(slot)
    w.u32(entries.length)
    for (const { time, identity, value } of entries) {
      encodeValue(w, time)
      encodeValue(w, identity)
      encodeValue(w, value)
    }
  }

  merge(slot: number, r: ByteReader): void {
    for (let left = r.u32(); left > 0; left--) {
      const { time, identity } = readOrderKey(r)
      this.#push(slot, { time, identity, value: decodeValue(r) })
    }
  }

  present(slot: number): unknown[] {
    return this.#ordered(slot).map(e => e.value)
  }

  #push(slot: number, entry: Entry): void {
    this.held.add(slot, ENTRY_BYTES + valueBytes(entry.value))
    const list = this.#lists[slot]
    if (list === undefined) {
      this.#lists[slot] = { entries: [entry], sorted: true }
      return
    }
    if (list.sorted) list.sorted = compareEntries(list.entries[list.entries.length - 1] as Entry, entry) <= 0
    list.entries.push(entry)
  }

  #ordered(slot: number): readonly Entry[] {
    const list = this.#lists[slot]
    if (list === undefined) return []
    if (!list.sorted) list.entries.sort(compareEntries)
    list.sorted = true
    return list.entries
  }
}

function compareEntries(a: Entry, b: Entry): number {
  return a.time - b.time || compareBytes(a.identity, b.identity)
}
