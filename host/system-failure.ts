// Errors of the operating system as typed failures: no room, a failing disk, a limit, no permission.
//
// Promises: what the machine is to blame for is never called a bug of ours; every other error stays as it is.
// Not here: errors that lmdb words itself (store/lmdb-failure.ts).

import { isLyrebirdError, LyrebirdError } from '../core/errors.ts'
import { openFilesMax } from './limits-of-process.ts'

const FULL: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
const LIMITS: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE'])
/** Open files with which modules can be loaded. */
const FEW_FILES = 256
const REFUSED: ReadonlySet<unknown> = new Set(['EACCES', 'EPERM', 'EROFS'])

/** The failure to throw for an error. `path` is what was worked on, where the error does not name it. */
export function systemFailure(error: unknown, path?: string): unknown {
  if (isLyrebirdError(error)) return error
  const { code, path: named } = error as { code?: unknown; path?: unknown }
  const where = { path: path ?? (typeof named === 'string' ? named : undefined) }
  const of = where.path === undefined ? '' : ` of ${where.path}`
  if (FULL.has(code)) {
    return new LyrebirdError('disk-full', `no room on the disk${of} (${code})`, {
      where,
      hint: 'the last commit is intact; make room and run the command again',
      cause: error,
    })
  }
  if (code === 'EIO') {
    return new LyrebirdError('disk-failed', `the disk${of} failed (EIO)`, {
      where,
      hint: 'the last commit is intact; check the disk (dmesg shows its errors), then run the command again',
      cause: error,
    })
  }
  // With too few files Node says of a module that is there that it is not.
  if (LIMITS.has(code) || (code === 'ERR_MODULE_NOT_FOUND' && openFilesMax() < FEW_FILES)) {
    const file = where.path === undefined ? 'a file' : where.path
    return new LyrebirdError('system-limit', `too many open files: the system does not open ${file} (${code})`, {
      where,
      hint: 'raise the limit and run the command again: ulimit -n 4096',
      cause: error,
    })
  }
  if (!REFUSED.has(code) || where.path === undefined) return error
  return new LyrebirdError('usage', `${where.path} cannot be opened or written (${code})`, {
    where,
    hint: 'check who owns it and its permissions',
    cause: error,
  })
}

/** Runs `act` and throws errors of the system as typed failures. */
export async function withSystemFailures<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    throw systemFailure(error)
  }
}
