// The rows of a view in a table of Postgres.
//
// Promises: those of `RowSink`. Rows and position change in one transaction, which first locks the table's row of
// `lyrebird_sinks`. A table that is filled anew keeps its identity (indexes, rights, views over it): its new rows are
// gathered beside it and merged in that transaction, and whoever reads meanwhile sees the old ones.

import type {
  RowSink,
  RowSinkOptions,
  SinkChange,
  SinkComparison,
  SinkHeld,
  SinkPosition,
  SinkRow,
  SinkRows,
  SinkSnapshot,
} from '../../core/sink/row-sink.ts'
import type { EnvironmentValue } from './address.ts'
import { Cells, keyCell } from './cells.ts'
import { type Column, columnsOf } from './columns.ts'
import { compareTable } from './compare.ts'
import { Connection, type Transaction } from './connection.ts'
import { Fence } from './fence.ts'
import { COPY_CHARACTERS, MERGE_MS } from './limits.ts'
import { shownName, type TableName } from './names.ts'
import { arraysOf, arrayText, copyLine } from './row-text.ts'
import { type Statements, statementsOf, TEMPORARY } from './statements.ts'
import { checkTable, isEmpty, isNamed, makeTable, type TableOptions } from './table.ts'

export class PostgresSink implements RowSink {
  readonly #view: RowSinkOptions['view']
  readonly #name: TableName
  readonly #columns: readonly Column[]
  readonly #sql: Statements
  readonly #fence: Fence
  readonly #connection: Connection
  readonly #cells = new Cells()

  /** Throws `sink-refused` where the view has no table. */
  constructor(options: RowSinkOptions, url: string | EnvironmentValue, name: TableName) {
    this.#view = options.view
    this.#name = name
    this.#columns = columnsOf(options.view)
    this.#sql = statementsOf(name, options.view, this.#columns)
    this.#fence = new Fence(options, name, this.#sql)
    this.#connection = new Connection(url, shownName(name))
  }

  async position(): Promise<SinkPosition | null> {
    return await this.#connection.transaction(async transaction => {
      const sql = this.#sql
      const isNew = await makeTable(transaction, this.#tableOptions)
      const position = await this.#fence.claim(transaction)
      // Somebody may have dropped it, or emptied it.
      if (position !== null && (isNew || (await isEmpty(transaction, sql)))) {
        await this.#fence.forget(transaction)
        return null
      }
      return position
    })
  }

  async apply({ from, to, rows }: SinkChange): Promise<void> {
    await this.#moving(from, async transaction => {
      for await (const some of rows) await this.#write(transaction, this.#sql.table, some)
      return to
    })
  }

  async replace({ rows, changes, position }: SinkSnapshot): Promise<void> {
    const sql = this.#sql
    await this.#moving(null, async transaction => {
      const direct = await isEmpty(transaction, sql)
      const target = direct ? sql.table : TEMPORARY
      if (!direct) await transaction.query(sql.createTemporary)
      await transaction.copy(sql.copyInto(target), this.#lines(rows))
      for await (const some of changes) await this.#write(transaction, target, some)
      if (!direct) for (const merge of sql.mergeTemporary) await transaction.query(merge, [], MERGE_MS)
      return position()
    })
  }

  async held(): Promise<SinkHeld | null> {
    return await this.#connection.reading(async transaction => {
      const held = await this.#fence.read(transaction)
      if (await isNamed(transaction, this.#sql.table)) await checkTable(transaction, this.#tableOptions)
      return held
    })
  }

  async compare(at: SinkPosition, rows: SinkRows): Promise<SinkComparison | null> {
    return await this.#connection.reading(async transaction => {
      const position = await this.#fence.read(transaction)
      if (position?.run !== at.run || position.commit !== at.commit) return null
      return await compareTable(transaction, this.#sql, this.#columns, some => this.#lines(some), rows)
    })
  }

  async close(): Promise<void> {
    await this.#connection.close()
  }

  get #tableOptions(): TableOptions {
    return { name: this.#name, view: this.#view, columns: this.#columns, sql: this.#sql }
  }

  /** Moves the table in one transaction from a position, or from any, to the one that `act` returns. */
  async #moving(from: SinkPosition | null, act: (transaction: Transaction) => Promise<SinkPosition>): Promise<void> {
    await this.#connection.transaction(async transaction => {
      const before = this.#cells.altered
      await this.#fence.lock(transaction)
      const to = await act(transaction)
      await this.#fence.move(transaction, from, to, this.#cells.altered - before)
    })
  }

  async *#lines(rows: SinkRows): AsyncGenerator<string> {
    let text = ''
    for await (const some of rows) {
      for (const row of some) {
        text += copyLine(row, this.#columns, this.#cells)
        if (text.length < COPY_CHARACTERS) continue
        yield text
        text = ''
      }
    }
    if (text !== '') yield text
  }

  /** Upserts and deletes; of rows with one key the last one counts. */
  async #write(transaction: Transaction, target: string, rows: readonly SinkRow[]): Promise<void> {
    const last = new Map(rows.map(row => [keyCell(row.id), row]))
    const [present, gone]: [SinkRow[], string[]] = [[], []]
    for (const [key, row] of last) {
      if (row.content.kind === 'gone') gone.push(key)
      else present.push(row)
    }
    const asked: Promise<unknown>[] = []
    if (present.length > 0) {
      const arrays = arraysOf(present, this.#columns, this.#cells)
      asked.push(transaction.query(this.#sql.upsertInto(target), arrays))
    }
    if (gone.length > 0) asked.push(transaction.query(this.#sql.deleteFrom(target), [arrayText(gone)]))
    await Promise.all(asked)
  }
}
