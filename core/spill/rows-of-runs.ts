// All rows of some runs in the order of their keys: range by range sorted in the kernel's memory.
//
// Promises: memory is that of one range; rows of equal keys all come. They may be read several times.

import { LOADED_ROW } from '../kernel/kernel.ts'
import type { OwnKernel } from '../kernel/kernel-over.ts'
import { PackedTable } from '../kernel/packed-table.ts'
import { Regions } from '../kernel/regions.ts'
import { sortedOrder } from '../kernel/sorted-order.ts'
import type { PackedBlock, PackedRows, TakePart } from '../state/packed-rows.ts'
import type { Row } from '../state/rows.ts'
import type { RangeLimit } from './range-ends.ts'
import type { KeyRange, SpilledRuns } from './spilled-runs.ts'

interface RowsOfRunsOptions {
  readonly runs: SpilledRuns
  readonly kernel: () => OwnKernel
  readonly limit: RangeLimit
  /** Called once, when nobody reads the rows any more. */
  readonly release: () => void
}

export class RowsOfRuns implements PackedRows {
  readonly isSpilled = true
  readonly #o: RowsOfRunsOptions
  #disposed = false

  constructor(options: RowsOfRunsOptions) {
    this.#o = options
  }

  *blocks(blockBytes: number): Generator<PackedBlock> {
    for (const rows of this.#sorted()) yield* rows.blocks(blockBytes)
  }

  each(take: TakePart): void {
    for (const rows of this.#sorted()) rows.each(take)
  }

  /** The rows one by one; the bytes of each are valid until the next one is read. */
  *rows(): Generator<Row> {
    for (const table of this.#sorted()) yield* table.rows()
  }

  dispose(): void {
    if (this.#disposed) return
    this.#disposed = true
    this.#o.release()
  }

  *#sorted(): Generator<PackedTable> {
    const { runs, kernel, limit } = this.#o
    const own = kernel()
    for (const range of runs.ranges(limit)) {
      const regions = new Regions(own.memory)
      const { words: stride, ...places } = LOADED_ROW
      try {
        const { table, count } = allOf(range, regions)
        const order = sortedOrder(own, { table, stride, count }, regions)
        yield new PackedTable(own, { bytes: own.memory.bytes, rows: table, stride, order, ...places }, () => {})
      } finally {
        regions.giveAllBack()
      }
    }
  }
}

/** One table of all rows of a range. */
function allOf({ rows }: KeyRange, regions: Regions): { readonly table: Uint32Array; readonly count: number } {
  let table = regions.words(LOADED_ROW.words * 1024)
  let count = 0
  for (const some of rows(regions)) {
    const needed = LOADED_ROW.words * (count + some.count)
    if (needed > table.length) {
      const longer = regions.words(Math.max(needed, 2 * table.length))
      longer.set(table.subarray(0, LOADED_ROW.words * count))
      regions.giveBack(table)
      table = longer
    }
    table.set(some.table.subarray(0, LOADED_ROW.words * some.count), LOADED_ROW.words * count)
    count += some.count
  }
  return { table, count }
}
