// CSV files of many dialects through `append`, batch, stream and reference: every record, dead letter and exit code is
// the one that the writer of the file knows.
//
// `npm run csv -- --duration 10m --seed 7` runs it longer.

import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { makeDecoder } from '../../core/decode/decoder.ts'
import { isLyrebirdError } from '../../core/errors.ts'
import type { FormatSpec } from '../../core/plan/plan.ts'
import type { Schema, SchemaDocument } from '../../core/plan/schema.ts'
import { appendFiles } from '../../logs/append/append.ts'
import { openLog } from '../../logs/index.ts'
import { type Random, seededRandom } from '../../testing/equivalence/random.ts'
import { project, run } from '../cli/lyrebird.ts'
import { fastDecoder } from '../compiler/7-emit/fast-decoder.ts'
import { LISTED_NULLS, type Words } from './cells.ts'
import { COLUMNS, type CsvFile, csvFile, type Expected } from './csv-file.ts'

/** `scripts/campaigns/csv-dialects.mjs` sets these; with a number of seconds the files have no number. */
const files = Number(process.env.LYREBIRD_CSV_FILES ?? 24)
const seconds = Number(process.env.LYREBIRD_CSV_SECONDS ?? 0)
const seed = Number(process.env.LYREBIRD_CSV_SEED ?? 20260101)
/** Files that one run of a job reads, a topic each. */
const ROUND = seconds > 0 ? 40 : Math.min(40, files)

const FORMATS: Readonly<Record<Words, FormatSpec>> = {
  usual: { kind: 'csv', columns: COLUMNS },
  strict: { kind: 'csv', columns: COLUMNS, strict: true },
  listed: { kind: 'csv', columns: COLUMNS, nulls: LISTED_NULLS },
}
const TYPES: Readonly<Record<string, Schema['kind']>> = {
  amount: 'number',
  big: 'bigint',
  flag: 'boolean',
  id: 'number',
}
const field = (name: string, kind: string, optional = false) => ({ name, schema: { kind } as Schema, optional })
const SCHEMA: SchemaDocument = {
  root: {
    kind: 'object',
    fields: [
      ...Object.entries(TYPES).map(([name, kind]) => field(name, kind)),
      field('note', 'number', true),
      field('text', 'string'),
    ],
  },
  defs: {},
}
/** Of these columns alone the emitted decoder reads most rows itself. */
const PART: SchemaDocument = {
  root: { kind: 'object', fields: [field('id', 'number'), field('note', 'number', true), field('text', 'string')] },
  defs: {},
}

interface Topic {
  readonly topic: string
  readonly words: Words
}

const topics = Array.from({ length: ROUND }, (_, i): Topic => {
  return { topic: `t${i}`, words: (['usual', 'usual', 'strict', 'listed'] as const)[i % 4] as Words }
})
const sourceText = ({ topic, words }: Topic): string => {
  const { kind: _, ...options } = FORMATS[words]
  const format = `csv<Row>(${JSON.stringify(options)})`
  const named = `r => ({ ...r, topic: '${topic}', big: String(r.big) })`
  return `const ${topic} = source<Row>('${topic}', { format: ${format}, time: () => 0 }).map(${named})`
}
const JOB = `import { csv, job, source } from 'lyrebird'

interface Row { id: number; text: string; amount: number; flag: boolean; big: bigint; note?: number }

${topics.map(sourceText).join('\n')}
const all = t0${topics
  .slice(1)
  .map(({ topic }) => `.merge(${topic})`)
  .join('')}

export default job('dialects', { rows: all.to('rows') })
`

let folder = ''
beforeAll(() => {
  folder = project({ 'job.ts': JOB })
})

async function* pieces(random: Random, bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + random.below(random.chance(0.5) ? 7 : 4096)
    yield bytes.subarray(at, end)
    at = end
  }
}

/** Null where it was taken, else the message. */
async function appendHere(random: Random, log: string, topic: string, file: CsvFile): Promise<string | null> {
  const { bytes, rows, encoding } = file
  const input = { name: 'in.csv', bytes: { [Symbol.asyncIterator]: () => pieces(random, bytes) }, repeatable: true }
  try {
    await appendFiles({
      directory: log,
      topic,
      inputs: [random.chance(0.5) ? input : { name: 'in.csv', bytes: pieces(random, bytes) }],
      format: 'csv',
      rows,
      ...(encoding === null ? {} : { encoding }),
      now: () => 0,
    })
    return null
  } catch (e) {
    if (isLyrebirdError(e) && e.code === 'not-appendable') return e.message
    throw e
  }
}

/** The same by the command; its exit code must say the same. */
async function appendByCommand(log: string, topic: string, file: CsvFile): Promise<string | null> {
  const { columns, header, delimiter, quote, escapedBy } = file.rows
  const named = (option: string, value: string | null | undefined): readonly string[] =>
    value === undefined || value === null || value === '' ? [] : [option, value]
  const path = join(folder, 'in.csv')
  writeFileSync(path, file.bytes)
  const flags = [
    ...named('--delimiter', delimiter),
    ...named('--quote', quote === '' ? 'none' : quote),
    ...named('--escape', escapedBy),
    ...named('--columns', columns?.join(',')),
    ...(header === undefined ? [] : [header ? '--header' : '--no-header']),
    ...named('--encoding', file.encoding),
  ]
  const { code, err } = await run(folder, ['append', topic, path, '--log', log, '--format', 'csv', ...flags])
  expect([code, err], file.what).toEqual([file.refused === null ? 0 : 2, expect.anything()])
  return code === 0 ? null : err
}

