// Sessions of one aggregate node in memory: for each key the partial sessions since the last flush, in columnar
// accumulators.
//
// Promises: partial sessions of a key lie more than the gap apart, since an element that bridges two of them merges
// them; one slot for each.
// Not here: what the state holds of a key's sessions, which is added when the node flushes (`session.ts`).

import type { Column } from '../../aggregations/columns/column.ts'
import { memoryOf, valueBytes } from '../../aggregations/columns/held-bytes.ts'
import type { GroupAccess } from '../../emitted/emitted-module.ts'
import { ByteReader, ByteWriter, bytesToLatin1 } from '../../values/bytes.ts'
import { canonicalBytes, encodeValue } from '../../values/canonical.ts'

/** The partial sessions of a key: their slots in the order of time. */
interface KeySessions {
  readonly key: unknown
  readonly slots: number[]
}

/** A slot that belongs to no session: for those that are merged at a flush. */
export const SCRATCH = 0

export class SessionTable implements GroupAccess {
  readonly columns: readonly Column[]
  readonly #gap: number
  readonly #ending: readonly Column[]
  readonly #primitive = new Map<unknown, KeySessions>()
  readonly #composite = new Map<string, KeySessions>()
  readonly #moved = new ByteWriter(256)
  #keyBytes = 0
  #capacity = 0
  #used = SCRATCH + 1
  #free: number[] = []
  #firsts = new Float64Array(0)
  #lasts = new Float64Array(0)

  constructor(columns: readonly Column[], gapMs: number) {
    this.columns = columns
    this.#gap = gapMs
    this.#ending = columns.filter(c => c.endChunk !== undefined)
    this.#grow(64)
  }

  /** About the memory that all of them take, in bytes. */
  get bytes(): number {
    return this.#keyBytes + memoryOf(this.size, this.columns)
  }

  /** Partial sessions in memory. */
  get size(): number {
    return this.#used - 1 - this.#free.length
  }

  slotFor(time: number, key: unknown): number {
    const { slots } = this.#sessionsOf(key)
    const at = this.#reaching(slots, time)
    const slot = slots[at]
    if (slot === undefined || (this.#firsts[slot] as number) - time > this.#gap) return this.#insert(slots, at, time)
    if (time < (this.#firsts[slot] as number)) this.#firsts[slot] = time
    if (time > (this.#lasts[slot] as number)) this.#extend(slots, at, time)
    return slot
  }

  /** The chunk that numeric lineages point into ends. */
  endChunk(): void {
    for (const column of this.#ending) column.endChunk?.()
  }

  firstOf(slot: number): number {
    return this.#firsts[slot] as number
  }

  lastOf(slot: number): number {
    return this.#lasts[slot] as number
  }

  /** All partial sessions, in no particular order of keys. */
  *sessions(): Generator<readonly [key: unknown, slot: number]> {
    for (const { key, slots } of this.#primitive.values()) for (const slot of slots) yield [key, slot]
    for (const { key, slots } of this.#composite.values()) for (const slot of slots) yield [key, slot]
  }

  writeState(w: ByteWriter, slot: number): void {
    for (const column of this.columns) column.write(slot, w)
  }

  mergeState(slot: number, r: ByteReader): void {
    for (const column of this.columns) column.merge(slot, r)
  }

  clearSlot(slot: number): void {
    for (const column of this.columns) column.clear(slot)
  }

  /** Forgets everything. */
  clear(): void {
    for (const [, slot] of this.sessions()) this.#release(slot)
    this.#primitive.clear()
    this.#composite.clear()
    this.#keyBytes = 0
  }

  /** Index of the first session that ends (gap included) at or past a time. */
  #reaching(slots: readonly number[], time: number): number {
    let low = 0
    let high = slots.length
    // Most elements belong to the newest session of their key, or begin one after it.
    if (high > 0 && time - (this.#lasts[slots[high - 1] as number] as number) > this.#gap) return high
    while (low < high) {
      const middle = (low + high) >>> 1
      if (time - (this.#lasts[slots[middle] as number] as number) > this.#gap) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Moves the end of a session, and takes in the next one where the two are now neighbours. */
  #extend(slots: number[], at: number, time: number): void {
    const slot = slots[at] as number
    this.#lasts[slot] = time
    const next = slots[at + 1]
    if (next === undefined || (this.#firsts[next] as number) - time > this.#gap) return
    this.#lasts[slot] = this.#lasts[next] as number
    const w = this.#moved
    w.reset()
    this.writeState(w, next)
    this.mergeState(slot, new ByteReader(w.view()))
    slots.splice(at + 1, 1)
    this.#release(next)
  }

  #insert(slots: number[], at: number, time: number): number {
    const slot = this.#free.pop() ?? this.#used++
    if (slot >= this.#capacity) this.#grow(this.#capacity * 2)
    this.#firsts[slot] = time
    this.#lasts[slot] = time
    if (at === slots.length) slots.push(slot)
    else slots.splice(at, 0, slot)
    return slot
  }

  #release(slot: number): void {
    this.clearSlot(slot)
    this.#free.push(slot)
  }

  #sessionsOf(key: unknown): KeySessions {
    const composite = typeof key === 'object' && key !== null
    const name = composite ? bytesToLatin1(canonicalBytes(key)) : key
    const map: Map<unknown, KeySessions> = composite ? this.#composite : this.#primitive
    let sessions = map.get(name)
    if (sessions === undefined) {
      sessions = { key, slots: [] }
      map.set(name, sessions)
      this.#keyBytes += valueBytes(key)
    }
    return sessions
  }

  #grow(capacity: number): void {
    this.#capacity = capacity
    for (const column of this.columns) column.grow(capacity)
    const firsts = new Float64Array(capacity)
    firsts.set(this.#firsts)
    this.#firsts = firsts
    const lasts = new Float64Array(capacity)
    lasts.set(this.#lasts)
    this.#lasts = lasts
  }
}

/** Appends the row key of a session in the state and in partial rows. */
export function writeSessionKey(w: ByteWriter, key: unknown, first: number): void {
  encodeValue(w, key)
  encodeValue(w, first)
}
