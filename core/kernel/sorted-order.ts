// The numbers of rows in the order of their keys, sorted by the kernel where they lie.
//
// Promises: rows of equal keys keep their order. Of two keys of which one begins with the other the shorter comes
// first, given that the longer one does not go on with zeros alone.

import { SORT_SCRATCH } from './kernel.ts'
import type { OwnKernel } from './kernel-over.ts'
import type { Regions } from './regions.ts'

interface RowsToSort {
  /** Of each row some words in the kernel's memory: the first two say where its key starts and ends. */
  readonly table: Uint32Array
  /** How many words. */
  readonly stride: number
  readonly count: number
  /** What the places of keys are relative to; default: the beginning of the memory. */
  readonly base?: number
}

/** The memory of the order is one of the regions that are given. */
export function sortedOrder(
  own: OwnKernel,
  { table, stride, count, base = 0 }: RowsToSort,
  regions: Regions,
): Uint32Array {
  const order = regions.words(count)
  const scratch = regions.take(count * SORT_SCRATCH.ofRow + SORT_SCRATCH.more)
  own.kernel.sortRows(table.byteOffset, 4 * stride, base, count, order.byteOffset, scratch.byteOffset)
  regions.giveBack(scratch)
  return order
}
