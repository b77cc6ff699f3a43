// Groups of one aggregate node in memory: (window, key) -> slot in columnar accumulators.
//
// Promises: no object per record; one Map lookup per fold; changed slots are listed, so that a commit costs per changed group.
// Leaves to the machine: when groups are read from the state, written to it and forgotten.

import { type ByteWriter, bytesToLatin1 } from '../bytes.ts'
import { canonicalBytes, encodeValue } from '../canonical.ts'
import type { Column } from '../fold/column.ts'
import type { GroupAccess } from './contract.ts'

/** The groups of one window: primitives as they are, composite keys by their canonical bytes. */
interface WindowGroups {
  readonly start: number
  readonly primitive: Map<unknown, number>
  readonly composite: Map<string, number>
}

/** Fills a fresh slot from what the state holds for its group; returns whether there was anything. */
export type GroupLoader = (slot: number, start: number, key: unknown) => boolean

export class GroupTable implements GroupAccess {
  readonly columns: readonly Column[]
  readonly windowed: boolean
  readonly views: readonly ViewTrack[]
  #windows = new Map<number, WindowGroups>()
  #lastStart = Number.NaN
  #last: WindowGroups | null = null
  #capacity = 0
  #used = 0
  #free: number[] = []
  #starts = new Float64Array(0)
  #keys: unknown[] = []
  #dirty = new Uint8Array(0)
  #dirtySlots: number[] = []
  #load: GroupLoader | null = null

  constructor(columns: readonly Column[], windowed: boolean, viewCount: number) {
    this.columns = columns
    this.windowed = windowed
    this.views = Array.from({ length: viewCount }, () => new ViewTrack())
    this.#grow(64)
  }

  set loader(load: GroupLoader | null) {
    this.#load = load
  }

  /** Groups in memory. */
  get size(): number {
    return this.#used - this.#free.length
  }

  slotFor(start: number, key: unknown): number {
    const groups = start === this.#lastStart ? (this.#last as WindowGroups) : this.#groupsOf(start)
    const slot = this.#find(groups, key) ?? this.#add(groups, key)
    if (this.#dirty[slot] === 0) {
      this.#dirty[slot] = 1
      this.#dirtySlots.push(slot)
    }
    return slot
  }

  /** The slot of a group if it is in memory; marks nothing. */
  peek(start: number, key: unknown): number | undefined {
    const groups = this.#windows.get(start)
    return groups === undefined ? undefined : this.#find(groups, key)
  }

  startOf(slot: number): number {
    return this.#starts[slot] as number
  }

  keyOf(slot: number): unknown {
    return this.#keys[slot]
  }

  /** Windows that have groups in memory, by start. */
  windowStarts(): number[] {
    return [...this.#windows.keys()].sort((a, b) => a - b)
  }

  *slotsOf(start: number): Generator<number> {
    const groups = this.#windows.get(start)
    if (groups === undefined) return
    yield* groups.primitive.values()
    yield* groups.composite.values()
  }

  *slots(): Generator<number> {
    for (const start of this.#windows.keys()) yield* this.slotsOf(start)
  }

  get changedSlots(): readonly number[] {
    return this.#dirtySlots
  }

  /** After a commit: nothing is changed any more. */
  markClean(): void {
    for (const slot of this.#dirtySlots) this.#dirty[slot] = 0
    this.#dirtySlots = []
  }

  /** The key of a group's row in the state: window start (where windowed), then the key, both order preserving. */
  writeRowKey(w: ByteWriter, slot: number): void {
    if (this.windowed) encodeValue(w, this.#starts[slot])
    encodeValue(w, this.#keys[slot])
  }

  writeState(w: ByteWriter, slot: number): void {
    for (const column of this.columns) column.write(slot, w)
  }

  /** Forgets a window. Its slots must not be changed ones. */
  dropWindow(start: number): void {
    const groups = this.#windows.get(start)
    if (groups === undefined) return
    for (const slot of this.slotsOf(start)) this.#release(slot)
    this.#windows.delete(start)
    this.#lastStart = Number.NaN
    this.#last = null
  }

  /** Forgets everything. */
  clear(): void {
    this.markClean()
    for (const start of this.windowStarts()) this.dropWindow(start)
  }

  #find(groups: WindowGroups, key: unknown): number | undefined {
    return typeof key === 'object' && key !== null
      ? groups.composite.get(bytesToLatin1(canonicalBytes(key)))
      : groups.primitive.get(key)
  }

  #groupsOf(start: number): WindowGroups {
    let groups = this.#windows.get(start)
    if (groups === undefined) {
      groups = { start, primitive: new Map(), composite: new Map() }
      this.#windows.set(start, groups)
    }
    this.#lastStart = start
    this.#last = groups
    return groups
  }

  #add(groups: WindowGroups, key: unknown): number {
    const slot = this.#free.pop() ?? this.#used++
    if (slot >= this.#capacity) this.#grow(this.#capacity * 2)
    this.#starts[slot] = groups.start
    this.#keys[slot] = key
    if (typeof key === 'object' && key !== null) groups.composite.set(bytesToLatin1(canonicalBytes(key)), slot)
    else groups.primitive.set(key, slot)
    const stored = this.#load !== null && this.#load(slot, groups.start, key)
    for (const view of this.views) view.status[slot] = stored ? ViewTrack.UNKNOWN : ViewTrack.ABSENT
    return slot
  }

  #release(slot: number): void {
    for (const column of this.columns) column.clear(slot)
    this.#keys[slot] = undefined
    this.#free.push(slot)
  }

  #grow(capacity: number): void {
    this.#capacity = capacity
    for (const column of this.columns) column.grow(capacity)
    for (const view of this.views) view.grow(capacity)
    const starts = new Float64Array(capacity)
    starts.set(this.#starts)
    this.#starts = starts
    const dirty = new Uint8Array(capacity)
    dirty.set(this.#dirty)
    this.#dirty = dirty
  }
}

/** What is known of a view's row for each slot: whether the committed view holds one, and the hash that its digest counts. */
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
