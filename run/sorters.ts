// External sorters that spill into a run's own scratch directory.

import type { RowSorter } from '../core/state/environment.ts'
import { newRowSorter } from '../store/index.ts'
import type { BufferLimits } from './memory-limits.ts'

export const sorterFactory =
  (scratch: string, { sorterBytes }: BufferLimits): (() => RowSorter) =>
  () =>
    newRowSorter({ dir: scratch, memoryBytes: sorterBytes })
