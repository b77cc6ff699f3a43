// Opens a log by what a user types: a directory, or kafka://HOST:PORT,..., and stored files before it.

import { orClose } from '../core/close-all.ts'
import { LyrebirdError } from '../core/errors.ts'
import { DirectoryLog } from './directory.ts'
import { isKafkaAddress } from './kafka/login/address.ts'
import type { Log } from './log.ts'
import type { Patience } from './patience.ts'

/** Where a log is, as worker threads can be told: `archive` is a directory with older records of the same topics. */
export type LogPlace = string | { readonly archive: string; readonly log: string }

export const isLogPlace = (log: LogPlace | Log): log is LogPlace => typeof log === 'string' || 'archive' in log

/** The log that goes on, without its archive. */
export const liveOf = (place: LogPlace): string => (typeof place === 'string' ? place : place.log)

/**
 * Throws `usage` for a directory that is not there and for a malformed address; `broker-unreachable` and `broker-auth`.
 */
export async function openLog(place: LogPlace, patience: Patience = {}): Promise<Log> {
  if (typeof place === 'string') return await openOne(place, patience)
  const { ArchivedLog } = await import('./archived/archived-log.ts')
  const archive = await openOne(place.archive, patience)
  return await orClose(
    async () => new ArchivedLog(archive, await openOne(place.log, patience)),
    () => archive.close(),
  )
}

async function openOne(spec: string, patience: Patience): Promise<Log> {
  if (isKafkaAddress(spec)) {
    // Loaded only where it is needed: the client takes time to load, and most logs are directories.
    const { openKafkaLog } = await import('./kafka/index.ts')
    return await openKafkaLog(spec, { patience })
  }
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(spec)
  if (scheme !== null) {
    throw new LyrebirdError('usage', `a log at ${scheme[1]}:// cannot be read`, {
      hint: 'give a directory, or kafka://HOST:PORT,...',
    })
  }
  if (spec.includes('\0')) throw new LyrebirdError('usage', 'the name of the log directory holds a NUL character')
  return await DirectoryLog.open(spec)
}