/** What both decoders make of each record of a topic. */
async function decodedOf(log: string, { topic, words }: Topic, what: string): Promise<readonly Expected[]> {
  const format = FORMATS[words]
  const decoders = [SCHEMA, PART].map(s => ({ obvious: makeDecoder(format, s), emitted: fastDecoder(format, s) }))
  const open = await openLog(log)
  const end = (await open.partitions(topic))[0]?.end ?? 0n
  const found: Expected[] = []
  for await (const { bytes, count, valueStart, valueEnd, layout } of open.read(topic, 0, 0n, end)) {
    for (let i = 0; i < count; i++) {
      const row = bytes.subarray(valueStart[i], valueEnd[i])
      const results = decoders.map(({ obvious, emitted }) => {
        const result = obvious(row, layout)
        const fast = emitted(row, layout)
        if (fast !== undefined) expect(result, what).toEqual({ ok: true, value: fast })
        return result
      })
      const [result] = results as [ReturnType<ReturnType<typeof makeDecoder>>]
      found.push(result.ok ? { value: result.value as never } : { path: result.path, reason: result.reason })
    }
  }
  await open.close()
  return found
}

interface Outcome {
  readonly topic: string
  readonly expected: readonly Expected[]
}

/** Rows and dead letters of all topics of a log, by batch and by the stream; the reference must agree with both. */
async function checkJob(log: string, outcomes: readonly Outcome[]): Promise<void> {
  const rows = outcomes.flatMap(({ topic, expected }) =>
    expected.flatMap(e => ('value' in e ? { ...e.value, topic, big: String(e.value.big) } : [])),
  )
  const dead = outcomes.flatMap(({ topic, expected }) =>
    expected.flatMap((e, i) => ('value' in e ? [] : `${topic}/0:${i} ${e.path} ${e.reason}`)),
  )
  // Only a complete history has outputs at the one time that all records have.
  await succeed('batch', 'job.ts', '--log', log, '--state', `${log}-batch`, '--final')
  await succeed('stream', 'job.ts', '--log', log, '--state', `${log}-stream`, '--until', 'end', '--final')
  for (const state of [`${log}-batch`, `${log}-stream`]) {
    const found = (await query('@outputs/rows', state)).map(row => row.value)
    expect(found.map(sortedJson).sort()).toEqual(rows.map(sortedJson).sort())
    const letters = (await query('@dead-letters', state)).map(({ at, path = '$', reason }) => `${at} ${path} ${reason}`)
    expect(letters.sort()).toEqual([...dead].sort())
  }
  await succeed('verify', 'job.ts', '--log', log, '--final', '--interleavings', '1', '--seed', String(seed))
}

async function succeed(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await run(folder, args)
  expect([code, code === 0 ? '' : err], args.join(' ')).toEqual([0, ''])
  return out
}

async function query(what: string, state: string): Promise<readonly Record<string, unknown>[]> {
  return (await succeed('query', what, '--state', state))
    .split('\n')
    .flatMap(line => (line === '' ? [] : JSON.parse(line)))
}

const sortedJson = (value: unknown): string => JSON.stringify(value, Object.keys(value as object).sort())

/** A log of the next files, a topic each; every file is checked by itself too. */
async function checkRound(first: number): Promise<void> {
  const log = join(folder, `log-${first}`)
  const outcomes: Outcome[] = []
  let [takenByCommand, refusedByCommand] = [false, false]
  for (const [i, named] of topics.entries()) {
    const { topic, words } = named
    const file = csvFile(seed * 1_000_003 + first + i, words)
    const random = seededRandom(seed + first + i)
    const { refused } = file
    const byCommand = refused === null ? !takenByCommand : !refusedByCommand
    if (byCommand && refused === null) takenByCommand = true
    if (byCommand && refused !== null) refusedByCommand = true
    const message = byCommand ? await appendByCommand(log, topic, file) : await appendHere(random, log, topic, file)
    if (refused === null) expect(message, file.what).toBeNull()
    else expect(message ?? 'taken', file.what).toContain(refused)
    const expected = refused === null ? file.expected : []
    // A topic of the job must be there; after a refusal nothing is.
    if (refused !== null) await appendHere(random, log, topic, NO_ROWS)
    expect(await decodedOf(log, named, file.what), file.what).toEqual(expected)
    outcomes.push({ topic, expected })
  }
  await checkJob(log, outcomes)
  for (const part of ['', '-batch', '-stream']) rmSync(`${log}${part}`, { recursive: true, force: true })
}

const time = seconds > 0 ? `${seconds} s of` : `${files}`
test(`${time} files, seed ${seed}`, { timeout: 120_000 + files * 2000 + seconds * 2000 }, async () => {
  const began = Date.now()
  let first = 0
  const more = (): boolean => (seconds > 0 ? Date.now() - began < seconds * 1000 : first < files)
  for (; more(); first += ROUND) await checkRound(first)
  console.log(`seed ${seed}: ${first} files`)
})

const NO_ROWS: CsvFile = {
  bytes: Buffer.from(`${COLUMNS.join(',')}\n`),
  rows: {},
  encoding: null,
  expected: [],
  refused: null,
  what: 'a header alone',
}
