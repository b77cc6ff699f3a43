// Reads the root record of a state.
//
// Promises: it is that of the last commit: a record without which there are rows, or that another commit wrote, is
// `state-corrupt`.

import { type Lmdb, ROOT_KEY } from './lmdb.ts'
import { corrupt, decodeRoot, type Root } from './root.ts'

/** Undefined in a new state. `transaction`: that of the last commit. */
export function readRoot(lmdb: Lmdb, transaction: number): Root | undefined {
  const bytes = lmdb.get(ROOT_KEY)
  if (bytes === undefined) {
    if (!lmdb.isEmpty()) throw corrupt(lmdb.dir, 'its root record is missing')
    return undefined
  }
  const root = decodeRoot(bytes, lmdb.dir)
  if (root.transaction === undefined || root.transaction === transaction) return root
  throw corrupt(lmdb.dir, `its root record is of transaction ${root.transaction}, the last one is ${transaction}`)
}
