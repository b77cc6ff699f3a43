// Groups of a node that take too much memory: put aside as sorted runs of partial rows, and brought back in ranges of
// keys, each of which fits into the node's table.
//
// Promises: a range has every part of its groups, so that they are flushed as if they had never left the memory; ranges
// come in the order of keys. Parts are merged by the kernel where columns lie in arrays.
// Not here: when groups are put aside, and what is flushed of them (`aggregate.ts`).

import type { OwnKernel } from '../../../kernel/kernel-over.ts'
import { Regions } from '../../../kernel/regions.ts'
import { EVERYTHING, type RangeLimit } from '../../../spill/range-ends.ts'
import { type KeyRange, type RunsHandle, SpilledRuns } from '../../../spill/spilled-runs.ts'
import type { Environment } from '../../../state/environment.ts'
import { type CheckSize, loadLimit, rangeLimit } from '../group-size.ts'
import type { GroupTable } from '../group-table.ts'
import { SlotRows } from '../once/slot-rows.ts'
import type { RowPart } from '../row-part.ts'
import { inKeyOrder } from '../slot-order.ts'
import { NO_BYTES } from '../sorted-keys.ts'
import { MergedStates } from './merged-states.ts'

interface SpilledGroupsOptions {
  readonly groups: GroupTable
  readonly env: Environment
  readonly kernel: () => OwnKernel
  readonly key: RowPart
  readonly state: RowPart
  readonly checkSize: CheckSize
}

export class SpilledGroups {
  readonly #o: SpilledGroupsOptions
  #runs: SpilledRuns

  constructor(options: SpilledGroupsOptions) {
    this.#o = options
    this.#runs = new SpilledRuns(options.kernel, options.env.blocks)
  }

  get isEmpty(): boolean {
    return this.#runs.isEmpty
  }

  /** Puts all groups of the table aside. Throws `disk-full`. */
  spill(): void {
    const { groups, kernel, key, state } = this.#o
    const slots = inKeyOrder(groups, groups.changedSlots)
    const keyBytesOf = (some: Uint32Array): number => groups.keyBytesOf(some)
    if (slots.length > 0)
      this.#runs.add(new SlotRows({ own: kernel(), slots, keyBytesOf, key, hashed: NO_BYTES, value: state }))
    groups.clear()
  }

  handOver(): RunsHandle | null {
    return this.#runs.handOver()
  }

  takeOver(runs: RunsHandle): void {
    this.#runs.takeOver(runs)
  }

  /**
   * Brings all groups back into the table, to those that are there. False where it has no room for them: then they are
   * put aside again, or still.
   */
  bringBack(): boolean {
    const { groups, env } = this.#o
    const limit = loadLimit(env, groups.columns)
    const { rows, bytes } = this.#runs.size
    // Half of them may be parts of the same groups.
    if (groups.size + rows > 2 * limit.rows || bytes > limit.bytes) return false
    if (!groups.findsLoaded && env.flushesOnce !== true) return false
    if (!groups.findsLoaded || groups.hasFree) this.spill()
    const runs = this.#runs
    this.#runs = new SpilledRuns(this.#o.kernel, env.blocks)
    for (const range of runs.ranges(EVERYTHING)) {
      this.#load(range, () => {
        if (groups.size > limit.rows) this.spill()
      })
    }
    runs.dispose()
    return this.#runs.isEmpty
  }

  /** Brings range by range into the table, which must be empty: what is read of a range is read before the next. */
  *ranges(): Generator<KeyRange> {
    for (const range of this.#runs.ranges(this.#limit)) {
      try {
        this.#load(range)
        yield range
      } finally {
        this.#o.groups.clear()
      }
    }
  }

  dispose(): void {
    this.#runs.dispose()
  }

  get #limit(): RangeLimit {
    return rangeLimit(this.#o.env, this.#o.groups.columns)
  }

  #load({ rows }: KeyRange, afterSome: () => void = () => {}): void {
    const { groups, checkSize } = this.#o
    const own = groups.kernel
    const regions = new Regions(own.memory)
    const states = new MergedStates({ columns: groups.columns, own, checkSize, capacity: () => groups.capacity })
    let slots = regions.words(1024)
    try {
      for (const some of rows()) {
        if (some.count > slots.length) {
          regions.giveBack(slots)
          slots = regions.words(2 * some.count)
        }
        groups.load(some, slots)
        states.add(some.table, 0, some.count, slots)
        afterSome()
      }
    } finally {
      states.dispose()
      regions.giveAllBack()
    }
  }
}
