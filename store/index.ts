// The state directory: what the executors, the test kit and the command line use of it.
//
// Promises: store.ts. Leaves to the other files here: how.

export { openStateReader } from './reader.ts'
export { newRowSorter } from './spill/row-sorter.ts'
export type { StateReader, StateWriter } from './store.ts'
export { openStateWriter } from './writer.ts'
