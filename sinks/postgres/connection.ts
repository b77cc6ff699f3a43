// One connection to Postgres, for one table.
//
// Promises: whatever is asked has an end: what the server does not answer in time is given up, and its transaction is
// undone with the connection, which is never used again after a failure. Works through PgBouncer in transaction mode:
// nothing outlives a transaction.

import type { Writable } from 'node:stream'
import type postgres from 'postgres'
import { SinkAway } from '../../core/sink/row-sink.ts'
import { addressOf, type EnvironmentValue } from './address.ts'
import { failureOf } from './failures.ts'
import { ANSWER_MS, KEEP_ALIVE_SECONDS } from './limits.ts'
import { Sockets } from './sockets.ts'

/** Rows by column name; numbers of 64 bits are texts. */
type Answer = readonly Readonly<Record<string, unknown>>[]

/** Statements of one transaction. */
export interface Transaction {
  query(text: string, parameters?: readonly (string | number | null)[], withinMs?: number): Promise<Answer>
  /** Writes lines of COPY's text format. */
  copy(text: string, lines: AsyncIterable<string>): Promise<void>
}

/** The library's pool of one connection, and that connection. */
interface Open {
  readonly pool: postgres.Sql
  readonly sql: postgres.ReservedSql
  readonly sockets: Sockets
}

export class Connection {
  readonly #url: string | EnvironmentValue
  readonly #table: string
  #open: Open | null = null
  /** Of the connection that is open, or is being made. */
  #sockets: Sockets | null = null
  #closed = false

  constructor(url: string | EnvironmentValue, table: string) {
    this.#url = url
    this.#table = table
  }

  /** Runs `act` in a transaction. Throws `SinkAway` where its outcome is not known. */
  async transaction<T>(act: (transaction: Transaction) => Promise<T>): Promise<T> {
    return await this.#run('BEGIN', act, 'COMMIT')
  }

  /** Runs `act` on one snapshot, and undoes what it has made. */
  async reading<T>(act: (transaction: Transaction) => Promise<T>): Promise<T> {
    return await this.#run('BEGIN ISOLATION LEVEL REPEATABLE READ', act, 'ROLLBACK')
  }

  async #run<T>(begin: string, act: (transaction: Transaction) => Promise<T>, end: string): Promise<T> {
    try {
      if (this.#closed) throw new SinkAway('the sink is closed')
      this.#open ??= await this.#connect()
      const transaction = this.#within(this.#open)
      await transaction.query(begin)
      const result = await act(transaction)
      await transaction.query(end)
      return result
    } catch (error) {
      const failure = failureOf(error, this.#table)
      this.#drop()
      throw failure
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#drop()
  }

  /** Ends the connection without a word: the server undoes what was not committed. */
  #drop(): void {
    const open = this.#open
    this.#open = null
    this.#sockets?.destroy()
    open?.pool.end({ timeout: 0 }).catch(() => {})
  }

  async #connect(): Promise<Open> {
    const { url, ssl } = addressOf(this.#url)
    const sockets = new Sockets(ssl)
    this.#sockets = sockets
    // Loaded only where it is needed: a configuration is read by every command.
    const library = (await import('postgres')).default
    // The library's types do not name `socket`.
    const socket = { socket: sockets.connect } as object
    const pool = library(url, {
      ...socket,
      ssl: false,
      max: 1,
      // Its own clocks would go on when a connection has gone.
      max_lifetime: null,
      connect_timeout: 0,
      prepare: false,
      fetch_types: false,
      keep_alive: KEEP_ALIVE_SECONDS,
      onnotice: () => {},
      connection: { application_name: 'lyrebird' },
    })
    try {
      // A connection is reserved only once it is there: the library loses a wish that comes earlier.
      await this.#bounded(sockets, pool.unsafe('SELECT 1'), ANSWER_MS)
      const sql = await this.#bounded(sockets, pool.reserve(), ANSWER_MS)
      if (this.#closed) throw new SinkAway('the sink is closed')
      return { pool, sql, sockets }
    } catch (error) {
      sockets.destroy()
      pool.end({ timeout: 0 }).catch(() => {})
      throw error
    }
  }

  #within({ sql, sockets }: Open): Transaction {
    return {
      query: async (text, parameters = [], withinMs = ANSWER_MS) => {
        sockets.check()
        const asked = sql.unsafe(text, [...parameters])
        return (await this.#bounded(sockets, asked, withinMs)) as unknown as Answer
      },
      copy: async (text, lines) => {
        sockets.check()
        const stream = (await this.#bounded(sockets, sql.unsafe(text).writable(), ANSWER_MS)) as Writable
        const ended = new Promise<void>((resolve, reject) => stream.once('finish', resolve).once('error', reject))
        ended.catch(() => {})
        for await (const some of lines) {
          sockets.check()
          if (!stream.write(some)) await this.#bounded(sockets, Promise.race([drained(stream), ended]), ANSWER_MS)
        }
        stream.end()
        await this.#bounded(sockets, ended, ANSWER_MS)
      },
    }
  }

  /** Throws `SinkAway` where there is no answer in time, or the connection goes. */
  async #bounded<T>(sockets: Sockets, asked: PromiseLike<T>, withinMs: number): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      const message = `Postgres, for table ${this.#table}: no answer for ${withinMs / 1000} s`
      timer = setTimeout(() => reject(new SinkAway(message)), withinMs)
    })
    try {
      return await Promise.race([asked, late, sockets.gone])
    } finally {
      clearTimeout(timer)
    }
  }
}

const drained = (stream: Writable): Promise<void> => new Promise(resolve => stream.once('drain', resolve))
