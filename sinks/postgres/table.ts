// Makes a view's table where it is missing, and checks it where it is there.
//
// Promises: nothing is changed in a table that holds rows and is not known: it is somebody else's. Further columns that
// take NULL or have a default, indexes, rights and views of the user's own stay as they are.

import { LyrebirdError } from '../../core/errors.ts'
import type { SinkView } from '../../core/sink/row-sink.ts'
import { type Column, KEY_COLUMN } from './columns.ts'
import type { Transaction } from './connection.ts'
import { shownName, type TableName } from './names.ts'
import { type Statements, sinkName } from './statements.ts'

export interface TableOptions {
  readonly name: TableName
  readonly view: SinkView
  readonly columns: readonly Column[]
  readonly sql: Statements
}

/** Number of the advisory lock under which tables are made: two that make one at the same time would fail. */
const MAKING = 4_711_042

/** Whether the table was made. Throws `sink-refused`, `sink-owned`. */
export async function makeTable(transaction: Transaction, options: TableOptions): Promise<boolean> {
  const { sql } = options
  const isThere = (name: string): Promise<boolean> => isNamed(transaction, name)
  const [table, fences] = [await isThere(sql.table), await isThere(sql.fences)]
  if (!table || !fences) await transaction.query(`SELECT pg_advisory_xact_lock(${MAKING})`)
  if (!fences) await transaction.query(sql.createFences)
  const makes = !(table || (await isThere(sql.table)))
  if (makes) await transaction.query(sql.createTable)
  else await checkTable(transaction, options)
  if (sql.createClosed !== null && !(await isThere(sql.closed))) await transaction.query(sql.createClosed)
  return makes
}

/** Whether there is a table, view or other relation of this name. */
export async function isNamed(transaction: Transaction, name: string): Promise<boolean> {
  const [row] = await transaction.query('SELECT to_regclass($1) IS NOT NULL AS there', [name])
  return row?.there === true
}

/** Of a table that is there. Throws `sink-refused`, `sink-owned`. */
export async function checkTable(transaction: Transaction, options: TableOptions): Promise<void> {
  const { name, columns, sql } = options
  const knows = await isNamed(transaction, sql.fences)
  const [known] = knows ? await transaction.query(`SELECT FROM ${sql.fences} WHERE sink = $1`, [sinkName(name)]) : []
  if (known === undefined && !(await isEmpty(transaction, sql))) throw foreign(name)
  const found = await transaction.query(
    `SELECT attname AS name, format_type(atttypid, atttypmod) AS type, attnotnull AND NOT atthasdef AS needed
     FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped`,
    [sql.table],
  )
  const types = new Map(found.map(column => [column.name as string, column.type as string]))
  const wanted = new Map<string, string>([[KEY_COLUMN, 'bytea'], ...columns.map(c => [c.name, c.type] as const)])
  const problems = [...wanted].flatMap(([column, type]) => {
    const there = types.get(column)
    const shown = type === 'timestamptz' ? 'timestamp with time zone' : type
    if (there === undefined) return [`it has no column ${column} (${type})`]
    return there === shown ? [] : [`column ${column} is ${there}, not ${type}`]
  })
  const needed = found.filter(column => column.needed === true && !wanted.has(column.name as string))
  problems.push(...needed.map(column => `column ${String(column.name)} has no default and takes no NULL`))
  if (problems.length > 0) throw otherColumns(options, problems)
}

export async function isEmpty(transaction: Transaction, { table }: Statements): Promise<boolean> {
  const [row] = await transaction.query(`SELECT NOT EXISTS (SELECT FROM ${table}) AS empty`)
  return row?.empty === true
}

function foreign(name: TableName): LyrebirdError {
  const table = shownName(name)
  return new LyrebirdError('sink-owned', `table ${table} has rows that lyrebird did not write`, {
    where: { table },
    hint: 'bind the view to another table in lyrebird.config.ts, or empty this one',
  })
}

function otherColumns({ name, view }: TableOptions, problems: readonly string[]): LyrebirdError {
  const table = shownName(name)
  return new LyrebirdError('sink-refused', `table ${table} does not fit view ${view.name}: ${problems.join('; ')}`, {
    where: { table, view: view.name },
    hint: 'bind the view to another table in lyrebird.config.ts, or drop this one: it is made and filled again',
  })
}
