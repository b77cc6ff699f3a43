// Groups of one aggregate node in memory: (window, key) -> slot in columnar accumulators.
//
// Promises: no object per record; one lookup for each element and window; changed slots are listed, so that a commit
// costs per changed group. A new slot starts clear: what the state holds for its group is added when the node flushes.
// Not here: when groups are merged with the state, written to it and forgotten (`aggregate.ts`).

import { grown } from '../../aggregations/columns/arrays.ts'
import type { Column } from '../../aggregations/columns/column.ts'
import { memoryOf } from '../../aggregations/columns/held-bytes.ts'
import type { GroupAccess } from '../../emitted/emitted-module.ts'
import type { TextColumn } from '../../kernel/decode/text-column.ts'
import { LOADED_ROW } from '../../kernel/kernel.ts'
import type { OwnKernel } from '../../kernel/kernel-over.ts'
import { Regions } from '../../kernel/regions.ts'
import type { LoadedRows } from '../../spill/spilled-runs.ts'
import { ByteReader, type ByteWriter } from '../../values/bytes.ts'
import { decodeBytes, decodeValue, encodeValue, NUMBER_BYTES, numberAt } from '../../values/canonical.ts'
import { ApartIndex, type GroupIndex } from './group-index.ts'
import { KeyScratch } from './key-index.ts'
import { KeyWriter } from './key-writer.ts'
import { OverlappingIndex } from './overlapping-index.ts'
import { joined, type RowPart } from './row-part.ts'

// Flags of a slot. CHANGED: an element reached it since the last flush. BASED: it includes the stored row, if there is
// one, so a flush writes it without merging.
const CHANGED = 1
const BASED = 2

interface GroupTableOptions {
  readonly windowed: boolean
  /** Whether an element may be in several windows. */
  readonly overlapping: boolean
  readonly viewCount: number
  readonly kernel: OwnKernel
}

/** A slot that belongs to no group: for rows that are merged at a flush without entering the table. */
export const SCRATCH = 0

export class GroupTable implements GroupAccess {
  readonly columns: readonly Column[]
  readonly windowed: boolean
  readonly views: readonly ViewTrack[]
  readonly #ending: readonly Column[]
  readonly #index: GroupIndex
  /** Of groups that were put aside and are loaded: the same where windows are apart. */
  readonly #loaded: ApartIndex
  #capacity = 0
  #used = SCRATCH + 1
  #free: number[] = []
  #starts: Float64Array = new Float64Array(0)
  readonly kernel: OwnKernel
  readonly #regions: Regions
  /** Number of the batch whose texts have been brought near. */
  #warmBatch = -1
  readonly keyWriter: KeyWriter
  /** By slot: where the canonical bytes of the key lie in the kernel's memory, and how many they are. */
  #keysAt: Uint32Array = new Uint32Array(0)
  #keyLengths: Uint32Array = new Uint32Array(0)
  #keyBytes = 0
  #flags = new Uint8Array(0)
  /** Slots that have counted an element since they were last marked clean; as many as `#changedCount` says. */
  #changed: Uint32Array = new Uint32Array(0)
  #changedCount = 0

