// Rows, positions and comparisons that the checks use.

import { deepStrictEqual, rejects } from 'node:assert/strict'
import type { Schema, SchemaDocument } from '../../core/plan/schema.ts'
import type {
  RowSink,
  SinkChange,
  SinkContent,
  SinkPosition,
  SinkRow,
  SinkRows,
  SinkSnapshot,
} from '../../core/sink/row-sink.ts'
import { canonicalBytes } from '../../core/values/canonical.ts'
import type { SinkUnderTest } from './sink-under-test.ts'

const documentOf = (fields: Readonly<Record<string, Schema>>): SchemaDocument => ({
  root: { kind: 'object', fields: Object.entries(fields).map(([name, schema]) => ({ name, schema, optional: true })) },
  defs: {},
})

const VIEW = {
  name: 'checked',
  key: documentOf({ country: { kind: 'string' } }),
  value: documentOf({
    n: { kind: 'number' },
    big: { kind: 'bigint' },
    text: { kind: 'string' },
    yes: { kind: 'boolean' },
    bytes: { kind: 'bytes' },
    any: { kind: 'unknown' },
  }),
  windows: 'closed-at-end',
} as const

const STATE = 'state-a'

interface Owner {
  readonly state?: string
  readonly epoch?: number
  readonly takesOver?: boolean
  readonly view?: string
}

/** A sink of an owner at the place. */
export const sinkOf = (
  { definition }: SinkUnderTest,
  { state = STATE, epoch = 1, takesOver = false, view = VIEW.name }: Owner = {},
): RowSink => definition.open({ view: { ...VIEW, name: view }, state, epoch, takesOver })

/** A position; of a run of its own where one is named. */
export const at = (commit: number, { epoch = 1, state = STATE }: Owner = {}, run = 'run-a'): SinkPosition => ({
  state,
  epoch,
  run,
  commit,
  cut: `topic/0:${commit}`,
  watermark: commit * 1000,
})

const WINDOW = Object.freeze({ start: 60_000, end: 120_000 })

/** A row with the number `n`; without one it is gone. */
export function row(country: string, n: number | null, more: object = {}): SinkRow {
  const content: SinkContent = n === null ? { kind: 'gone' } : { kind: 'value', value: { n, ...more } }
  return { id: idOf(country), key: { country }, window: WINDOW, content }
}

const idOf = (country: string): Uint8Array => canonicalBytes([WINDOW.start, country])

export async function* rowsOf(...pieces: readonly (readonly SinkRow[])[]): AsyncGenerator<readonly SinkRow[]> {
  yield* pieces
}

/** Rows that end in a failure, as they do where a process is killed or a state cannot be read. */
export async function* failing(...pieces: readonly (readonly SinkRow[])[]): AsyncGenerator<readonly SinkRow[]> {
  yield* pieces
  throw new Error('the rows end here')
}

export const change = (from: SinkPosition, to: SinkPosition, rows: SinkRows): SinkChange => ({ from, to, rows })

export const snapshot = (rows: SinkRows, position: SinkPosition, changes: SinkRows = rowsOf()): SinkSnapshot => ({
  rows,
  changes,
  position: () => position,
})

/** Numbers by country, as the place must show them. */
export async function shows(subject: SinkUnderTest, wanted: Readonly<Record<string, number>>): Promise<void> {
  const idText = subject.idOf ?? ((id: Uint8Array) => Buffer.from(id).toString('hex'))
  const expected = Object.entries(wanted).map(([country, n]): [string, number] => [idText(idOf(country)), n])
  const sorted = (entries: Iterable<[string, number]>): [string, number][] => [...entries].sort(byText)
  deepStrictEqual(sorted(await subject.rows()), sorted(expected))
}

const byText = ([a]: [string, number], [b]: [string, number]): number => (a < b ? -1 : a > b ? 1 : 0)

/** The commit that a new owner finds. */
export async function standsAt(subject: SinkUnderTest, owner: Owner, position: SinkPosition | null): Promise<void> {
  const sink = sinkOf(subject, owner)
  try {
    const found = await sink.position()
    const part = (p: SinkPosition | null): unknown =>
      p === null ? null : { state: p.state, run: p.run, commit: p.commit, cut: p.cut, watermark: p.watermark }
    deepStrictEqual(part(found), part(position))
  } finally {
    await sink.close()
  }
}

/** Whether an act ends in a typed failure of this code. */
export async function refuses(code: string, act: () => Promise<unknown>): Promise<void> {
  await rejects(act, error => {
    const found = (error as { code?: unknown }).code
    if (found === code) return true
    throw new Error(`expected a failure ${code}, got ${String(found ?? error)}`)
  })
}
