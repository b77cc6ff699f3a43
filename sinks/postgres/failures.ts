// What a failure of Postgres, or of the way to it, means.
//
// Promises: what may pass is `SinkAway` and tried again; everything else is a typed failure that names the table and
// what to do. No text holds a password: only the server's own words are shown.

import { LyrebirdError, messageOf } from '../../core/errors.ts'
import { isSinkAway, SinkAway } from '../../core/sink/row-sink.ts'

/** Conditions that pass by themselves, or once somebody has made room; the outcome of a commit may be unknown. */
const PASSING = [
  /^08/, // the connection
  /^40/, // serialization, deadlock
  /^53/, // no room on the disk, no memory, too many connections
  /^55P03$/, // a lock was not to be had
  /^57/, // shut down, starting up, cancelled
  /^58/, // the server's own input and output
  /^25006$/, // a standby, until it has become the primary
  /^CONNECT/, // of the library: closed, ended, destroyed, timed out
  /^E(CONN|PIPE|NOTFOUND|AI_AGAIN|TIMEDOUT|HOST|NET|NOENT)/,
]

const AUTH = [/^28/]
/** Of TLS. */
const SECURITY = [/^ERR_(TLS|SSL)/, /CERT/, /^(UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH)/]

const isOneOf = (code: string, patterns: readonly RegExp[]): boolean => patterns.some(pattern => pattern.test(code))

export function failureOf(error: unknown, table: string): Error {
  if (error instanceof LyrebirdError || isSinkAway(error)) return error
  const code = String((error as { code?: unknown } | null)?.code ?? '')
  const text = messageOf(error)
  const where = { table, code }
  if (isOneOf(code, SECURITY)) {
    return new LyrebirdError('sink-auth', `Postgres, for table ${table}, is not who it must be: ${text}`, {
      where,
      hint: 'name the authority that signed its certificate with sslrootcert=FILE in the address, or correct the host',
      cause: error,
    })
  }
  if (isOneOf(code, PASSING)) return new SinkAway(`Postgres, for table ${table}: ${text}`, { cause: error })
  if (isOneOf(code, AUTH)) {
    return new LyrebirdError('sink-auth', `Postgres refuses the login for table ${table}: ${text}`, {
      where,
      hint: 'correct user and password in the address that the configuration names, such as that in DATABASE_URL',
      cause: error,
    })
  }
  if (code === '42501') {
    return new LyrebirdError('sink-refused', `Postgres refuses what table ${table} needs: ${text}`, {
      where,
      hint: 'grant the user SELECT, INSERT, UPDATE and DELETE on the table and on lyrebird_sinks, or CREATE on the schema',
      cause: error,
    })
  }
  if (code === '3D000' || code === '3F000') {
    return new LyrebirdError('sink-refused', `Postgres has no place for table ${table}: ${text}`, {
      where,
      hint: code === '3D000' ? 'make the database, or correct the address' : 'make the schema: CREATE SCHEMA ...',
      cause: error,
    })
  }
  return new LyrebirdError('sink-failed', `Postgres could not write table ${table}: ${text}`, { where, cause: error })
}
