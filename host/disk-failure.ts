// Errors of a full disk as a typed failure.
//
// Promises: `ENOSPC`, `EDQUOT` and `EFBIG` become `disk-full` with the path; every other error stays as it is.

import { LyrebirdError } from '../core/errors.ts'

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/** `disk-full` where the system says that there is no room; otherwise the error itself. */
export function diskFailure(error: unknown, path: string): unknown {
  const { code } = error as { code?: unknown }
  if (typeof code !== 'string' || !FULL.has(code)) return error
  return new LyrebirdError('disk-full', `no room on the disk of ${path}`, {
    where: { path },
    hint: 'the last commit is intact; make room and run the command again',
    cause: error,
  })
}
