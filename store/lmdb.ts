// The environment of a state as the modules beside it use it: makes keys, reads and writes.
//
// Promises: a transaction that has returned is on the disk (no overlapping sync: data, then the meta page, each
// synced). lmdb follows no page that has not been checked (pages/page-guard.ts), and gets no more room than there is,
// since a page or a map that is missing would end the process. What it throws is typed (lmdb-failure.ts).
// Not here: how it is opened beside other processes (environment.ts), what the keys hold (writer.ts, reader.ts).

import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ABORT, type RootDatabase, type Transaction } from 'lmdb'
import { invariant, isLyrebirdError, type LyrebirdError } from '../core/errors.ts'
import { diskRoom, fileSizeMax } from '../host/limits-of-process.ts'
import { closeEnvironment, type Environment, openEnvironment, pinLast } from './environment.ts'
import { addressSpace, diskFull, locksUnusable, translate } from './lmdb-failure.ts'
import { mapBytesFor } from './map-bytes.ts'
import { makeStateFile } from './new-file.ts'
import { announce } from './open-states.ts'
import { bytesOf, readMeta } from './pages/meta.ts'
import { PageGuard } from './pages/page-guard.ts'
import { checkProcessNumber } from './process-number.ts'
import { corrupt } from './root.ts'
import { isWhole } from './runs/block.ts'

export const stateFile = (dir: string): string => join(dir, 'state.mdb')

export class Lmdb {
  readonly dir: string
  readonly db: RootDatabase<Uint8Array, Uint8Array>
  readonly guard: PageGuard
  /** For a reader the commit that was checked, for a writer its last one: what is read outside transactions. */
  #pinned: Transaction
  readonly #mapBytes: number
  /** Bytes that the transaction may put, by the disk and by the map; and what it has put. */
  #room = { disk: 0, map: 0 }
  #put = 0
  #closed = false
  #diskFailure: LyrebirdError | null = null

