// Sessions of one aggregate node in memory: for each key the partial sessions since the last flush, in columnar
// accumulators.
//
// Promises: partial sessions of a key lie more than the gap apart, since an element that bridges two of them merges
// them; one slot for each. A key with one session, as most have, costs no object.
// Not here: what the state holds of a key's sessions, which is added when the node flushes (`session.ts`).

import type { Column } from '../../aggregations/columns/column.ts'
import { memoryOf, valueBytes } from '../../aggregations/columns/held-bytes.ts'
import type { GroupAccess } from '../../emitted/emitted-module.ts'
import { ByteReader, ByteWriter } from '../../values/bytes.ts'
import { encodeValue } from '../../values/canonical.ts'
import { KeyIndex } from '../aggregate/key-index.ts'
import { OrderedSlots, type SessionTimes } from './ordered-slots.ts'

/** A slot that belongs to no session: for those that are merged at a flush. */
export const SCRATCH = 0

export class SessionTable implements GroupAccess, SessionTimes {
  readonly columns: readonly Column[]
  readonly #gap: number
  readonly #ending: readonly Column[]
  #index = new KeyIndex()
  /** By the number that the index gives. */
  #keys: unknown[] = []
  /** By number of the key: the slot of its one session, or all of them. */
  #sessions: (number | OrderedSlots)[] = []
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

  /** Keys that have sessions in memory: numbers from 0 on. */
  get keyCount(): number {
    return this.#keys.length
  }

  slotFor(time: number, key: unknown): number {
    const number = this.#index.find(key, this.#keys)
    if (number < 0) return this.#newKey(key, time)
    const sessions = this.#sessions[number] as number | OrderedSlots
    if (typeof sessions !== 'number') return this.#slotAmong(sessions, time)
    const first = this.#firsts[sessions] as number
    const last = this.#lasts[sessions] as number
    if (time - last > this.#gap || first - time > this.#gap) {
      const several = new OrderedSlots(sessions)
      this.#sessions[number] = several
      return this.#slotAmong(several, time)
    }
    if (time < first) this.#firsts[sessions] = time
    if (time > last) this.#lasts[sessions] = time
    return sessions
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

  keyOf(number: number): unknown {
    return this.#keys[number]
  }

  /** The partial sessions of a key, in the order of time. */
  slotsOf(number: number): Iterable<number> {
    const sessions = this.#sessions[number] as number | OrderedSlots
    return typeof sessions === 'number' ? [sessions] : sessions
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
    for (let slot = SCRATCH + 1; slot < this.#used; slot++) this.clearSlot(slot)
    this.#used = SCRATCH + 1
    this.#free = []
    this.#index = new KeyIndex()
    this.#keys = []
    this.#sessions = []
    this.#keyBytes = 0
  }

  #slotAmong(sessions: OrderedSlots, time: number): number {
    const slot = sessions.reach(time, this.#gap, this)
    if (slot < 0 || (this.#firsts[slot] as number) - time > this.#gap) {
      const fresh = this.#newSlot(time)
      sessions.insert(fresh)
      return fresh
    }
    if (time < (this.#firsts[slot] as number)) this.#firsts[slot] = time
    if (time > (this.#lasts[slot] as number)) this.#extend(sessions, slot, time)
    return slot
  }

  /** Moves the end of a session, and takes in the next one where the two are now neighbours. */
  #extend(sessions: OrderedSlots, slot: number, time: number): void {
    this.#lasts[slot] = time
    const next = sessions.next()
    if (next < 0 || (this.#firsts[next] as number) - time > this.#gap) return
    this.#lasts[slot] = this.#lasts[next] as number
    const w = this.#moved
    w.reset()
    this.writeState(w, next)
    this.mergeState(slot, new ByteReader(w.view()))
    sessions.removeNext()
    this.clearSlot(next)
    this.#free.push(next)
  }

  #newSlot(time: number): number {
    const slot = this.#free.pop() ?? this.#used++
    if (slot >= this.#capacity) this.#grow(this.#capacity * 2)
    this.#firsts[slot] = time
    this.#lasts[slot] = time
    return slot
  }

  /** The slot of the first session of a key. */
  #newKey(key: unknown, time: number): number {
    this.#index.add(key, this.#keys.length)
    this.#keys.push(key)
    this.#keyBytes += valueBytes(key)
    const slot = this.#newSlot(time)
    this.#sessions.push(slot)
    return slot
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
