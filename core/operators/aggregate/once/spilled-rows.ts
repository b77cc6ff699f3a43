// Rows of groups that have been put aside, packed while they are written: range by range in the node's table.
//
// Promises: as of `SlotRows`; memory is that of one range. Rows may be read several times, which brings the groups back
// each time.

import type { PackedBlock, PackedRows, TakePart } from '../../../state/packed-rows.ts'
import type { SpilledGroups } from '../spilled/spilled-groups.ts'
import { SlotRows, type SlotRowsOptions } from './slot-rows.ts'

interface SpilledRowsOptions extends Omit<SlotRowsOptions, 'slots'> {
  readonly spilled: SpilledGroups
  /** The slots of the groups that have come back, in the order of their keys. */
  readonly slots: () => Uint32Array
  /** Called when nobody reads the rows any more. */
  readonly release: () => void
}

export class SpilledRows implements PackedRows {
  readonly isSpilled = true
  readonly #o: SpilledRowsOptions
  /** Whether all rows have been hashed. */
  #hashed = false
  #disposed = false

  constructor(options: SpilledRowsOptions) {
    this.#o = options
  }

  *blocks(blockBytes: number): Generator<PackedBlock> {
    for (const rows of this.#ranges()) yield* rows.blocks(blockBytes)
  }

  each(take: TakePart): void {
    for (const rows of this.#ranges()) rows.each(take)
  }

  dispose(): void {
    if (this.#disposed) return
    this.#disposed = true
    this.#o.release()
  }

  *#ranges(): Generator<SlotRows> {
    const { spilled, slots, release, onHashes, ...rows } = this.#o
    for (const _ of spilled.ranges()) {
      yield new SlotRows({ ...rows, ...(this.#hashed || onHashes === undefined ? {} : { onHashes }), slots: slots() })
    }
    this.#hashed = true
  }
}
