// A process that brings the views of `traffic` to Postgres, and dies where it is told to.

import { pathToFileURL } from 'node:url'
import { decodeViewValue } from '../../../core/state/row-codec.ts'
import { bytesToHex } from '../../../core/values/bytes.ts'
import { canonicalJson } from '../../../core/values/json-text.ts'
import { OutputTopic } from '../../../logs/embedded/output-topic.ts'
import { storedRows } from '../../../run/state/read-state.ts'
import type { TestPostgres } from '../../../scripts/postgres/server.ts'
import { openStateReader } from '../../../store/index.ts'
import { recordsOf } from '../../run/support/logs.ts'
import { functions, functionsProgram, input } from '../../run/support/traffic.ts'
import { program } from '../../support/child.ts'

export const VIEWS = ['traffic', 'recent'] as const

const part = (from: number, to: number) =>
  input.map(p => ({
    ...p,
    records: p.records.slice(Math.floor(p.records.length * from), Math.floor(p.records.length * to)),
  }))

/** The first half of the records, and the rest in several parts. */
export const half = part(0, 0.5)
export const parts = [part(0.5, 0.6), part(0.6, 0.7), part(0.7, 0.8), part(0.8, 0.9), part(0.9, 1)]

export async function appendPart(log: string, records: typeof half): Promise<void> {
  for (const topic of new Set(records.map(p => p.topic))) {
    const writer = await OutputTopic.openForAppend(log, topic, null)
    for (const some of records) if (some.topic === topic) await writer.append(some.partition, recordsOf(some))
    await writer.close()
  }
}

/** Where the process can be killed besides at the steps of a commit: `fill` is a sink's `replace`. */
export const SINK_POINTS = ['position', 'fill', 'fill-rows', 'fill-done', 'apply', 'apply-rows', 'apply-done'] as const

/**
 * Arguments: log, state, address, where to end (`end` or nothing), where to be killed (`apply-rows 2`: the second
 * time). Lines: the phase, `committed N`, `away` and `there`.
 */
export const feeding = (): string =>
  program(`
  import { runDeployment } from './deployment/index.ts'
  import { postgres } from './sinks/rows/index.ts'
  const functions = await import('${pathToFileURL(functionsProgram()).href}')
  const [log, state, url, until, point = '', republish = ''] = process.argv.slice(2)
  const [name, nth = '1'] = point.split(' ')
  let seen = 0
  const at = here => {
    if (here === name && ++seen === Number(nth)) process.kill(process.pid, 'SIGKILL')
  }
  async function* passing(point, rows) {
    for await (const some of rows) {
      at(point)
      yield some
    }
  }
  /** A sink that is killed at its steps. */
  const killed = definition => ({
    ...definition,
    open(options) {
      const sink = definition.open(options)
      return {
        position: async () => {
          const position = await sink.position()
          at('position')
          return position
        },
        apply: async change => {
          at('apply')
          await sink.apply({ ...change, rows: passing('apply-rows', change.rows) })
          at('apply-done')
        },
        replace: async snapshot => {
          at('fill')
          await sink.replace({ ...snapshot, rows: passing('fill-rows', snapshot.rows) })
          at('fill-done')
        },
        held: () => sink.held(),
        close: () => sink.close(),
      }
    },
  })
  const stop = new AbortController()
  process.on('SIGTERM', () => stop.abort())
  let away = false
  try {
    await runDeployment({
      functions,
      log,
      state,
      until: until === 'end' ? until : undefined,
      commitIntervalMs: 5,
      signal: stop.signal,
      steps: at,
      sinks: Object.fromEntries(
        ${JSON.stringify(VIEWS)}.map(view => [view, killed(postgres({ url, table: view }))])
      ),
      outTopics: { republish: republish === 'republish' },
      patience: {
        openMs: 60_000,
        outageMs: 60_000,
        onAway: (what, where) => {
          if ((what !== null) !== away) console.log(what === null ? 'there' : 'away')
          away = what !== null
        },
      },
      onPhase: phase => {
        console.log(phase)
        at(phase)
      },
      onProgress: ({ records }) => console.log('committed ' + records),
    })
  } catch (error) {
    console.error(error.code + ' ' + error.message)
    process.exit(error.exitCode ?? 70)
  }
`)

/** The values of a view by row key, as the state has them. */
export function rowsInState(state: string, view: string): ReadonlyMap<string, unknown> {
  const reader = openStateReader(state)
  try {
    const rows = [...storedRows(reader, functions.plan, view)].map(([key, stored]): [string, unknown] => {
      const decoded = decodeViewValue(stored)
      if (!('value' in decoded)) return [bytesToHex(key), { ...decoded.error }]
      // What Postgres cannot hold is replaced, and counted.
      return [bytesToHex(key), JSON.parse(canonicalJson(decoded.value).replaceAll('\\u0000', '\ufffd'))]
    })
    return new Map(rows)
  } finally {
    void reader.close()
  }
}

/** The same as Postgres has them. */
export async function rowsInTable(server: TestPostgres, view: string): Promise<ReadonlyMap<string, unknown>> {
  const rows = await server.query(
    `SELECT encode(row_key, 'hex') AS key, coalesce(value, row_error)::text AS value FROM ${view}`,
  )
  return new Map(rows.map(({ key, value }) => [key as string, JSON.parse(value as string)]))
}
