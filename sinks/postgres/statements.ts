// The SQL of a view's table, and of `lyrebird_sinks`, which says what commit each table is at and who writes it.
//
// Promises: text of names and columns alone; values are parameters.

import type { SinkView } from '../../core/sink/row-sink.ts'
import { type Column, KEY_COLUMN } from './columns.ts'
import { beside, quoted, sqlName, type TableName } from './names.ts'

/** Beside the tables: one row for each. */
const FENCES = 'lyrebird_sinks'

/** Rows on their way, in one transaction. */
export const TEMPORARY = 'lyrebird_rows'

export interface Statements {
  readonly table: string
  readonly fences: string
  readonly createFences: string
  readonly createTable: string
  /** Null where the view has no windows. */
  readonly createClosed: string | null
  /** The view of rows with `closed`. */
  readonly closed: string
  /** A table of the same columns that ends with the transaction. */
  readonly createTemporary: string
  copyInto(target: string): string
  upsertInto(target: string): string
  deleteFrom(target: string): string
  /** All columns but the key, of a table under another name. */
  comparable(alias: string): string
  /** Makes the table equal to the temporary one, touching only rows that differ. */
  readonly mergeTemporary: readonly string[]
}

export function statementsOf(name: TableName, view: SinkView, columns: readonly Column[]): Statements {
  const [table, fences] = [sqlName(name), beside(name, FENCES)]
  const key = quoted(KEY_COLUMN)
  const names = [key, ...columns.map(column => quoted(column.name))]
  const list = names.join(', ')
  const definitions = [`${key} bytea`, ...columns.map(({ name: n, type }) => `${quoted(n)} ${type}`)]
  const assigned = names.slice(1).map(n => `${n} = excluded.${n}`)
  const tuple = (of: string): string =>
    names
      .slice(1)
      .map(n => `${of}.${n}`)
      .join(', ')
  const closed = beside(name, `${name.table}_with_closed`)
  return {
    table,
    fences,
    closed,
    createFences: `CREATE TABLE IF NOT EXISTS ${fences} (
      sink text PRIMARY KEY, state text NOT NULL, view text NOT NULL, epoch bigint NOT NULL,
      run text, commit bigint, cut text, watermark timestamptz,
      altered bigint NOT NULL DEFAULT 0, updated_at timestamptz NOT NULL DEFAULT now())`,
    createTable: `CREATE TABLE ${table} (${definitions.join(', ')}, PRIMARY KEY (${key}))`,
    createClosed: view.windows === 'none' ? null : closedView(closed, table, fences, name, view),
    createTemporary: `CREATE TEMPORARY TABLE ${TEMPORARY} (${definitions.join(', ')}, PRIMARY KEY (${key})) ON COMMIT DROP`,
    copyInto: target => `COPY ${target} (${list}) FROM STDIN`,
    upsertInto: target => {
      const types = ['bytea', ...columns.map(({ type }) => type)]
      const arrays = types.map((type, i) => `$${i + 1}::${type}[]`)
      return `INSERT INTO ${target} AS t (${list}) SELECT * FROM unnest(${arrays.join(', ')})
        ON CONFLICT (${key}) DO UPDATE SET ${assigned.join(', ')}`
    },
    comparable: tuple,
    deleteFrom: target => `DELETE FROM ${target} WHERE ${key} = ANY($1::bytea[])`,
    mergeTemporary: [
      `ANALYZE ${TEMPORARY}`,
      `DELETE FROM ${table} t WHERE NOT EXISTS (SELECT FROM ${TEMPORARY} n WHERE n.${key} = t.${key})`,
      `INSERT INTO ${table} AS t (${list}) SELECT ${list} FROM ${TEMPORARY}
        ON CONFLICT (${key}) DO UPDATE SET ${assigned.join(', ')}
        WHERE (${tuple('t')}) IS DISTINCT FROM (${tuple('excluded')})`,
    ],
  }
}

function closedView(closed: string, table: string, fences: string, name: TableName, view: SinkView): string {
  const reached = view.windows === 'closed-at-end' ? '<=' : '<'
  const sink = `'${sinkName(name).replaceAll("'", "''")}'`
  return `CREATE VIEW ${closed} AS
    SELECT t.*, coalesce(t.window_end ${reached} f.watermark, false) AS closed
    FROM ${table} t LEFT JOIN ${fences} f ON f.sink = ${sink}`
}

/** The table in its row of `lyrebird_sinks`. */
export const sinkName = ({ table }: TableName): string => table
