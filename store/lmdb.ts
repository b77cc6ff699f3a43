// The only module that uses lmdb: opens the environment of a state, makes keys, reads, and turns its errors into ours.
//
// Promises: a transaction that has returned is on the disk (no overlapping sync: data, then the meta page, each
// synced); a file that is too short is refused before it is mapped, since touching a missing page would kill the
// process.
// Not here: what the keys hold (`writer.ts`, `reader.ts`).

import { closeSync, existsSync, fsyncSync, openSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { open, type RootDatabase, type Transaction } from 'lmdb'
import { isLyrebirdError, LyrebirdError } from '../core/errors.ts'
import { makeFolder } from '../host/folders.ts'
import { checkFile } from './check-file.ts'
import { MAP_BYTES, READERS_MAX } from './limits.ts'
import { corrupt } from './root.ts'
import { isWhole } from './runs/block.ts'

export const stateFile = (dir: string): string => join(dir, 'state.mdb')

export class Lmdb {
  readonly dir: string
  readonly db: RootDatabase<Uint8Array, Uint8Array>

  constructor(dir: string, options: { readonly readOnly: boolean }) {
    this.dir = dir
    const isNew = !existsSync(stateFile(dir))
    if (!isNew) checkFile(dir, stateFile(dir))
    try {
      if (!options.readOnly) makeFolder(dir)
      this.db = openFile(stateFile(dir), options.readOnly)
      if (isNew) syncDirectories(dir)
    } catch (e) {
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
    const options = transaction && { transaction }
    const bytes = this.#guarded(() => fastGet(this.db, blockKey(run, ordinal), options))
    if (bytes === undefined) throw corrupt(this.dir, `block ${ordinal} of run ${run} is missing`)
    if (!isWhole(bytes, run, ordinal)) {
      throw corrupt(this.dir, `the checksum of block ${ordinal} of run ${run} does not match`)
    }
    return bytes
  }

  /** Runs `action` in one transaction, durable on return; undone if it throws. */
  transaction<T>(action: () => T): T {
    try {
      return this.db.transactionSync(action)
    } catch (e) {
      throw translate(e, this.dir)
    }
  }

  #guarded<T>(read: () => T): T {
    try {
      return read()
    } catch (e) {
      throw translate(e, this.dir)
    }
  }
}

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

function openFile(path: string, readOnly: boolean): RootDatabase<Uint8Array, Uint8Array> {
  return open<Uint8Array, Uint8Array>(path, {
    encoding: 'binary',
    keyEncoding: 'binary',
    noSubdir: true,
    overlappingSync: false,
    maxReaders: READERS_MAX,
    readOnly,
    mapSize: MAP_BYTES,
  })
}

/** Makes the names of a new directory and its file durable. */
function syncDirectories(dir: string): void {
  for (const name of [dir, dirname(dir)]) {
    const fd = openSync(name, 'r')
    try {
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
  }
}

/** lmdb reports a write that the disk took only in part as EIO. */
const FULL = /MDB_MAP_FULL|No space left|ENOSPC|File too large|EFBIG|quota|EDQUOT|Input\/output error|EIO/i
const DAMAGED = /MDB_CORRUPTED|MDB_PAGE_NOTFOUND|MDB_INVALID|MDB_VERSION_MISMATCH|MDB_PANIC|not an LMDB file/i
const REFUSED = /EACCES|EPERM|EROFS|ENOTDIR|EEXIST|Permission denied|Read-only file system|Not a directory/

/** The typed failure for an error of lmdb or of the system; itself where there is none. */
export function translate(e: unknown, dir: string): unknown {
  if (isLyrebirdError(e) || !(e instanceof Error)) return e
  if (FULL.test(e.message)) {
    return new LyrebirdError(
      'disk-full',
      `the disk did not take the commit to the state in ${dir} (${e.message}); its last commit is intact`,
      {
        where: { state: dir },
        hint: 'make room on the disk and run the same command again: it goes on from the last commit',
        cause: e,
      },
    )
  }
  if (DAMAGED.test(e.message)) return corrupt(dir, e.message, e)
  if (REFUSED.test(e.message)) {
    return new LyrebirdError('usage', `cannot use ${dir} as a state directory: ${e.message}`, {
      where: { state: dir },
      hint: 'name a directory that this user may write: --state DIR',
      cause: e,
    })
  }
  return e
}
