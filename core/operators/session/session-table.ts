// Sessions of one aggregate node in memory: for each key the partial sessions since the last flush, in columnar
// accumulators.
//
// Promises: partial sessions of a key lie more than the gap apart, since an element that bridges two of them merges
// them; one slot for each. A key with one session, as most have, costs no object.
// Not here: what the state holds of a key's sessions, which is added when the node flushes (`session.ts`).

import { grown } from '../../aggregations/columns/arrays.ts'
import type { Column } from '../../aggregations/columns/column.ts'
import { memoryOf } from '../../aggregations/columns/held-bytes.ts'
import type { GroupAccess } from '../../emitted/emitted-module.ts'
import type { TextColumn } from '../../kernel/decode/text-column.ts'
import { LOADED_ROW } from '../../kernel/kernel.ts'
import type { OwnKernel } from '../../kernel/kernel-over.ts'
import type { RowProgram } from '../../kernel/pack/row-program.ts'
import { Regions } from '../../kernel/regions.ts'
import type { LoadedRows } from '../../spill/spilled-runs.ts'
import { ByteReader, ByteWriter } from '../../values/bytes.ts'
import { decodeBytes, NUMBER_BYTES, numberAt } from '../../values/canonical.ts'
import { KeyIndex, KeyScratch } from '../aggregate/key-index.ts'
import { KeyWriter } from '../aggregate/key-writer.ts'
import { OrderedSlots, type SessionTimes } from './ordered-slots.ts'

/** Of a session, beyond what a group takes: its times, and the list of those of its key. */
const SESSION_BYTES = 64
/** In place of the sessions of a key that has none yet. */
const NO_SLOT = -1

/** A slot that belongs to no session: for those that are merged at a flush. */
export const SCRATCH = 0

export class SessionTable implements GroupAccess, SessionTimes {
  readonly columns: readonly Column[]
  readonly #gap: number
  readonly #ending: readonly Column[]
  readonly kernel: OwnKernel
  readonly keyWriter: KeyWriter
  readonly #scratch: KeyScratch
  readonly #index: KeyIndex
  /** By the number that the index gives: where the canonical bytes of the key lie, and how many they are. */
  #keysAt: Uint32Array = new Uint32Array(0)
  #keyLengths: Uint32Array = new Uint32Array(0)
  #keyCount = 0
  /** The number of the key that was set, -1 where it is new. */
  #number = -1
  /** By number of the key: the slot of its one session, or all of them. */
  #sessions: (number | OrderedSlots)[] = []
  readonly #moved = new ByteWriter(256)
  #keyBytes = 0
  #capacity = 0
  #used = SCRATCH + 1
  #free: number[] = []
  /** By slot: the number of its key. */
  #numbers: Uint32Array = new Uint32Array(0)
  #firsts: Float64Array = new Float64Array(0)
  #lasts: Float64Array = new Float64Array(0)
  readonly #regions: Regions
  /** Number of the batch whose texts have been brought near. */
  #warmBatch = -1

