// Failures from outside: the typed error, its exit code, and the state as it was before.

import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { ABI } from '../../core/emitted/abi.ts'
import { sha256 } from '../../host/artefact.ts'
import { begin, JOB, project, records, run } from './lyrebird.ts'

let folder = ''
const lyrebird = (line: string, options = {}) => run(folder, line.split(' '), options)
const BATCH = 'batch job.ts --log log --state state'

beforeEach(async () => {
  folder = project({ 'job.ts': JOB })
  await lyrebird('append page-views --log log', { input: records(200) })
})

const rows = async (): Promise<string> => (await lyrebird('query traffic --state state')).out

test('a job that does not compile: diagnostics with frames, exit 3, nothing written', async () => {
  writeFileSync(join(folder, 'job.ts'), JOB.replace('v.bytes >= 0', 'Math.random() > 0.5'))
  for (const line of [BATCH, 'compile job.ts']) {
    const { code, out, err } = await lyrebird(line)
    expect({ code, out }).toEqual({ code: 3, out: '' })
    expect(err).toContain('random-in-lambda')
    expect(err).toContain('job.ts:6:')
    expect(err).toContain('check-failed  job.ts does not compile')
  }
  expect(readdirSync(folder).sort()).toEqual(['.lyrebird', 'job.ts', 'log', 'package.json'])
  const json = JSON.parse((await lyrebird(`${BATCH} --json`)).out) as { error: { diagnostics: { word: string }[] } }
  expect(json.error.diagnostics.map(d => d.word)).toEqual(['random-in-lambda'])
})

test('a record that does not decode and a lambda that throws: dead letters, and the run goes on', async () => {
  writeFileSync(join(folder, 'job.ts'), JOB.replace('v => v.country', 'v => v.country.split("").at(9)!.trim() || "x"'))
  await lyrebird('append page-views --log log', { input: 'not json\n{"at":"2026-01-01T10:00:00Z"}\n' })
  const { code, err } = await lyrebird(BATCH)
  expect(code).toBe(0)
  expect(err).toMatch(/dead letters +202/)
  const dead = (await lyrebird('query @dead-letters --state state')).out.trimEnd().split('\n')
  expect(dead).toHaveLength(202)
  expect(dead.filter(line => line.includes('"kind":"decode"'))).toHaveLength(2)
  const thrown = JSON.parse(dead.find(line => line.includes('"site"')) as string) as Record<string, string>
  expect(thrown.site).toMatch(/^job.ts:8:\d+$/)
  expect(thrown.message).toMatch(/undefined/)
  expect(thrown.step).toMatch(/^keyBy at job.ts:\d+:\d+$/)
})

test('a plus that throws: exit 1 with the place, and no state', async () => {
  const own = `aggregation<number, number, number>({
    zero: 0,
    lift: n => n,
    plus: (a, b) => { if (a + b > 0) throw new Error('too much'); return a },
    present: s => s,
    unsafeMonoid: 'it is meant to fail',
  })(v => v.bytes)`
  const text = JOB.replace(/bytes: sum\([^)]*\)/, `bytes: ${own}`).replace('import {', 'import { aggregation,')
  expect(text).toContain('it is meant to fail')
  writeFileSync(join(folder, 'job.ts'), text)
  for (const line of [BATCH, 'stream job.ts --log log --state state --until end', 'verify job.ts --log log']) {
    const { code, err } = await lyrebird(line)
    expect(code, err).toBe(1)
    expect(err).toMatch(
      /job-failed {2}plus of the aggregation in field bytes, at job\.ts:\d+:\d+, (threw|failed): too much/,
    )
  }
})

test('a damaged, a cut and a missing segment: exit 5 with topic, partition and offset, the state as before', async () => {
  await lyrebird(BATCH)
  const before = await rows()
  await lyrebird('append page-views --log log', { input: records(200, 200) })
  const partition = join(folder, 'log/page-views/partition=0')
  const segment = join(partition, readdirSync(partition).filter(name => name.endsWith('.log'))[0] as string)
  const whole = readFileSync(segment)
  const damaged = Buffer.from(whole)
  damaged[whole.length - 1000] = (damaged[whole.length - 1000] as number) ^ 1
  for (const damage of [damaged, whole.subarray(0, whole.length - 100), null]) {
    if (damage === null) rmSync(segment)
    else writeFileSync(segment, damage)
    const { code, err } = await lyrebird(BATCH)
    expect({ code, err }).toMatchObject({ code: 5, err: expect.stringMatching(/page-views.{0,30}0/) })
    expect(await rows()).toBe(before)
  }
  writeFileSync(segment, whole)
  expect((await lyrebird(BATCH)).code).toBe(0)
})

test('a state of another plan: exit 6 with what changed and the command that recomputes', async () => {
  await lyrebird(BATCH)
  writeFileSync(join(folder, 'job.ts'), JOB.replace('sum(v => v.bytes)', 'sum(v => v.bytes * 2)'))
  const { code, err } = await lyrebird(BATCH)
  expect(code).toBe(6)
  expect(err).toContain('state-incompatible')
  expect(err).toContain('traffic')
  expect(err).not.toContain('users')
  expect(err).toContain('lyrebird batch job.ts --log log --state state-new')
})

