// Where an executor puts rows aside that do not fit in memory: a run's own scratch directory.

import type { BlockSource, RowSorter } from '../core/state/environment.ts'
import { BlockFile, newRowSorter, SortingMemory } from '../store/index.ts'
import type { BufferLimits } from './memory-limits.ts'

export function sorterFactory(scratch: string, { sortersBytes, sorterBytes }: BufferLimits): () => RowSorter {
  const memory = new SortingMemory(sortersBytes, sorterBytes)
  return () => newRowSorter({ dir: scratch, memory })
}

export const blockFiles = (scratch: string): BlockSource => ({
  newBlocks: () => new BlockFile(scratch),
  openBlocks: handle => new BlockFile(scratch, handle),
})