  /** Throws `state-corrupt`, `system-limit`, `usage`. The directory exists. */
  constructor(dir: string, { readOnly, durable = true }: { readonly readOnly: boolean; readonly durable?: boolean }) {
    this.dir = dir
    const path = stateFile(dir)
    let opened: Environment
    try {
      if (!existsSync(path) && !readOnly) makeStateFile(dir, path)
      readMeta(dir, path)
      this.#mapBytes = mapBytesFor(dir, statSync(path).size)
      checkProcessNumber(dir, path)
      opened = openEnvironment(dir, path, { readOnly, durable, mapSize: this.#mapBytes })
    } catch (e) {
      throw translate(e, dir)
    }
    this.db = opened.db
    this.#pinned = opened.pinned
    try {
      this.guard = new PageGuard(dir, path, opened.meta, readOnly ? 'read' : 'write')
    } catch (e) {
      void closeEnvironment(this.db, path)
      throw translate(e, dir)
    }
  }

  /** A copy of a value. */
  get(key: Uint8Array, transaction = this.#pinned): Uint8Array | undefined {
    const options = { transaction }
    const bytes = this.#guarded(() => (this.db.getBinary as Get).call(this.db, key, options))
    return bytes === undefined ? undefined : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  isEmpty(): boolean {
    return this.#guarded(() => this.db.getKeysCount({ limit: 1, transaction: this.#pinned }) === 0)
  }

  /** A checked block of a run, valid until the next read. */
  block(run: number, ordinal: number, transaction = this.#pinned): Uint8Array {
    this.guard.block(run, ordinal)
    const options = { transaction }
    const bytes = this.#guarded(() => fastGet(this.db, blockKey(run, ordinal), options))
    if (bytes === undefined) throw corrupt(this.dir, `block ${ordinal} of run ${run} is missing`)
    if (!isWhole(bytes, run, ordinal)) {
      throw corrupt(this.dir, `the checksum of block ${ordinal} of run ${run} does not match`)
    }
    return bytes
  }

  /** Puts a value in the transaction. With `append` the key is past all others. Throws `disk-full`, `system-limit`. */
  put(key: Uint8Array, value: Uint8Array, append = false): void {
    this.#put += value.length
    if (this.#put > this.#room.disk) throw diskFull(this.dir, 'no space left')
    // A value may take a page, and another one where a page is split.
    this.#room.map -= value.length + 2 * 4096
    if (this.#room.map < 0) throw addressSpace(this.dir)
    const taken = this.db.putSync(key, value, append ? { append: true } : {}) as unknown
    // The numbers of runs rise, so that a key past theirs is none of ours.
    if (append && taken !== true) throw corrupt(this.dir, 'it has a key past those of its runs')
    invariant(taken === true, 'lmdb takes what is put')
  }

  remove(key: Uint8Array): void {
    this.#room.map -= 2 * 4096
    if (this.#room.map < 0) throw addressSpace(this.dir)
    this.db.removeSync(key)
  }

  /** The commit that is read, for as long as it is held, also if others follow: to be given back with `done`. */
  hold(): Transaction {
    const held = this.#pinned as HeldTransaction
    held.use()
    return held
  }

  /** Runs `action` in one transaction, durable on return; undone if it throws. What is read after it is its commit. */
  transaction<T>(action: () => T): T {
    if (this.#diskFailure !== null) throw this.#diskFailure
    this.#put = 0
    this.#room = this.#roomNow()
    try {
      const result = this.#afterLast(action)
      const { pinned } = pinLast(this.db, this.dir, stateFile(this.dir))
      this.#pinned.done()
      this.#pinned = pinned
      return result
    } catch (e) {
      const failure = translate(e, this.dir, { wanted: Math.max(this.#put, 2 ** 20), there: roomLeft(this.dir) })
      if (isLyrebirdError(failure) && failure.code === 'disk-failed') this.#diskFailure ??= failure
      throw failure
    }
  }

  /** Whether the disk has failed: what it was to write is gone, and nothing more is to be written. */
  get diskFailed(): boolean {
    return this.#diskFailure !== null
  }

  /** Begins at the last commit, which another process may have hidden by opening the state (environment.ts). */
  #afterLast<T>(action: () => T): T {
    const path = stateFile(this.dir)
    for (;;) {
      const last = readMeta(this.dir, path).transaction
      const result: { of?: T } = this.db.transactionSync(() =>
        this.db.getWriteTxnId() === last + 1 ? { of: action() } : ABORT,
      )
      if (result !== ABORT) return result.of as T
      if (!announce(path, readMeta(this.dir, path).transaction)) throw locksUnusable(this.dir)
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#pinned.done()
    this.guard.close()
    await closeEnvironment(this.db, stateFile(this.dir))
  }

  /** Pages of the file that no commit uses take what is put, too. */
  #roomNow(): { disk: number; map: number } {
    const path = stateFile(this.dir)
    const { blocks } = statSync(path)
    const { used, file } = bytesOf(readMeta(this.dir, path))
    const disk = Math.min(diskRoom(this.dir) + Math.max(0, blocks * 512 - used), fileSizeMax() - used)
    return { disk, map: this.#mapBytes - file }
  }

  #guarded<T>(read: () => T): T {
    try {
      return read()
    } catch (e) {
      throw translate(e, this.dir)
    }
  }
}

/** Bytes that the disk takes beyond what the file has already. */
const roomLeft = (dir: string): number => Math.min(diskRoom(dir), fileSizeMax() - statSync(stateFile(dir)).size)

/** Keys: one byte for the kind; blocks sort last, so that those of a new run are always appended. */
export const ROOT_KEY = Uint8Array.of(1)

export function documentKey(name: string): Uint8Array {
  const text = new TextEncoder().encode(name)
  const key = new Uint8Array(text.length + 1)
  key[0] = 2
  key.set(text, 1)
  return key
}

const scratch = new Uint8Array(11)
const scratchView = new DataView(scratch.buffer)
scratch[0] = 3

/** Valid until the next call. */
export function blockKey(run: number, ordinal: number): Uint8Array {
  scratchView.setUint16(1, Math.floor(run / 2 ** 32))
  scratchView.setUint32(3, run >>> 0)
  scratchView.setUint32(7, ordinal)
  return scratch
}

/** What is missing from lmdb's types. */
interface HeldTransaction extends Transaction {
  use(): void
}

/** The options of reads are missing from lmdb's types. */
type Get = (key: Uint8Array, options: object) => Uint8Array | undefined

/** lmdb's reusable buffer, cut to the value. Its `length` is the value's, its memory is larger. */
function fastGet(db: RootDatabase<Uint8Array, Uint8Array>, key: Uint8Array, options: object): Uint8Array | undefined {
  const bytes = (db.getBinaryFast as Get).call(db, key, options)
  return bytes === undefined ? undefined : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
}