test('a damaged, a cut and a missing state: exit 6', async () => {
  await lyrebird(BATCH)
  const file = join(folder, 'state/state.mdb')
  mkdirSync(join(folder, 'cut'))
  copyFileSync(file, join(folder, 'cut/state.mdb'))
  truncateSync(join(folder, 'cut/state.mdb'), 20_000)
  mkdirSync(join(folder, 'foreign'))
  writeFileSync(join(folder, 'foreign/state.mdb'), 'x'.repeat(9000))
  for (const [state, word] of [
    ['cut', 'state-corrupt'],
    ['foreign', 'state-corrupt'],
    ['none', 'state-missing'],
  ] as const) {
    const { code, out, err } = await lyrebird(`query traffic --state ${state}`)
    expect({ code, out }).toEqual({ code: 6, out: '' })
    expect(err).toContain(word)
    expect(err).toContain('lyrebird batch')
  }
  expect((await lyrebird('batch job.ts --log log --state foreign')).code).toBe(6)
})

test('a state that another process writes: exit 6 with its pid; queries still work', async () => {
  const stream = begin(folder, ['stream', 'job.ts', '--log', 'log', '--state', 'state', '--commit-interval', '20ms'])
  await stream.said('following log')
  await waitForRows()
  const { code, err } = await lyrebird(BATCH)
  expect({ code, err }).toMatchObject({ code: 6, err: expect.stringContaining(`process ${stream.child.pid}`) })
  expect((await rows()).length).toBeGreaterThan(10)
  stream.child.kill('SIGTERM')
  expect(await stream.ended).toMatchObject({ code: 0, signal: null, err: expect.stringContaining('200 records read') })
})

async function waitForRows(): Promise<void> {
  for (let i = 0; i < 200; i++) if ((await lyrebird('query traffic --state state')).code === 0) return
  throw new Error('the stream committed nothing')
}

test('no room on the disk: exit 1, the last commit intact, and the run continues when there is room', async () => {
  await lyrebird('append page-views --log log', { input: records(40_000, 200) })
  const first = await lyrebird('batch job.ts --log log --state state --until page-views/0:100')
  expect(first.code).toBe(0)
  const before = await rows()
  // The log was written before; only what this run writes is limited.
  const full = await lyrebird(BATCH, { shell: 'ulimit -f 100' })
  expect(full).toMatchObject({ code: 1, err: expect.stringContaining('disk-full') })
  expect(await rows()).toBe(before)
  expect((await lyrebird(BATCH)).code).toBe(0)
  expect((await rows()).length).toBeGreaterThan(before.length)
})

test('a broker that does not answer: exit 4', async () => {
  const { code, err } = await lyrebird('batch job.ts --log kafka://127.0.0.1:9 --state state')
  expect({ code, err }).toMatchObject({ code: 4, err: expect.stringContaining('127.0.0.1:9') })
})

test('outputs to a place of another kind: exit 3', async () => {
  const { code, err } = await lyrebird(`${BATCH} --out s3://bucket`)
  expect({ code, err }).toMatchObject({ code: 3, err: expect.stringContaining('output-unsupported') })
})

/** Writes the module of an artefact as if the compiler had. */
function writeFunctions(artefact: string, text: string): void {
  writeFileSync(join(artefact, 'functions.mjs'), text)
  const path = join(artefact, 'manifest.json')
  const { checksum: _, files, ...rest } = JSON.parse(readFileSync(path, 'utf8'))
  const document = { ...rest, files: { ...files, 'functions.mjs': sha256(text) } }
  writeFileSync(path, JSON.stringify({ ...document, checksum: sha256(JSON.stringify(document)) }))
}

test('two computations that differ: verify exits 7 and shows the first row', async () => {
  await lyrebird(BATCH)
  // An artefact that the compiler would never write: its filter counts its calls.
  const cache = join(folder, '.lyrebird/cache')
  const artefact = readdirSync(cache).find(name => /^[0-9a-f]{32}$/.test(name)) as string
  const functions = join(cache, artefact, 'functions.mjs')
  const text = readFileSync(functions, 'utf8')
  expect(text).toContain('v.bytes >= 0')
  writeFunctions(
    join(cache, artefact),
    `${text.replace('v.bytes >= 0', '(asked = (asked ?? 0) + 1) % 7 > 0')}\nvar asked\n`,
  )
  const { code, out } = await lyrebird('verify job.ts --log log --interleavings 1 --seed 1')
  expect(code).toBe(7)
  expect(out).toContain('NOT EQUAL: first difference in')
  expect(out).toContain('again: lyrebird verify job.ts --log log')
})

test('what should never happen: exit 70, called our bug, with all that a report needs', async () => {
  await lyrebird(BATCH)
  const cache = join(folder, '.lyrebird/cache')
  const artefact = readdirSync(cache).find(name => /^[0-9a-f]{32}$/.test(name)) as string
  writeFunctions(join(cache, artefact), `export const abi = ${ABI}\nexport const plan = null`)
  const { code, out, err } = await lyrebird(`${BATCH} --json`)
  expect(code).toBe(70)
  expect(err).toContain('This is a bug in lyrebird, not in your job')
  expect(err).toMatch(/lyrebird \d+\.\d+\.\d+, Node v/)
  expect(JSON.parse(out)).toMatchObject({ error: { code: 'bug', exit: 70 } })
})

test('an output whose folder is gone, and a key that no row has: each says so', async () => {
  await lyrebird(BATCH)
  const absent = await lyrebird('query traffic --state state --key 17')
  expect({ code: absent.code, out: absent.out }).toEqual({ code: 0, out: '' })
  expect(absent.err).toMatch(/view traffic has no row with the key 17; its keys look like "[A-Z]{2}"/)
  rmSync(join(folder, 'state', 'out'), { recursive: true })
  const { code, out, err } = await lyrebird('query @outputs/hours --state state')
  expect({ code, out }).toEqual({ code: 5, out: '' })
  expect(err).toMatch(
    /range-lost {2}state\/out has no records of hours\/0; the state has written \d+ to it\n.*--out OUT/,
  )
})