  constructor(columns: readonly Column[], { windowed, overlapping, viewCount, kernel }: GroupTableOptions) {
    this.kernel = kernel
    this.#regions = new Regions(kernel.memory)
    const scratch = new KeyScratch(kernel)
    this.keyWriter = new KeyWriter(scratch)
    this.columns = columns
    this.windowed = windowed
    this.#index = overlapping
      ? new OverlappingIndex(scratch, (...key) => this.#putKey(...key))
      : new ApartIndex(scratch)
    this.#loaded = this.#index instanceof ApartIndex ? this.#index : new ApartIndex(scratch)
    this.views = Array.from({ length: viewCount }, () => new ViewTrack())
    this.#ending = columns.filter(c => c.endChunk !== undefined)
    this.#grow(64)
  }

  /** Slots that there is room for. */
  get capacity(): number {
    return this.#capacity
  }

  /** About the memory that all of them take, in bytes. */
  get bytes(): number {
    return this.#keyBytes + memoryOf(this.size, this.columns)
  }

  /** Groups in memory. */
  get size(): number {
    return this.#used - 1 - this.#free.length
  }

  enter(key: unknown): void {
    this.#index.enter(key)
  }

  /** The slot of a group by the key of its row (`rowKey`). */
  slotOfRow(rowKey: Uint8Array): number {
    const r = new ByteReader(rowKey)
    const start = this.windowed ? (decodeValue(r) as number) : 0
    this.#index.enterBytes(rowKey, r.position, rowKey.length)
    return this.slotAt(start)
  }

  enterWritten(): void {
    this.#index.enterWritten()
  }

  enterText(texts: TextColumn, i: number): void {
    if (texts.batch.number !== this.#warmBatch) {
      this.#warmBatch = texts.batch.number
      this.#index.warm(texts)
    }
    this.#index.enterText(texts.address(i), texts.length(i))
  }

  slotAt(start: number): number {
    const free = this.#free.length > 0
    const next = free ? (this.#free[this.#free.length - 1] as number) : this.#used
    let slot = this.#index.find(start, next)
    if (slot < 0) {
      slot = next
      if (free) this.#free.pop()
      else this.#used++
      this.#begin(slot, start)
    }
    const flags = this.#flags[slot] as number
    if ((flags & CHANGED) === 0) {
      this.#flags[slot] = flags | CHANGED
      if (this.#changedCount === this.#changed.length) this.#growChanged()
      this.#changed[this.#changedCount++] = slot
    }
    return slot
  }

  /** The chunk that numeric lineages point into ends. */
  endChunk(): void {
    for (const column of this.#ending) column.endChunk?.()
  }

  startOf(slot: number): number {
    return this.#starts[slot] as number
  }

  keyOf(slot: number): unknown {
    const at = this.#keysAt[slot] as number
    return decodeBytes(this.kernel.memory.bytes.subarray(at, at + (this.#keyLengths[slot] as number)))
  }

  /** Where the canonical bytes of a slot's key lie in the kernel's memory, and how many they are. */
  keyAt(slot: number): number {
    return this.#keysAt[slot] as number
  }

  keyLength(slot: number): number {
    return this.#keyLengths[slot] as number
  }

  /** Windows that have groups in memory, by start. */
  windowStarts(): number[] {
    return this.#index.starts()
  }

  slotsOf(start: number): Iterable<number> {
    return this.#index.slotsOf(start)
  }

  /** Slots that have counted an element since they were last marked clean; valid until the next one does. */
  get changedSlots(): Uint32Array {
    return this.#changed.subarray(0, this.#changedCount)
  }

  isChanged(slot: number): boolean {
    return ((this.#flags[slot] as number) & CHANGED) !== 0
  }

  /** Whether a slot holds all of its group, with what the state has of it. */
  isBased(slot: number): boolean {
    return ((this.#flags[slot] as number) & BASED) !== 0
  }

  markBased(slot: number): void {
    this.#flags[slot] = (this.#flags[slot] as number) | BASED
  }

  /** After a commit: nothing is changed any more. */
  markClean(): void {
    for (const slot of this.changedSlots) this.#flags[slot] = (this.#flags[slot] as number) & ~CHANGED
    this.#changedCount = 0
  }

  /** The key of a group's row in the state: window start (where windowed), then the key, both order preserving. */
  get rowKey(): RowPart {
    return this.windowed ? joined(this.start, this.key) : this.key
  }

  /** The canonical bytes of a slot's key. */
  readonly key: RowPart = {
    write: (w, slot) => {
      const at = this.#keysAt[slot] as number
      w.part(this.kernel.memory.bytes, at, at + (this.#keyLengths[slot] as number))
    },
    pack: program => void program.part(this.#keysAt, this.#keyLengths),
  }

  /** Those of the start of its window. */
  readonly start: RowPart = {
    write: (w, slot) => encodeValue(w, this.#starts[slot]),
    pack: program => void program.number(this.#starts),
  }

  /** Bytes of the keys of slots, all together. */
  keyBytesOf(slots: Uint32Array): number {
    if (slots.length === this.size) return this.#keyBytes
    let bytes = 0
    for (const slot of slots) bytes += this.#keyLengths[slot] as number
    return bytes
  }

  writeState(w: ByteWriter, slot: number): void {
    for (const column of this.columns) column.write(slot, w)
  }

  clearSlot(slot: number): void {
    for (const column of this.columns) column.clear(slot)
    for (const view of this.views) view.status[slot] = ViewTrack.ABSENT
    this.#flags[slot] = 0
    this.#keyBytes -= this.#keyLengths[slot] as number
    this.#keyLengths[slot] = 0
  }

  /** Forgets a window. Its slots must not be changed ones. */
  dropWindow(start: number): void {
    for (const slot of this.slotsOf(start)) {
      this.clearSlot(slot)
      this.#free.push(slot)
    }
    this.#index.drop(start)
  }

  /** Forgets everything. */
  clear(): void {
    this.#index.clear()
    if (this.#loaded !== this.#index) this.#loaded.clear()
    for (let slot = SCRATCH + 1; slot < this.#used; slot++) this.clearSlot(slot)
    this.#used = SCRATCH + 1
    this.#free = []
    this.#changedCount = 0
  }

  /** Whether slots of dropped windows are free among the others. */
  get hasFree(): boolean {
    return this.#free.length > 0
  }

  /** Whether groups that are loaded are found by their keys, as others are. */
  get findsLoaded(): boolean {
    return this.#loaded === this.#index
  }

  /**
   * The slots of rows that were put aside, by row. Where they are not found by their keys, the table has no other
   * groups, and no elements reach it until it is cleared.
   */
  load(rows: LoadedRows, slots: Uint32Array): void {
    const { table, count } = rows
    while (this.#used + count > this.#capacity) this.#grow(this.#capacity * 2)
    while (this.#changedCount + count > this.#changed.length) this.#growChanged()
    const prefix = this.windowed ? NUMBER_BYTES : 0
    const keys = { at: this.#keysAt, lengths: this.#keyLengths }
    for (let from = 0; from < count; ) {
      const end = this.windowed ? this.#endOfWindow(rows, from) : count
      const start = this.windowed ? numberAt(this.kernel.memory.view, table[LOADED_ROW.words * from] as number) : 0
      const some = { table, from, count: end - from, prefix, suffix: 0 }
      const fresh = this.#loaded.findRows(start, some, this.#used, slots, keys)
      for (let i = 0; i < fresh; i++) this.#beginLoaded(this.#used++, start)
      from = end
    }
  }

  #beginLoaded(slot: number, start: number): void {
    this.#starts[slot] = start
    this.#flags[slot] = CHANGED
    this.#changed[this.#changedCount++] = slot
    this.#keyBytes += this.#keyLengths[slot] as number
  }

  /** The first row from `from` on whose window is another one. */
  #endOfWindow({ table, count }: LoadedRows, from: number): number {
    const { view } = this.kernel.memory
    const startOf = (row: number, at: number): number => view.getUint32((table[LOADED_ROW.words * row] as number) + at)
    let end = from + 1
    while (end < count && startOf(end, 1) === startOf(from, 1) && startOf(end, 5) === startOf(from, 5)) end++
    return end
  }

  #begin(slot: number, start: number): void {
    if (slot >= this.#capacity) this.#grow(this.#capacity * 2)
    this.#starts[slot] = start
    this.#putKey(slot, this.#index.lastAt, this.#index.lastLength)
    this.#keyBytes += this.#index.lastLength
  }

  #putKey(slot: number, at: number, length: number): void {
    this.#keysAt[slot] = at
    this.#keyLengths[slot] = length
  }

  #growChanged(): void {
    const regions = this.#regions
    this.#changed = grown(regions, this.#changed, regions.words(64 + 2 * this.#changed.length))
  }

  #grow(capacity: number): void {
    this.#capacity = capacity
    for (const column of this.columns) column.grow(capacity)
    for (const view of this.views) view.grow(capacity)
    const regions = this.#regions
    this.#keysAt = grown(regions, this.#keysAt, regions.words(capacity))
    this.#keyLengths = grown(regions, this.#keyLengths, regions.words(capacity))
    this.#starts = grown(regions, this.#starts, regions.floats(capacity))
    const flags = new Uint8Array(capacity)
    flags.set(this.#flags)
    this.#flags = flags
  }
}

/**
 * What is known of a view's row for each slot: whether the committed view holds one, and the hash that its digest
 * counts.
 */
export class ViewTrack {
  static readonly ABSENT = 0
  static readonly PRESENT = 1
  /** The group came from the state; its view row must be looked up before it changes. */
  static readonly UNKNOWN = 2
  status = new Uint8Array(0)
  /** Four words a slot, valid where PRESENT. */
  hash = new Uint32Array(0)

  /** Whether no slot has ever had a row: views of them hold none. */
  isUnused = true

  /** The view holds the slot's row, whose hash is at `words[at]`. */
  set(slot: number, words: Uint32Array, at: number): void {
    const { hash } = this
    const to = 4 * slot
    hash[to] = words[at] as number
    hash[to + 1] = words[at + 1] as number
    hash[to + 2] = words[at + 2] as number
    hash[to + 3] = words[at + 3] as number
    this.status[slot] = ViewTrack.PRESENT
    this.isUnused = false
  }

  setUnknown(slot: number): void {
    this.status[slot] = ViewTrack.UNKNOWN
    this.isUnused = false
  }

  grow(capacity: number): void {
    const status = new Uint8Array(capacity)
    status.set(this.status)
    this.status = status
    const hash = new Uint32Array(capacity * 4)
    hash.set(this.hash)
    this.hash = hash
  }
}
