// Adds states that were put aside to the columns of slots: by the kernel where they lie in arrays, else in JavaScript.

import type { Column } from '../../../aggregations/columns/column.ts'
import { LOADED_ROW } from '../../../kernel/kernel.ts'
import type { OwnKernel } from '../../../kernel/kernel-over.ts'
import { MergeProgram, type PlacedMerge } from '../../../kernel/pack/merge-program.ts'
import { Regions } from '../../../kernel/regions.ts'
import { ByteReader } from '../../../values/bytes.ts'
import type { CheckSize } from '../group-size.ts'

interface MergedStatesOptions {
  readonly columns: readonly Column[]
  readonly own: OwnKernel
  readonly checkSize: CheckSize
  /** Slots that the columns have room for: their arrays move when it grows. */
  readonly capacity: () => number
}

export class MergedStates {
  readonly #o: MergedStatesOptions
  /** By slot: canonical bytes that have been read of its state, where that may grow. */
  readonly #bytes = new Map<number, number>()

  readonly #regions: Regions
  #merge: PlacedMerge | null = null
  #capacity = -1

  constructor(options: MergedStatesOptions) {
    this.#o = options
    this.#regions = new Regions(options.own.memory)
  }

  /** Rows with indices from <= i < to of a table of the kernel (`LoadedRows`); their slots by row. */
  add(table: Uint32Array, from: number, to: number, slots: Uint32Array): void {
    const { own } = this.#o
    const merge = this.#program()
    for (let row = from; row < to; row++) {
      if (merge !== null) {
        const { address, operations, scratch } = merge
        const [rows, slot] = [table.byteOffset + 4 * LOADED_ROW.words * row, slots.byteOffset + 4 * row]
        row += own.kernel.mergeRows(address, operations, rows, to - row, slot, scratch)
      }
      if (row < to) this.#add(slots[row] as number, table, row)
    }
  }

  dispose(): void {
    this.#regions.giveAllBack()
  }

  #program(): PlacedMerge | null {
    const { columns, capacity } = this.#o
    if (this.#capacity !== capacity()) {
      this.#capacity = capacity()
      this.#regions.giveAllBack()
      this.#merge = mergeOf(columns, this.#regions)
    }
    return this.#merge
  }

  #add(slot: number, table: Uint32Array, row: number): void {
    const { columns, own, checkSize } = this.#o
    const { bytes } = own.memory
    const [key, keyEnd, from, end] = table.subarray(
      LOADED_ROW.words * row,
      LOADED_ROW.words * (row + 1),
    ) as unknown as number[]
    const read = (this.#bytes.get(slot) ?? 0) + (end as number) - (from as number)
    this.#bytes.set(slot, read)
    checkSize(read, () => bytes.slice(key, keyEnd))
    const r = new ByteReader(bytes.subarray(from, end))
    for (const column of columns) column.merge(slot, r)
  }
}

/** Null where only JavaScript can merge the states. */
function mergeOf(columns: readonly Column[], regions: Regions): PlacedMerge | null {
  const program = new MergeProgram()
  for (const column of columns) {
    if (column.mergeState === undefined) return null
    column.mergeState(program)
  }
  return program.placed(regions)
}
