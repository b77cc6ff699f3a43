// Errors of the file system as typed failures of a log.
//
// Promises: a symbolic link where a file of a log should be is `usage` with the path; the rest is as
// host/system-failure.ts says.

import { LyrebirdError } from '../core/errors.ts'
import { systemFailure } from '../host/system-failure.ts'

/** The failure to throw for an error of the file system at `path`. */
export function fileFailure(path: string, cause: unknown): unknown {
  if ((cause as { code?: unknown }).code !== 'ELOOP') return systemFailure(cause, path)
  return new LyrebirdError('usage', `${path} is a symbolic link; links inside a log directory are not followed`, {
    where: { path },
    hint: 'move it away, or restore the file itself',
    cause,
  })
}
