// Compares a view's table with the rows that it must hold.
//
// Promises: in one transaction that changes nothing: the rows are put beside the table and compared by the database, by
// the values that the columns hold.

import type { SinkComparison, SinkRows } from '../../core/sink/row-sink.ts'
import { type Column, ERROR_COLUMN } from './columns.ts'
import type { Transaction } from './connection.ts'
import { MERGE_MS } from './limits.ts'
import { quoted } from './names.ts'
import { type Statements, TEMPORARY } from './statements.ts'

/** Keys of each kind that are named. */
const NAMED = 10

export async function compareTable(
  transaction: Transaction,
  sql: Statements,
  columns: readonly Column[],
  lines: (rows: SinkRows) => AsyncIterable<string>,
  rows: SinkRows,
): Promise<SinkComparison> {
  await transaction.query(sql.createTemporary)
  await transaction.copy(sql.copyInto(TEMPORARY), lines(rows))
  await transaction.query(`ANALYZE ${TEMPORARY}`)
  const ask = async (text: string): Promise<readonly string[]> => {
    const answer = await transaction.query(`${text} LIMIT ${NAMED}`, [], MERGE_MS)
    return answer.map(({ row }) => String(row))
  }
  const [t, n] = [sql.comparable('t'), sql.comparable('n')]
  const both = `${sql.table} t JOIN ${TEMPORARY} n USING (row_key)`
  const [equal] = await transaction.query(
    `SELECT count(*)::text AS rows FROM ${both} WHERE (${t}) IS NOT DISTINCT FROM (${n})`,
    [],
    MERGE_MS,
  )
  const shown = (alias: string): string => shownKey(alias, columns)
  const without = (a: string, b: string): string => `NOT EXISTS (SELECT FROM ${a} x WHERE x.row_key = ${b}.row_key)`
  return {
    equal: Number(equal?.rows),
    differing: await ask(`SELECT ${shown('n')} AS row FROM ${both} WHERE (${t}) IS DISTINCT FROM (${n})`),
    missing: await ask(`SELECT ${shown('n')} AS row FROM ${TEMPORARY} n WHERE ${without(sql.table, 'n')}`),
    foreign: await ask(`SELECT ${shown('t')} AS row FROM ${sql.table} t WHERE ${without(TEMPORARY, 't')}`),
  }
}

/** The columns of key and window, for people. */
function shownKey(alias: string, columns: readonly Column[]): string {
  const keys = columns.filter(column => column.part !== 'value' && column.name !== ERROR_COLUMN)
  const pairs = keys.map(({ name }) => `'${name.replaceAll("'", "''")}', ${alias}.${quoted(name)}`)
  return `jsonb_build_object(${pairs.join(', ')})::text`
}
