// Errors of the file system as typed failures.
//
// Promises: no room is `disk-full`; a file that may not be opened or written is `usage` with the path; anything else is
// what host/system-failure.ts makes of it.

import { LyrebirdError } from '../core/errors.ts'
import { systemFailure } from '../host/system-failure.ts'

const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
const NOT_ALLOWED = new Set(['EACCES', 'EPERM', 'EROFS', 'ELOOP'])

/** The failure to throw for an error of the file system at `path`. */
export function fileFailure(path: string, cause: unknown): unknown {
  const code = String((cause as { code?: unknown }).code)
  if (NO_ROOM.has(code)) {
    return new LyrebirdError('disk-full', `no room on the disk of ${path}`, {
      where: { path },
      hint: 'nothing of this write is visible; make room and run the command again',
      cause,
    })
  }
  if (!NOT_ALLOWED.has(code)) return systemFailure(cause, path)
  return new LyrebirdError('usage', `${path} cannot be opened or written (${code})`, {
    where: { path },
    hint: 'check the permissions of the directory',
    cause,
  })
}
