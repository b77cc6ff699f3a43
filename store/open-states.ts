// The states that this process has open, and their lock files.
//
// lmdb shows others by locks on that file that this process lives, and closing any descriptor of it gives them all up
// (fcntl(2)): so it is neither read nor closed here while the state is open.
// Promises: one descriptor for each state at most; closed after lmdb's own.
// Not here: what the file says to others (environment.ts, process-number.ts).

import { closeSync, openSync, readSync, writeSync } from 'node:fs'

interface OpenState {
  /** How often it is open. */
  count: number
  lockFile: number | undefined
}

/** One for all copies of this module: commands are bundled, and load other parts of the package beside that. */
const REGISTRY = Symbol.for('lyrebird.openStates')
const shared = globalThis as { [REGISTRY]?: Map<string, OpenState> }
shared[REGISTRY] ??= new Map()
const states = shared[REGISTRY]

export const isOpenHere = (path: string): boolean => states.has(path)

/** To be called after lmdb has opened it. */
export function noteOpened(path: string): void {
  const state = states.get(path)
  if (state === undefined) states.set(path, { count: 1, lockFile: undefined })
  else state.count++
}

/** To be called after lmdb has closed it. */
export function noteClosed(path: string): void {
  const state = states.get(path)
  if (state === undefined || --state.count > 0) return
  states.delete(path)
  if (state.lockFile !== undefined) closeSync(state.lockFile)
}

const MAGIC = 0xbeefc0de
/** Where the file has the last transaction, behind a magic number and a version (mdb.c, MDB_txbody). */
const ANNOUNCED = 8

/**
 * Tells those who begin a transaction that `transaction` is the last one. Only for a writer of a state that is open
 * here. False where the file is not one of lmdb's.
 */
export function announce(path: string, transaction: number): boolean {
  const state = states.get(path)
  if (state === undefined) return false
  state.lockFile ??= openSync(`${path}-lock`, 'r+')
  const little = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1
  const view = new DataView(new ArrayBuffer(8))
  if (readSync(state.lockFile, view, 0, 4, 0) !== 4 || view.getUint32(0, little) !== MAGIC) return false
  view.setBigUint64(0, BigInt(transaction), little)
  return writeSync(state.lockFile, view, 0, 8, ANNOUNCED) === 8
}
