// The state directory: what the executors, the test kit and the command line use of it.
//
// Promises: those of store.ts.

export type { StateCopy } from './copied/copied-state.ts'
export { ownerOf } from './owner.ts'
export { openStateReader } from './reader.ts'
export { BlockFile } from './spill/block-file.ts'
export { newRowSorter } from './spill/row-sorter.ts'
export { SortingMemory } from './spill/sorting-memory.ts'
export type { StateReader, StateWriter } from './store.ts'
export { openStateWriter } from './writer.ts'
