// The only module that uses lmdb: opens the environment of a state, makes keys, reads and writes.
//
// Promises: a transaction that has returned is on the disk (no overlapping sync: data, then the meta page, each
// synced). lmdb follows no page that has not been checked (pages/page-guard.ts), and gets no more room than there is,
// since a page or a map that is missing would end the process. What it throws is typed (lmdb-failure.ts).
// Not here: what the keys hold (`writer.ts`, `reader.ts`).

import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { open, type RootDatabase, type Transaction } from 'lmdb'
import { invariant } from '../core/errors.ts'
import { diskRoom, fileSizeMax } from '../host/limits-of-process.ts'
import { READERS_MAX } from './limits.ts'
import { addressSpace, diskFull, translate } from './lmdb-failure.ts'
import { mapBytesFor } from './map-bytes.ts'
import { makeStateFile } from './new-file.ts'
import { bytesOf, type Meta, readMeta } from './pages/meta.ts'
import { PageGuard } from './pages/page-guard.ts'
import { checkProcessNumber, noteClosed, noteOpened } from './process-number.ts'
import { corrupt } from './root.ts'
import { isWhole } from './runs/block.ts'

export const stateFile = (dir: string): string => join(dir, 'state.mdb')

export class Lmdb {
  readonly dir: string
  readonly db: RootDatabase<Uint8Array, Uint8Array>
  readonly guard: PageGuard
  /** The commit that was checked, pinned until it is released: for readers. */
  readonly pinned: Transaction
  readonly #mapBytes: number
  /** Bytes that the transaction may put, by the disk and by the map; and what it has put. */
  #room = { disk: 0, map: 0 }
  #put = 0
  #released = false
  #closed = false

  /** Throws `state-corrupt`, `system-limit`, `usage`. The directory exists. */
  constructor(dir: string, options: { readonly readOnly: boolean }) {
    this.dir = dir
    const path = stateFile(dir)
    try {
      if (!existsSync(path) && !options.readOnly) makeStateFile(dir, path)
      readMeta(dir, path)
      this.#mapBytes = mapBytesFor(dir, statSync(path).size)
      checkProcessNumber(dir, path)
      this.db = openFile(path, options.readOnly, this.#mapBytes)
      noteOpened(path)
    } catch (e) {
      throw translate(e, dir)
    }
    try {
      const { transaction, meta } = pin(this.db, () => readMeta(dir, path))
      this.pinned = transaction
      this.guard = new PageGuard(dir, path, meta, options.readOnly ? 'read' : 'write')
    } catch (e) {
      void this.db.close()
      noteClosed(path)
      throw translate(e, dir)
    }
  }

  /** A copy of a value. */
  get(key: Uint8Array, transaction?: Transaction): Uint8Array | undefined {
    const options = transaction && { transaction }
    const bytes = this.#guarded(() => (this.db.getBinary as Get).call(this.db, key, options))
    return bytes === undefined ? undefined : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  /** A checked block of a run, valid until the next read. */
  block(run: number, ordinal: number, transaction?: Transaction): Uint8Array {
    this.guard.block(run, ordinal)
    const options = transaction && { transaction }
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

  /** Runs `action` in one transaction, durable on return; undone if it throws. */
  transaction<T>(action: () => T): T {
    this.#put = 0
    this.#room = this.#roomNow()
    try {
      return this.db.transactionSync(action)
    } catch (e) {
      throw translate(e, this.dir, { wanted: Math.max(this.#put, 2 ** 20), there: roomLeft(this.dir) })
    }
  }

  /** Lets go of the commit that was checked. */
  release(): void {
    if (this.#released) return
    this.#released = true
    this.pinned.done()
  }

  async close(): Promise<void> {
    this.release()
    this.guard.close()
    await this.db.close()
    if (!this.#closed) noteClosed(stateFile(this.dir))
    this.#closed = true
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

/**
 * A read transaction at the last commit, though others may commit meanwhile. A commit writes its meta page first and
 * announces itself to new readers after that: in between, a reader still gets the commit before.
 */
function pin(db: RootDatabase<Uint8Array, Uint8Array>, last: () => Meta): { transaction: Transaction; meta: Meta } {
  for (let look = 1; ; look++) {
    db.resetReadTxn()
    const transaction = db.useReadTransaction()
    const meta = last()
    // A commit that was killed before it could announce itself never does.
    if (meta.transaction === newestPinned(db) || look === LOOKS) return { transaction, meta }
    transaction.done()
  }
}

/**
 * The newest transaction that this process reads, by lmdb's own table. Not by opening its lock file: closing that again
 * would give up the locks by which others see that this process lives (fcntl(2)).
 */
function newestPinned(db: RootDatabase<Uint8Array, Uint8Array>): number {
  const rows = [...db.readerList().matchAll(/^ *(\d+) +\S+ +(\d+)$/gm)]
  return Math.max(0, ...rows.filter(([, pid]) => Number(pid) === process.pid).map(([, , id]) => Number(id)))
}

/** Looks at a commit that is about to announce itself: some tenths of a second. */
const LOOKS = 5000

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

/** The options of reads are missing from lmdb's types. */
type Get = (key: Uint8Array, options: object | undefined) => Uint8Array | undefined

/** lmdb's reusable buffer, cut to the value. Its `length` is the value's, its memory is larger. */
function fastGet(
  db: RootDatabase<Uint8Array, Uint8Array>,
  key: Uint8Array,
  options: object | undefined,
): Uint8Array | undefined {
  const bytes = (db.getBinaryFast as Get).call(db, key, options)
  return bytes === undefined ? undefined : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
}

function openFile(path: string, readOnly: boolean, mapSize: number): RootDatabase<Uint8Array, Uint8Array> {
  return withoutTimersOnFailure(() =>
    open<Uint8Array, Uint8Array>(path, {
      encoding: 'binary',
      keyEncoding: 'binary',
      noSubdir: true,
      overlappingSync: false,
      maxReaders: READERS_MAX,
      readOnly,
      mapSize,
    }),
  )
}

/** A failed opening leaves a timer behind, whose action would fail where nobody can catch it. */
function withoutTimersOnFailure<T>(action: () => T): T {
  const own = globalThis.setTimeout
  const timers: NodeJS.Timeout[] = []
  globalThis.setTimeout = Object.assign((...args: Parameters<typeof own>) => {
    const timer = own(...args)
    timers.push(timer)
    return timer
  }, own)
  try {
    return action()
  } catch (e) {
    for (const timer of timers) clearTimeout(timer)
    throw e
  } finally {
    globalThis.setTimeout = own
  }
}
