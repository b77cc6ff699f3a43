// Errors of the file system as typed failures of a log.
//
// Promises: no room is `disk-full`; a symbolic link where a file of a log should be is `usage` with the path; anything
// else is what host/system-failure.ts makes of it.

import { LyrebirdError } from '../core/errors.ts'
import { systemFailure } from '../host/system-failure.ts'

const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

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
  if (code !== 'ELOOP') return systemFailure(cause, path)
  return new LyrebirdError('usage', `${path} is a symbolic link; links inside a log directory are not followed`, {
    where: { path },
    hint: 'move it away, or restore the file itself',
    cause,
  })
}
