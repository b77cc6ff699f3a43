// Flushes groups of which nothing is in the state, where nothing follows and rows are only stored: they are packed
// while they are written.

import type { OwnKernel } from '../../../kernel/kernel-over.ts'
import type { ChangeSink } from '../../../state/environment.ts'
import type { Frames } from '../../../time/frames.ts'
import type { GroupTable } from '../group-table.ts'
import type { GroupTableSink } from '../group-table-sink.ts'
import type { RowPart } from '../row-part.ts'
import { inKeyOrder } from '../slot-order.ts'
import type { SpilledGroups } from '../spilled/spilled-groups.ts'
import { SlotRows, type SlotRowsOptions } from './slot-rows.ts'
import { SpilledRows } from './spilled-rows.ts'

interface StoredOnceOptions {
  readonly groups: GroupTable
  readonly rows: GroupTableSink
  /** Where windows are; null for the global one. */
  readonly frames: Frames | null
  readonly kernel: () => OwnKernel
  readonly key: RowPart
  readonly state: RowPart
  /** That of the state. */
  readonly table: string
  readonly spilled: SpilledGroups
}

/** Rows of a table, made of some of the slots. */
interface TableOfSlots extends Pick<SlotRowsOptions, 'hashed' | 'onHashes' | 'value'> {
  readonly table: string
  readonly select: (slots: Uint32Array) => Uint32Array
}

export class StoredOnce {
  readonly #o: StoredOnceOptions

  constructor(options: StoredOnceOptions) {
    this.#o = options
  }

  flush(now: number, sink: ChangeSink): void {
    const sorted = this.#sorted()
    if (sorted.length === 0) return
    for (const { table, select, ...parts } of this.#tables(now)) {
      const slots = select(sorted)
      if (slots.length > 0) sink.putSortedRows(table, new SlotRows({ ...this.#rows, ...parts, slots }))
    }
  }

  /** The same where all groups have been put aside. */
  flushSpilled(now: number, sink: ChangeSink): void {
    const { spilled } = this.#o
    const tables = this.#tables(now)
    let readers = tables.length
    const release = (): void => {
      if (--readers === 0) spilled.dispose()
    }
    for (const { table, select, ...parts } of tables) {
      const slots = (): Uint32Array => select(this.#sorted())
      sink.putSortedRows(table, new SpilledRows({ ...this.#rows, ...parts, spilled, slots, release }))
    }
  }

  #sorted(): Uint32Array {
    const { groups } = this.#o
    return inKeyOrder(groups, groups.changedSlots)
  }

  get #rows(): Pick<SlotRowsOptions, 'own' | 'keyBytesOf' | 'key'> {
    const { groups, kernel, key } = this.#o
    return { own: kernel(), keyBytesOf: slots => groups.keyBytesOf(slots), key }
  }

  /** What is written: rows of views that have a table, and the state of what stays open. */
  #tables(now: number): readonly TableOfSlots[] {
    const { rows, frames, groups, state, table } = this.#o
    const { own, onHashes } = rows.freshViews()
    const value = rows.packedValue
    const openFrom = frames?.openFrom(now) ?? Number.NEGATIVE_INFINITY
    const isOpen = (slot: number): boolean => groups.startOf(slot) >= openFrom
    const views = own.map((view, i): TableOfSlots => {
      return { table: view, select: slots => slots, hashed: value, ...(i === 0 ? { onHashes } : {}), value: null }
    })
    const hashes = own.length === 0 && value !== null ? { hashed: value, onHashes } : {}
    const select = (slots: Uint32Array): Uint32Array => (frames === null ? slots : slots.filter(isOpen))
    return [...views, { table, select, ...hashes, value: state }]
  }
}
