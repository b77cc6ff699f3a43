// `postgres(...)`: binds a view to a table of Postgres in a configuration file.

import { LyrebirdError } from '../../core/errors.ts'
import type { RowSinkDefinition } from '../../core/sink/row-sink.ts'
import type { EnvironmentValue } from './address.ts'
import { shownName, tableName } from './names.ts'
import { PostgresSink } from './postgres-sink.ts'

export interface PostgresOptions {
  /**
   * The server: `postgres://USER:PASSWORD@HOST:5432/DATABASE?sslmode=verify-full`. With a password better
   * `env('DATABASE_URL')`.
   */
  readonly url: string | EnvironmentValue
  /** The table, which is made where it is missing: `traffic`, or `schema.traffic`. */
  readonly table: string
}

/**
 * The rows of a view as rows of a table, exactly those of one commit at any time:
 *
 *     sinks: { traffic: postgres({ url: env('DATABASE_URL'), table: 'traffic' }) }
 *
 * Throws `usage` where an option is missing or unknown.
 */
export function postgres(options: PostgresOptions): RowSinkDefinition {
  for (const name of Object.keys(options)) if (!OPTIONS.includes(name)) throw unknown(name)
  const { url, table } = options
  if (typeof table !== 'string') throw missing('table', "'traffic'")
  if (typeof url !== 'string' && typeof url?.env !== 'string') throw missing('url', "env('DATABASE_URL')")
  const name = tableName(table)
  return Object.freeze({
    kind: 'postgres',
    place: `table ${shownName(name)} of Postgres`,
    open: (given: Parameters<RowSinkDefinition['open']>[0]) => new PostgresSink(given, url, name),
  })
}

const OPTIONS: readonly string[] = ['url', 'table']

const unknown = (name: string): LyrebirdError =>
  new LyrebirdError('usage', `postgres() has no option ${name}`, { hint: `options: ${OPTIONS.join(' ')}` })

const missing = (name: string, like: string): LyrebirdError =>
  new LyrebirdError('usage', `postgres() lacks ${name}`, { hint: `add ${name}: ${like}` })
