// External sorters that spill into a run's own scratch directory.

import type { RowSorter } from '../core/state/environment.ts'
import { newRowSorter } from '../store/index.ts'

/** Bytes of rows that one sorter keeps in memory. A run has a few of them. */
const MEMORY_BYTES = 48 << 20

export const sorterFactory =
  (scratch: string): (() => RowSorter) =>
  () =>
    newRowSorter({ dir: scratch, memoryBytes: MEMORY_BYTES })
