// Names in SQL.

import { LyrebirdError } from '../../core/errors.ts'

export interface TableName {
  /** Null: the first schema of the search path. */
  readonly schema: string | null
  readonly table: string
}

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** `traffic`, or `schema.traffic`. Throws `usage`. */
export function tableName(text: string): TableName {
  const parts = text.split('.')
  const isName = (part: string): boolean => part !== '' && !part.includes('\0') && Buffer.byteLength(part) <= 50
  if (parts.length > 2 || !parts.every(isName)) {
    throw new LyrebirdError('usage', `${JSON.stringify(text.slice(0, 80))} is no name of a table`, {
      hint: "write table: 'traffic', or table: 'schema.traffic'; a name has 1 to 50 bytes",
    })
  }
  const [first, second] = parts as [string, string | undefined]
  return second === undefined ? { schema: null, table: first } : { schema: first, table: second }
}

/** A name beside the table, in the same schema. */
export const beside = ({ schema }: TableName, table: string): string =>
  schema === null ? quoted(table) : `${quoted(schema)}.${quoted(table)}`

export const sqlName = (name: TableName): string => beside(name, name.table)

export const shownName = ({ schema, table }: TableName): string => (schema === null ? table : `${schema}.${table}`)
