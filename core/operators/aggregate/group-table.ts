// Groups of one aggregate node in memory: (window, key) -> slot in columnar accumulators.
//
// Promises: no object per record; one lookup for each element and window; changed slots are listed, so that a commit
// costs per changed group. A new slot starts clear: what the state holds for its group is added when the node flushes.
// Not here: when groups are merged with the state, written to it and forgotten (`aggregate.ts`).

import type { Column } from '../../aggregations/columns/column.ts'
import { memoryOf, valueBytes } from '../../aggregations/columns/held-bytes.ts'
import type { GroupAccess } from '../../emitted/emitted-module.ts'
import type { ByteWriter } from '../../values/bytes.ts'
import { encodeValue } from '../../values/canonical.ts'
import { ApartIndex, type GroupIndex } from './group-index.ts'
import { OverlappingIndex } from './overlapping-index.ts'

// Flags of a slot. CHANGED: an element reached it since the last flush. BASED: it includes the stored row, if there is
// one, so a flush writes it without merging.
const CHANGED = 1
const BASED = 2

interface GroupTableOptions {
  readonly windowed: boolean
  /** Whether an element may be in several windows. */
  readonly overlapping: boolean
  readonly viewCount: number
}

/** A slot that belongs to no group: for rows that are merged at a flush without entering the table. */
export const SCRATCH = 0

export class GroupTable implements GroupAccess {
  readonly columns: readonly Column[]
  readonly windowed: boolean
  readonly views: readonly ViewTrack[]
  readonly #ending: readonly Column[]
  readonly #index: GroupIndex
  #capacity = 0
  #used = SCRATCH + 1
  #free: number[] = []
  #starts = new Float64Array(0)
  readonly #keys: unknown[] = []
  #keyBytes = 0
  #flags = new Uint8Array(0)
  #changed: number[] = []

  constructor(columns: readonly Column[], { windowed, overlapping, viewCount }: GroupTableOptions) {
    this.columns = columns
    this.windowed = windowed
    this.#index = overlapping ? new OverlappingIndex() : new ApartIndex(this.#keys)
    this.views = Array.from({ length: viewCount }, () => new ViewTrack())
    this.#ending = columns.filter(c => c.endChunk !== undefined)
    this.#grow(64)
  }

  /** About the memory that all of them take, in bytes. */
  get bytes(): number {
    return this.#keyBytes + memoryOf(this.size, this.columns)
  }

  /** Groups in memory. */
  get size(): number {
    return this.#used - 1 - this.#free.length
  }

  slotFor(start: number, key: unknown): number {
    let slot = this.#index.find(start, key)
    if (slot < 0) slot = this.#newSlot(start, key)
    const flags = this.#flags[slot] as number
    if ((flags & CHANGED) === 0) {
      this.#flags[slot] = flags | CHANGED
      this.#changed.push(slot)
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
    return this.#keys[slot]
  }

  /** Windows that have groups in memory, by start. */
  windowStarts(): number[] {
    return this.#index.starts()
  }

  slotsOf(start: number): Iterable<number> {
    return this.#index.slotsOf(start)
  }

  /** Slots that have counted an element since they were last marked clean. */
  get changedSlots(): readonly number[] {
    return this.#changed
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
    for (const slot of this.#changed) this.#flags[slot] = (this.#flags[slot] as number) & ~CHANGED
    this.#changed = []
  }

  /** The key of a group's row in the state: window start (where windowed), then the key, both order preserving. */
  writeRowKey(w: ByteWriter, slot: number): void {
    if (this.windowed) encodeValue(w, this.#starts[slot])
    encodeValue(w, this.#keys[slot])
  }

  writeState(w: ByteWriter, slot: number): void {
    for (const column of this.columns) column.write(slot, w)
  }

  clearSlot(slot: number): void {
    for (const column of this.columns) column.clear(slot)
    for (const view of this.views) view.status[slot] = ViewTrack.ABSENT
    this.#flags[slot] = 0
    if (this.#keys[slot] !== undefined) this.#keyBytes -= valueBytes(this.#keys[slot])
    this.#keys[slot] = undefined
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
    this.markClean()
    for (const start of this.windowStarts()) this.dropWindow(start)
  }

  #newSlot(start: number, key: unknown): number {
    const slot = this.#free.pop() ?? this.#used++
    if (slot >= this.#capacity) this.#grow(this.#capacity * 2)
    this.#starts[slot] = start
    this.#keys[slot] = key
    this.#keyBytes += valueBytes(key)
    this.#index.add(slot)
    return slot
  }

  #grow(capacity: number): void {
    this.#capacity = capacity
    for (const column of this.columns) column.grow(capacity)
    for (const view of this.views) view.grow(capacity)
    while (this.#keys.length < capacity) this.#keys.push(undefined)
    const starts = new Float64Array(capacity)
    starts.set(this.#starts)
    this.#starts = starts
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

  grow(capacity: number): void {
    const status = new Uint8Array(capacity)
    status.set(this.status)
    this.status = status
    const hash = new Uint32Array(capacity * 4)
    hash.set(this.hash)
    this.hash = hash
  }
}
