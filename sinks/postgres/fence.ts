// The row of `lyrebird_sinks` that says whose a table is, which owner writes it, and what commit it is at.
//
// Promises: whoever changes the table holds the lock of this row until its transaction ends, so that a transaction of
// an older owner is waited out, or finds that it has been overtaken.

import { LyrebirdError } from '../../core/errors.ts'
import type { RowSinkOptions, SinkHeld, SinkPosition } from '../../core/sink/row-sink.ts'
import { timeCell } from './cells.ts'
import type { Transaction } from './connection.ts'
import { shownName, type TableName } from './names.ts'
import { type Statements, sinkName } from './statements.ts'
import { isNamed } from './table.ts'

export class Fence {
  readonly #options: RowSinkOptions
  readonly #name: TableName
  readonly #fences: string

  constructor(options: RowSinkOptions, name: TableName, { fences }: Statements) {
    this.#options = options
    this.#name = name
    this.#fences = fences
  }

  /**
   * Takes hold for this owner; null where the table has not been filled. Throws `sink-owned`, `stale-owner`.
   */
  async claim(transaction: Transaction): Promise<SinkPosition | null> {
    const { state, view, epoch, takesOver } = this.#options
    const sink = sinkName(this.#name)
    await transaction.query(
      `INSERT INTO ${this.#fences} (sink, state, view, epoch) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
      [sink, state, view.name, epoch],
    )
    const [found] = await transaction.query(
      `SELECT state, view, epoch, run, commit, cut, extract(epoch FROM watermark) * 1000 AS watermark
       FROM ${this.#fences} WHERE sink = $1 FOR UPDATE`,
      [sink],
    )
    const row = found as FenceRow
    const ours = row.state === state && row.view === view.name
    if (!ours && !takesOver) throw this.#owned(row)
    if (ours && Number(row.epoch) > epoch && !takesOver) throw this.#stale(`it has seen epoch ${row.epoch}`)
    const emptied = ours ? '' : ', run = NULL, commit = NULL, cut = NULL, watermark = NULL, altered = 0'
    await transaction.query(`UPDATE ${this.#fences} SET state = $2, view = $3, epoch = $4${emptied} WHERE sink = $1`, [
      sink,
      state,
      view.name,
      epoch,
    ])
    const position = ours ? positionIn(row) : null
    return position === null ? null : { ...position, epoch }
  }

  /** Where the table is, whoever writes it; null where it has not been filled. Throws `sink-owned`. */
  async read(transaction: Transaction): Promise<SinkHeld | null> {
    if (!(await isNamed(transaction, this.#fences))) return null
    const [row] = await transaction.query(
      `SELECT state, view, epoch, run, commit, cut, extract(epoch FROM watermark) * 1000 AS watermark, altered
       FROM ${this.#fences} WHERE sink = $1`,
      [sinkName(this.#name)],
    )
    const found = row as (FenceRow & { readonly altered: string }) | undefined
    if (found === undefined) return null
    if (found.state !== this.#options.state || found.view !== this.#options.view.name) throw this.#owned(found)
    const position = positionIn(found)
    return position === null ? null : { ...position, altered: Number(found.altered) }
  }

  /** The table is filled anew: what it was at does not count. */
  async forget(transaction: Transaction): Promise<void> {
    await transaction.query(`UPDATE ${this.#fences} SET run = NULL, commit = NULL, cut = NULL WHERE sink = $1`, [
      sinkName(this.#name),
    ])
  }

  /** Locks the row. Throws `stale-owner` where another owner has it. */
  async lock(transaction: Transaction): Promise<void> {
    const { state, epoch } = this.#options
    const rows = await transaction.query(
      `SELECT FROM ${this.#fences} WHERE sink = $1 AND state = $2 AND epoch = $3 FOR UPDATE`,
      [sinkName(this.#name), state, epoch],
    )
    if (rows.length !== 1) throw this.#stale('another one has taken hold of it')
  }

  /** Locks the row and moves it. Throws `stale-owner` where it is not at `from`, or another owner has it. */
  async move(transaction: Transaction, from: SinkPosition | null, to: SinkPosition, altered: number): Promise<void> {
    const { state, epoch } = this.#options
    // As a text: the library takes a time for a date of its own, which knows no infinity.
    const before = from === null ? '' : ' AND run = $9 AND commit = $10'
    const rows = await transaction.query(
      `UPDATE ${this.#fences} SET run = $4, commit = $5, cut = $6, watermark = $7::text::timestamptz,
         altered = altered + $8, updated_at = clock_timestamp()
       WHERE sink = $1 AND state = $2 AND epoch = $3${before} RETURNING altered`,
      [
        sinkName(this.#name),
        state,
        epoch,
        to.run,
        to.commit,
        to.cut,
        watermarkText(to.watermark),
        altered,
        ...(from === null ? [] : [from.run, from.commit]),
      ],
    )
    if (rows.length !== 1) throw this.#stale(from === null ? 'another one has taken hold of it' : 'it has moved')
  }

  #stale(why: string): LyrebirdError {
    const { epoch } = this.#options
    const table = shownName(this.#name)
    return new LyrebirdError(
      'stale-owner',
      `another process writes table ${table}: ${why}; this one has epoch ${epoch}`,
      {
        where: { table, epoch },
        hint: 'leave the table to the later one, or end it and start again; where the state was restored from a copy, add --republish once',
      },
    )
  }

  #owned({ state, view }: FenceRow): LyrebirdError {
    const table = shownName(this.#name)
    const whose = state === this.#options.state ? `view ${view}` : `another state, ${state}`
    return new LyrebirdError('sink-owned', `table ${table} holds the rows of ${whose}`, {
      where: { table, owner: state ?? undefined },
      hint: 'bind the view to another table in lyrebird.config.ts, or add --republish once to replace the rows',
    })
  }
}

/** As the library gives it: numbers of 64 bits are texts. */
type FenceRow = Readonly<Record<'state' | 'view' | 'epoch' | 'run' | 'commit' | 'cut' | 'watermark', string | null>>

function positionIn({ state, epoch, run, commit, cut, watermark }: FenceRow): SinkPosition | null {
  if (commit === null || run === null || state === null) return null
  const time = watermark === null ? Number.NEGATIVE_INFINITY : Number(watermark)
  return { state, epoch: Number(epoch), run, commit: Number(commit), cut: cut ?? '', watermark: time }
}

function watermarkText(ms: number): string {
  if (ms === Number.POSITIVE_INFINITY) return 'infinity'
  return ms === Number.NEGATIVE_INFINITY ? '-infinity' : timeCell(ms)
}
