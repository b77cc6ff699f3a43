// Folders: made with all that they lie in, and whether only this user may change what is in them.

import { lstatSync, mkdirSync, realpathSync, type Stats, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { LyrebirdError } from '../core/errors.ts'
import { systemFailure } from './system-failure.ts'

/**
 * Makes a folder and those that it lies in, where they are missing. Throws `usage` where the system refuses. Not
 * `recursive`, with which Node tries for ever where the system makes no folders, as in /proc.
 */
export function makeFolder(path: string, mode = 0o777): void {
  if (isFolder(path)) return
  const parent = dirname(path)
  if (parent !== path) makeFolder(parent, mode)
  try {
    mkdirSync(path, mode)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && isFolder(path)) return
    const failure = systemFailure(error, path)
    if (failure !== error) throw failure
    throw new LyrebirdError('usage', `cannot make the folder ${path} (${code})`, {
      where: { path },
      hint: 'name a folder in a place where this user may make one',
      cause: error,
    })
  }
}

/**
 * The folder without links on the way, or null where a user other than this one and root may change what lies there:
 * the folder must be this user's, and none of those that it lies in may let others put another one in its place. A
 * group counts as others, unless it is this user's own first group. Where there are no users (Windows), any folder
 * will do.
 */
export function privateFolder(path: string): string | null {
  const real = realpathSync(resolve(path))
  const user = process.getuid?.()
  if (user === undefined) return real
  const own = lstatSync(real)
  if (own.uid !== user || isOpen(own)) return null
  for (let at = dirname(real); ; at = dirname(at)) {
    const above = lstatSync(at)
    if (above.uid !== user && above.uid !== 0) return null
    // In a sticky folder, such as /tmp, others cannot rename or remove what is ours.
    if (isOpen(above) && (above.mode & 0o1000) === 0) return null
    if (dirname(at) === at) return real
  }
}

const isOpen = ({ mode, gid }: Stats): boolean =>
  (mode & 0o002) !== 0 || ((mode & 0o020) !== 0 && gid !== process.getgid?.())

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
