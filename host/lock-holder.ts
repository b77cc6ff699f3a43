// What a lock file says of its holder, and whether that process still runs.
//
// Promises: one rule for every lock of ours. The holder's socket decides where it can: it answers, or its kernel is
// ours and it refuses. Else its pid decides within one boot and pid namespace, and a local disk decides for earlier
// boots. What none of these can see is `unseen`, never guessed.
// Not here: taking a lock (`process-lock.ts`).

import { open, readdir } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { isLocalDisk } from './local-disk.ts'
import { askLockSocket } from './lock-socket.ts'
import { livenessOf, type ProcessIdentity } from './process-identity.ts'

export interface LockHolder extends ProcessIdentity {
  readonly host: string
  readonly nonce: string
  /** The holder keeps a socket open (`socketName`). Absent in files of versions that had none. */
  readonly socket?: boolean
  /** Number of the file that the holder wrote: a copy of it has another one. */
  readonly inode?: string
}

export interface FoundLock {
  /** Null where the file names no holder: it was damaged, or its bytes never reached the disk. */
  readonly holder: LockHolder | null
  readonly inode: string
  /** When the file was touched last, in ns: a holder that others may not see touches it again and again. */
  readonly touched: bigint
}

/**
 * `ending`: killed, but threads of it are still leaving the kernel and may finish a write. `unseen`: a process of
 * another kernel or container, of which nothing can be known at once.
 */
export type HolderFate = 'running' | 'ending' | 'ended' | 'unseen'

export const socketName = (lock: string, nonce: string): string => `${basename(lock)}-${nonce}.sock`

/** Null where there is no such file. */
export async function readLock(path: string): Promise<FoundLock | null> {
  const handle = await open(path, 'r').catch(e => {
    if ((e as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw e
  })
  if (handle === null) return null
  try {
    const { ino, mtimeNs } = await handle.stat({ bigint: true })
    return { holder: parse(await handle.readFile('utf8')), inode: String(ino), touched: mtimeNs }
  } finally {
    await handle.close()
  }
}

function parse(text: string): LockHolder | null {
  try {
    const holder = JSON.parse(text) as LockHolder
    if (typeof holder.pid !== 'number' || !/^[\w-]{1,64}$/.test(holder.nonce)) return null
    // An empty boot in the file means the host's name, as in `thisProcess`.
    return { ...holder, boot: holder.boot || holder.host }
  } catch {
    return null
  }
}

export async function fateOf(path: string, { holder, inode }: FoundLock): Promise<HolderFate> {
  const directory = dirname(path)
  if (holder === null) return await fateOfUnnamed(path)
  const answer = holder.socket === true ? await askLockSocket(directory, socketName(path, holder.nonce)) : 'unknown'
  const liveness = livenessOf(holder)
  if (answer === 'answers') return liveness === 'ended' ? 'ending' : 'running'
  if (liveness === 'other-boot') return isLocalDisk(directory) ? 'ended' : 'unseen'
  if (answer === 'refuses') return 'ended'
  // The directory is a copy, made while the holder was writing the original.
  if (answer === 'absent' && holder.inode !== undefined && holder.inode !== inode) return 'ended'
  return liveness === 'other-namespace' ? 'unseen' : liveness
}

async function fateOfUnnamed(path: string): Promise<HolderFate> {
  const directory = dirname(path)
  for (const name of await readdir(directory)) {
    if (!name.startsWith(`${basename(path)}-`) || !name.endsWith('.sock')) continue
    if ((await askLockSocket(directory, name)) === 'answers') return 'running'
  }
  return isLocalDisk(directory) ? 'ended' : 'unseen'
}