  constructor(columns: readonly Column[], gapMs: number, kernel: OwnKernel) {
    this.kernel = kernel
    this.#regions = new Regions(kernel.memory)
    this.#scratch = new KeyScratch(kernel)
    this.keyWriter = new KeyWriter(this.#scratch)
    this.#index = new KeyIndex(this.#scratch)
    this.columns = columns
    this.#gap = gapMs
    this.#ending = columns.filter(c => c.endChunk !== undefined)
    this.#grow(64)
  }

  /** Slots that there is room for. */
  get capacity(): number {
    return this.#capacity
  }

  /** About the memory that all of them take, in bytes. */
  get bytes(): number {
    return this.#keyBytes + memoryOf(this.size, this.columns) + SESSION_BYTES * this.size
  }

  /** Partial sessions in memory. */
  get size(): number {
    return this.#used - 1 - this.#free.length
  }

  /** Keys that have sessions in memory: numbers from 0 on. */
  get keyCount(): number {
    return this.#keyCount
  }

  enter(key: unknown): void {
    this.#number = this.#index.numberOf(key, this.#keyCount)
  }

  enterWritten(): void {
    this.#number = this.#index.numberOfScratch(this.#keyCount)
  }

  enterText(texts: TextColumn, i: number): void {
    if (texts.batch.number !== this.#warmBatch) {
      this.#warmBatch = texts.batch.number
      this.#index.warm(texts)
    }
    this.#number = this.#index.numberOfText(texts.address(i), texts.length(i), this.#keyCount)
  }

  slotAt(time: number): number {
    const number = this.#number
    if (number < 0) return this.#newKey(time)
    const sessions = this.#sessions[number] as number | OrderedSlots
    if (typeof sessions !== 'number') return this.#slotAmong(sessions, time, number)
    const first = this.#firsts[sessions] as number
    const last = this.#lasts[sessions] as number
    if (time - last > this.#gap || first - time > this.#gap) {
      const several = new OrderedSlots(sessions)
      this.#sessions[number] = several
      return this.#slotAmong(several, time, number)
    }
    if (time < first) this.#firsts[sessions] = time
    if (time > last) this.#lasts[sessions] = time
    return sessions
  }

  /** Takes in a part of a session: its key's canonical bytes, its times, and the state that `r` reads. */
  addPart(key: Uint8Array, first: number, last: number, r: ByteReader): void {
    this.#scratch.putBytes(key, 0, key.length)
    this.enterWritten()
    this.mergeState(this.#slotOfPart(first, last), r)
  }

  /** The slot of a part of a session of the key that was set, which is then as long as both. */
  #slotOfPart(first: number, last: number): number {
    const slot = this.slotAt(first)
    if (last > (this.#lasts[slot] as number)) {
      const sessions = this.#sessions[this.#numbers[slot] as number] as number | OrderedSlots
      if (typeof sessions === 'number') this.#lasts[slot] = last
      else {
        sessions.reach(this.#lasts[slot] as number, this.#gap, this)
        this.#extend(sessions, slot, last)
      }
    }
    return slot
  }

  /**
   * Takes in parts of sessions that were put aside: key and first time are the key of a row, last time and state its
   * value. `merge` adds the states of rows with indices from <= i < to to their slots.
   */
  load({ table, count }: LoadedRows, slots: Uint32Array, merge: (from: number, to: number) => void): void {
    while (this.#keyCount + count > this.#keysAt.length) this.#growKeys(2 * this.#keysAt.length + 64)
    const rows = { table, from: 0, count, prefix: 0, suffix: NUMBER_BYTES }
    const places = { at: this.#keysAt, lengths: this.#keyLengths }
    const fresh = this.#index.numberRows(rows, this.#keyCount, slots, places)
    for (let i = 0; i < fresh; i++) {
      this.#keyBytes += this.#keyLengths[this.#keyCount++] as number
      this.#sessions.push(NO_SLOT)
    }
    const { view } = this.kernel.memory
    let merged = 0
    for (let i = 0; i < count; i++) {
      const row = LOADED_ROW.words * i
      const first = numberAt(view, (table[row + LOADED_ROW.keyEnd] as number) - NUMBER_BYTES)
      const last = numberAt(view, table[row + LOADED_ROW.valueStart] as number)
      table[row + LOADED_ROW.valueStart] = (table[row + LOADED_ROW.valueStart] as number) + NUMBER_BYTES
      const number = slots[i] as number
      if (this.#sessions[number] === NO_SLOT) {
        const slot = this.#newSlot(first, number)
        this.#lasts[slot] = last
        this.#sessions[number] = slot
        slots[i] = slot
        continue
      }
      // Sessions that become one need their states.
      merge(merged, i)
      merged = i
      this.#number = number
      slots[i] = this.#slotOfPart(first, last)
    }
    merge(merged, count)
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

  /** Appends the canonical bytes of a key. */
  writeKey(w: ByteWriter, number: number): void {
    const at = this.#keysAt[number] as number
    w.part(this.#scratch.own.memory.bytes, at, at + (this.#keyLengths[number] as number))
  }

  keyOfSlot(slot: number): unknown {
    const number = this.#numbers[slot] as number
    const at = this.#keysAt[number] as number
    return decodeBytes(this.kernel.memory.bytes.subarray(at, at + (this.#keyLengths[number] as number)))
  }

  writeKeyOfSlot(w: ByteWriter, slot: number): void {
    this.writeKey(w, this.#numbers[slot] as number)
  }

  /** Lets the kernel append the canonical bytes of a slot's key. */
  packKeyOfSlot(program: RowProgram): void {
    program.part(this.#keysAt, this.#keyLengths, this.#numbers)
  }

  /** Bytes of the keys of slots, all together. */
  keyBytesOf(slots: Uint32Array): number {
    let bytes = 0
    for (const slot of slots) bytes += this.#keyLengths[this.#numbers[slot] as number] as number
    return bytes
  }

  /** By slot. */
  get firsts(): Float64Array {
    return this.#firsts
  }

  get lasts(): Float64Array {
    return this.#lasts
  }

  /** The slots of all sessions, about in the order in which these began to be. */
  allSlots(): Uint32Array {
    const isFree = new Uint8Array(this.#used)
    for (const slot of this.#free) isFree[slot] = 1
    const slots = new Uint32Array(this.size)
    let count = 0
    for (let slot = SCRATCH + 1; slot < this.#used; slot++) if (isFree[slot] === 0) slots[count++] = slot
    return slots
  }

  /** Whether what a session keeps may grow with its elements. */
  get mayGrow(): boolean {
    return this.columns.some(column => column.held !== undefined)
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
    this.#index.clear()
    this.#keyCount = 0
    this.#sessions = []
    this.#keyBytes = 0
  }

  #slotAmong(sessions: OrderedSlots, time: number, number: number): number {
    const slot = sessions.reach(time, this.#gap, this)
    if (slot < 0 || (this.#firsts[slot] as number) - time > this.#gap) {
      const fresh = this.#newSlot(time, number)
      sessions.insert(fresh)
      return fresh
    }
    if (time < (this.#firsts[slot] as number)) this.#firsts[slot] = time
    if (time > (this.#lasts[slot] as number)) this.#extend(sessions, slot, time)
    return slot
  }

  /** Moves the end of a session, and takes in the next ones as long as the two are neighbours. */
  #extend(sessions: OrderedSlots, slot: number, time: number): void {
    this.#lasts[slot] = time
    for (;;) {
      const next = sessions.next()
      const last = this.#lasts[slot] as number
      if (next < 0 || (this.#firsts[next] as number) - last > this.#gap) return
      this.#lasts[slot] = Math.max(last, this.#lasts[next] as number)
      const w = this.#moved
      w.reset()
      this.writeState(w, next)
      this.mergeState(slot, new ByteReader(w.view()))
      sessions.removeNext()
      this.clearSlot(next)
      this.#free.push(next)
    }
  }

  #newSlot(time: number, number: number): number {
    const slot = this.#free.pop() ?? this.#used++
    if (slot >= this.#capacity) this.#grow(this.#capacity * 2)
    this.#numbers[slot] = number
    this.#firsts[slot] = time
    this.#lasts[slot] = time
    return slot
  }

  /** The slot of the first session of a key. */
  #newKey(time: number): number {
    const number = this.#keyCount
    this.#number = number
    if (number === this.#keysAt.length) this.#growKeys(2 * number + 64)
    this.#keysAt[number] = this.#index.lastAt
    this.#keyLengths[number] = this.#index.lastLength
    this.#keyCount++
    this.#keyBytes += this.#index.lastLength
    const slot = this.#newSlot(time, number)
    this.#sessions.push(slot)
    return slot
  }

  #growKeys(capacity: number): void {
    const regions = this.#regions
    this.#keysAt = grown(regions, this.#keysAt, regions.words(capacity))
    this.#keyLengths = grown(regions, this.#keyLengths, regions.words(capacity))
  }

  #grow(capacity: number): void {
    this.#capacity = capacity
    for (const column of this.columns) column.grow(capacity)
    const regions = this.#regions
    this.#numbers = grown(regions, this.#numbers, regions.words(capacity))
    this.#firsts = grown(regions, this.#firsts, regions.floats(capacity))
    this.#lasts = grown(regions, this.#lasts, regions.floats(capacity))
  }
}
