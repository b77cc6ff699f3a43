// What lmdb says as a typed failure.
//
// Promises: everything that lmdb throws becomes one: no room, a failing disk, a limit, no permission, or a damaged
// state. Never a bug of ours, since lmdb's own words are all that is known.

import { isLyrebirdError, LyrebirdError } from '../core/errors.ts'
import { systemFailure } from '../host/system-failure.ts'
import { processNumberTaken } from './process-number.ts'
import { corrupt } from './root.ts'

/** What was known of the disk when it failed. */
interface Room {
  /** Bytes that were to be written. */
  readonly wanted: number
  /** Bytes that there was room for. */
  readonly there: number
}

const FULL = /No space left|ENOSPC|File too large|EFBIG|quota|EDQUOT/i
/** Also what lmdb says of a write that the disk took in part, and of everything after it in the same transaction. */
const UNCLEAR = /Input\/output error|EIO|MDB_BAD_TXN/i
/** lmdb waits for another process of this number for ten seconds, then has no transaction. */
const NUMBER_TAKEN = /No transaction to renew/i
const READERS = /MDB_READERS_FULL/i
const MAP = /MDB_MAP_FULL|MDB_MAP_RESIZED|Cannot allocate memory|ENOMEM/i
const REFUSED = /EACCES|EPERM|EROFS|ENOTDIR|EEXIST|ENOENT|Permission denied|Read-only file system|Not a directory/i

export function translate(e: unknown, dir: string, room: Room = { wanted: 0, there: 0 }): unknown {
  if (isLyrebirdError(e) || !(e instanceof Error)) return e
  const failure = systemFailure(e, dir)
  if (failure !== e) return failure
  const { message } = e
  if (FULL.test(message) || (UNCLEAR.test(message) && room.wanted > room.there)) return diskFull(dir, message, e)
  if (/Input\/output error|EIO/i.test(message)) return systemFailure(Object.assign(e, { code: 'EIO' }), dir)
  if (NUMBER_TAKEN.test(message)) return processNumberTaken(dir, e)
  if (READERS.test(message)) {
    return limit(dir, 'too many processes read it', 'end some of them, or wait for them', e)
  }
  if (MAP.test(message)) return addressSpace(dir, e)
  if (/MDB_|LMDB/.test(message)) return corrupt(dir, message, e)
  if (!REFUSED.test(message)) return e
  return new LyrebirdError('usage', `cannot use ${dir} as a state directory: ${message}`, {
    where: { state: dir },
    hint: 'name a directory that this user may write: --state DIR',
    cause: e,
  })
}

export function diskFull(dir: string, why: string, cause?: unknown): LyrebirdError {
  return new LyrebirdError(
    'disk-full',
    `the disk did not take the commit to the state in ${dir} (${why}); its last commit is intact`,
    {
      where: { state: dir },
      hint: 'make room on the disk and run the same command again: it goes on from the last commit',
      cause,
    },
  )
}

/** The failure of a process that may not map the file of the state. */
export const addressSpace = (dir: string, cause?: unknown): LyrebirdError =>
  limit(dir, 'the address space of this process is too small for it', 'raise the limit: ulimit -v unlimited', cause)

/** The failure where the locks in lmdb's own file stay of no use while others have it open. */
export const locksUnusable = (dir: string, cause?: unknown): LyrebirdError =>
  limit(dir, 'processes that have it open left its lock file unusable', 'end the processes that read it', cause)

function limit(dir: string, why: string, hint: string, cause: unknown): LyrebirdError {
  return new LyrebirdError('system-limit', `the state in ${dir} cannot be opened or written: ${why}`, {
    where: { state: dir },
    hint,
    cause,
  })
}
