// One connection to Postgres, for one table.
//
// Promises: whatever is asked has an end: what the server does not answer in time is given up, and its transaction is
// undone with the connection. Works through PgBouncer in transaction mode: nothing outlives a transaction.

import type { Writable } from 'node:stream'
import type postgres from 'postgres'
import { SinkAway } from '../../core/sink/row-sink.ts'
import { addressOf, type EnvironmentValue } from './address.ts'
import { failureOf } from './failures.ts'
import { ANSWER_MS, KEEP_ALIVE_SECONDS } from './limits.ts'
import { Sockets } from './sockets.ts'

type Sql = postgres.Sql
/** Rows by column name; numbers of 64 bits are texts. */
type Answer = readonly Readonly<Record<string, unknown>>[]

/** Statements of one transaction. */
export interface Transaction {
  query(text: string, parameters?: readonly (string | number | null)[], withinMs?: number): Promise<Answer>
  /** Writes lines of COPY's text format. */
  copy(text: string, lines: AsyncIterable<string>): Promise<void>
}

export class Connection {
  readonly #url: string | EnvironmentValue
  readonly #table: string
  readonly #sockets = new Sockets()
  #sql: Sql | null = null
  #closed = false

  constructor(url: string | EnvironmentValue, table: string) {
    this.#url = url
    this.#table = table
  }

  /** Runs `act` in a transaction. Throws `SinkAway` where its outcome is not known. */
  async transaction<T>(act: (transaction: Transaction) => Promise<T>): Promise<T> {
    if (this.#closed) throw new SinkAway('the sink is closed')
    this.#sql ??= await this.#connect()
    const sql = this.#sql
    try {
      return (await sql.begin(async tx => await act(this.#within(tx)))) as T
    } catch (error) {
      const failure = failureOf(error, this.#table)
      // A connection whose state is not known is not used again.
      await this.#drop()
      throw failure
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#drop()
  }

  async #drop(): Promise<void> {
    const sql = this.#sql
    this.#sql = null
    this.#sockets.destroy()
    await sql?.end({ timeout: 0 })
  }

  async #connect(): Promise<Sql> {
    const { url, ssl } = addressOf(this.#url)
    // Loaded only where it is needed: a configuration is read by every command.
    const library = (await import('postgres')).default
    // The library's types do not name `socket`.
    const socket = { socket: this.#sockets.connect } as object
    return library(url, {
      ...socket,
      ssl,
      max: 1,
      prepare: false,
      fetch_types: false,
      keep_alive: KEEP_ALIVE_SECONDS,
      // The library waits longer each time; when it is tried again is decided elsewhere.
      backoff: () => 0,
      onnotice: () => {},
      connection: { application_name: 'lyrebird' },
    })
  }

  #within(tx: postgres.TransactionSql): Transaction {
    const bounded = async <T>(asked: Promise<T>, withinMs: number): Promise<T> => {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
          reject(new SinkAway(`Postgres, for table ${this.#table}: no answer for ${withinMs / 1000} s`))
          this.#sockets.destroy()
        }, withinMs)
      })
      try {
        return await Promise.race([asked, late])
      } finally {
        clearTimeout(timer)
      }
    }
    return {
      query: async (text, parameters = [], withinMs = ANSWER_MS) =>
        (await bounded(Promise.resolve(tx.unsafe(text, [...parameters])), withinMs)) as unknown as Answer,
      copy: async (text, lines) => {
        const stream = (await bounded(Promise.resolve(tx.unsafe(text).writable()), ANSWER_MS)) as Writable
        const ended = new Promise<void>((resolve, reject) => stream.once('finish', resolve).once('error', reject))
        ended.catch(() => {})
        try {
          for await (const some of lines) {
            if (!stream.write(some)) await bounded(Promise.race([drained(stream), ended]), ANSWER_MS)
          }
          stream.end()
          await bounded(ended, ANSWER_MS)
        } catch (error) {
          stream.destroy()
          throw error
        }
      },
    }
  }
}

const drained = (stream: Writable): Promise<void> => new Promise(resolve => stream.once('drain', resolve))
