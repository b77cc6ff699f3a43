// Flushes groups of which nothing is in the state, where nothing follows and rows are only stored: they are packed
// while they are written.

import type { OwnKernel } from '../../../kernel/kernel-over.ts'
import { RowsInParts } from '../../../spill/rows-in-parts.ts'
import type { ChangeSink, Environment } from '../../../state/environment.ts'
import type { Frames } from '../../../time/frames.ts'
import { rangeLimit } from '../group-size.ts'
import type { GroupTable } from '../group-table.ts'
import type { GroupTableSink } from '../group-table-sink.ts'
import type { RowPart } from '../row-part.ts'
import { inKeyOrder, keysFirst } from '../slot-order.ts'
import type { SpilledGroups } from '../spilled/spilled-groups.ts'
import { SlotRows, type SlotRowsOptions } from './slot-rows.ts'
import { SpilledRows } from './spilled-rows.ts'

interface StoredOnceOptions {
  readonly groups: GroupTable
  readonly rows: GroupTableSink
  /** Where windows are; null for the global one. */
  readonly frames: Frames | null
  readonly env: Environment
  readonly kernel: () => OwnKernel
  readonly key: RowPart
  readonly state: RowPart
  /** That of the state. */
  readonly table: string
  readonly spilled: SpilledGroups
}

/** How rows of the state, or of views, are written. */
type Written = Omit<SlotRowsOptions, 'slots'>

export class StoredOnce {
  readonly #o: StoredOnceOptions

  constructor(options: StoredOnceOptions) {
    this.#o = options
  }

  flush(now: number, sink: ChangeSink): void {
    const { groups, rows, table } = this.#o
    if (groups.changedSlots.length === 0) return
    const { own } = rows.freshViews()
    if (own.length > 0) {
      const slots = this.#viewSlots()
      // The hashes of all views are counted where the first one is written.
      for (const [i, view] of own.entries()) sink.putSortedRows(view, new SlotRows({ ...this.#view(i === 0), slots }))
    }
    const slots = this.#openSlots(now)
    if (slots.length > 0) sink.putSortedRows(table, new SlotRows({ ...this.#state, slots }))
  }

  /** The same where all groups have been put aside. */
  flushSpilled(now: number, sink: ChangeSink): void {
    const { spilled, frames, table } = this.#o
    if (frames !== null) return this.#flushInParts(now, sink)
    const slots = (): Uint32Array => this.#openSlots(now)
    const release = (): void => spilled.dispose()
    sink.putSortedRows(table, new SpilledRows({ ...this.#state, spilled, slots, release }))
  }

  /** Ranges come in the order of windows, views are stored by key. */
  #flushInParts(now: number, sink: ChangeSink): void {
    const { spilled, rows, groups, kernel, env, table } = this.#o
    const limit = rangeLimit(env, groups.columns)
    const newParts = (): RowsInParts => new RowsInParts({ kernel, blocks: env.blocks, limit })
    const [views, state] = [newParts(), newParts()]
    const { own } = rows.freshViews()
    for (const _ of spilled.ranges()) {
      if (own.length > 0) views.add(new SlotRows({ ...this.#view(true), slots: this.#viewSlots() }))
      const slots = this.#openSlots(now)
      if (slots.length > 0) state.add(new SlotRows({ ...this.#state, slots }))
    }
    spilled.dispose()
    for (const view of own) sink.putSortedRows(view, views.sorted())
    if (!state.isEmpty) sink.putSortedRows(table, state.sorted())
  }

  #viewSlots(): Uint32Array {
    const { groups, rows } = this.#o
    return (rows.moved > 0 ? keysFirst : inKeyOrder)(groups, groups.changedSlots)
  }

  /** Those that stay open. */
  #openSlots(now: number): Uint32Array {
    const { groups, frames } = this.#o
    const slots = groups.changedSlots
    if (frames === null) return inKeyOrder(groups, slots)
    const openFrom = frames.openFrom(now)
    return inKeyOrder(
      groups,
      slots.filter(slot => groups.startOf(slot) >= openFrom),
    )
  }

  #view(isCounted: boolean): Written {
    const { rows } = this.#o
    const { onHashes } = rows.freshViews()
    const counting = isCounted ? { onHashes } : {}
    return { ...this.#rows, hashed: rows.packedValue, ...counting, value: null, moved: rows.moved }
  }

  /** Views without rows of their own are counted here. */
  get #state(): Written {
    const { rows, state } = this.#o
    const { own, onHashes } = rows.freshViews()
    const hashed = rows.packedValue
    return { ...this.#rows, ...(own.length === 0 && hashed !== null ? { hashed, onHashes } : {}), value: state }
  }

  get #rows(): Pick<Written, 'own' | 'keyBytesOf' | 'key'> {
    const { groups, kernel, key } = this.#o
    return { own: kernel(), keyBytesOf: slots => groups.keyBytesOf(slots), key }
  }
}
