// External sorters that spill into a run's own scratch directory.

import type { RowSorter } from '../core/state/environment.ts'
import { newRowSorter, SortingMemory } from '../store/index.ts'
import type { BufferLimits } from './memory-limits.ts'

export function sorterFactory(scratch: string, { sortersBytes, sorterBytes }: BufferLimits): () => RowSorter {
  const memory = new SortingMemory(sortersBytes, sorterBytes)
  return () => newRowSorter({ dir: scratch, memory })
}
