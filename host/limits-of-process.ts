// Limits that the system sets for this process: address space, open files, size of files; and the room on a disk.
//
// Promises: infinity where there is no limit, or none that can be seen. Reads /proc, so elsewhere than on Linux limits
// are not seen.

import { readFileSync, statfsSync } from 'node:fs'

/** Bytes of address space that this process may still map. */
export function addressSpaceLeft(): number {
  const limit = limitOf('Max address space')
  if (limit === Number.POSITIVE_INFINITY) return limit
  const pages = Number(textOf('/proc/self/statm').split(' ')[0])
  return Math.max(0, limit - pages * 4096)
}

/** Bytes that a file of this process may have. */
export const fileSizeMax = (): number => limitOf('Max file size')

/** Files that this process may have open. */
export const openFilesMax = (): number => limitOf('Max open files')

/** Bytes that this user may still write to the disk of a folder. */
export function diskRoom(folder: string): number {
  try {
    const { bavail, bfree, bsize } = statfsSync(folder)
    return (process.getuid?.() === 0 ? bfree : bavail) * bsize
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

/** The soft limit in bytes. */
function limitOf(name: string): number {
  const line = textOf('/proc/self/limits')
    .split('\n')
    .find(text => text.startsWith(name))
  const soft = Number(line?.slice(name.length).trim().split(/\s+/)[0])
  return Number.isFinite(soft) ? soft : Number.POSITIVE_INFINITY
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
