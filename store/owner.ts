// Which process owns a state, as far as it can be seen from here.

import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { livenessOf, type ProcessIdentity } from '../host/process-identity.ts'
import { Lmdb, stateFile } from './lmdb.ts'
import { readRoot } from './read-root.ts'

/**
 * An owner that cannot be seen from here (another machine, an earlier boot, another container) counts as ended: if it
 * is still running, the next epoch fences it off. Only one that is seen to run is worth waiting for.
 */
export const isOwning = (holder: ProcessIdentity): boolean => livenessOf(holder) === 'running'

/** The process that writes a state now; null where none does. Throws `state-corrupt`, `state-too-new`. */
export async function ownerOf(directory: string): Promise<ProcessIdentity | null> {
  const dir = resolve(directory)
  if (!existsSync(stateFile(dir))) return null
  const lmdb = new Lmdb(dir, { readOnly: true })
  try {
    const owner = readRoot(lmdb, lmdb.guard.transaction)?.owner ?? null
    return owner !== null && isOwning(owner) ? owner : null
  } finally {
    await lmdb.close()
  }
}
