// Each command once, used as intended.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { JOB, project, records, run } from './lyrebird.ts'

let folder = ''
const lyrebird = (line: string, input?: string) => run(folder, line.split(' '), input === undefined ? {} : { input })
const lines = (text: string): unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as unknown)

beforeAll(async () => {
  folder = project({ 'job.ts': JOB, 'more.ndjson': records(60, 240) })
  const bad = '{"at":"2026-01-01T13:00:00Z","user":7,"country":"KR","bytes":1}\n'
  expect(await lyrebird('append page-views --log log --partitions 2', records(240) + bad)).toMatchObject({
    code: 0,
    out: '',
    err: expect.stringContaining('page-views: 241 records'),
  })
  expect((await lyrebird('batch job.ts --log log --state state')).code).toBe(0)
})

test('check prints its summary on stderr and diagnostics on stdout', async () => {
  const good = await lyrebird('check job.ts')
  expect(good).toMatchObject({ code: 0, out: '' })
  expect(good.err).toBe('ok  job page-views: output hours, view traffic, view users\n')
  writeFileSync(join(folder, 'bad.ts'), JOB.replace('v.bytes >= 0', 'v.bytes >= Date.now() && v.usr'))
  const bad = await lyrebird('check bad.ts')
  expect(bad).toMatchObject({ code: 3, err: expect.stringMatching(/^\d errors in bad.ts\n$/) })
  expect(bad.out).toContain('clock-in-lambda  the lambda reads the clock\n\n  bad.ts:6:43\n')
  expect(bad.out).toContain('explain: lyrebird explain clock-in-lambda')
  const json = JSON.parse((await lyrebird('check bad.ts --json')).out) as {
    ok: boolean
    diagnostics: { word: string }[]
  }
  expect(json.ok).toBe(false)
  expect(json.diagnostics.map(d => d.word)).toContain('type-error')
})

test('compile writes an artefact that runs on its own and can be explained', async () => {
  expect(await lyrebird('compile job.ts --out dist')).toMatchObject({ code: 0, out: '' })
  expect(readdirSync(join(folder, 'dist'))).toEqual(expect.arrayContaining(['batch.mjs', 'functions.mjs', 'plan.json']))
  const json = JSON.parse((await lyrebird('compile job.ts --out dist --json')).out) as { out: string; job: string }
  expect(json).toMatchObject({ job: 'page-views', out: join(folder, 'dist') })
  const explained = await lyrebird('explain dist')
  expect(explained.out).toContain('read topic page-views as json, up to 30s out of order; of its fields it uses')
  expect(explained.out).toContain('aggregate bytes: sum, views: count per key and window of 1h')
  expect(explained.out).toMatch(/output {2}hours .*plan hash [0-9a-f]+/)
})

test('stream up to the end gives the digests of batch', async () => {
  const stream = await lyrebird('stream job.ts --log log --state streamed --until end --json')
  expect(stream.code).toBe(0)
  const summary = JSON.parse(stream.out) as Record<string, unknown>
  const batch = JSON.parse((await lyrebird('batch job.ts --log log --state other --json')).out) as Record<
    string,
    unknown
  >
  expect(summary.views).toEqual(batch.views)
  expect(summary).toMatchObject({
    target: 'stream',
    records: 241,
    dead: 1,
    cut: { 'page-views/0': '121', 'page-views/1': '120' },
  })
})

test('query prints exactly key, window and value, sorted', async () => {
  const { out } = await lyrebird('query traffic --state state')
  const rows = lines(out)
  expect(rows).toHaveLength(12)
  expect(rows[0]).toEqual({
    key: 'BR',
    window: { start: '2026-01-01T10:00:00.000Z', end: '2026-01-01T11:00:00.000Z', closed: true },
    value: { bytes: 590, views: 20 },
  })
  expect(lines((await lyrebird('query users --state state')).out).map(r => (r as { key: string }).key)).toEqual([
    'u0',
    'u1',
    'u2',
    'u3',
    'u4',
    'u5',
    'u6',
  ])
  const one = await run(folder, ['query', 'users', '--state', 'state', '--key', '"u3"'])
  expect(lines(one.out)).toEqual([{ key: 'u3', value: 34 }])
  const none = await run(folder, ['query', 'users', '--state', 'state', '--key', '"nobody"'])
  expect(none).toMatchObject({ code: 0, out: '' })
  expect(lines((await run(folder, ['query', 'traffic', '--state', 'state', '--key', '"KR"'])).out)).toHaveLength(4)
})

test('query prints tables and csv', async () => {
  const table = (await lyrebird('query users --state state --format table')).out.split('\n')
  expect(table.slice(0, 4)).toEqual(['key  value', '---  -----', 'u0      35', 'u1      35'])
  const csv = (await lyrebird('query traffic --state state --format csv')).out.split('\n')
  expect(csv.slice(0, 2)).toEqual([
    'key,window.start,window.end,window.closed,value.bytes,value.views',
    'BR,2026-01-01T10:00:00.000Z,2026-01-01T11:00:00.000Z,true,590,20',
  ])
})

test('query prints the rest of the result', async () => {
  expect(lines((await lyrebird('query @cut --state state')).out)).toEqual([
    { 'page-views/0': 121, 'page-views/1': 120 },
  ])
  expect(lines((await lyrebird('query @commit --state state')).out)).toEqual([
    {
      commit: 1,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      epoch: 1,
      cut: { 'page-views/0': 121, 'page-views/1': 120 },
    },
  ])
  expect((await lyrebird('query @late --state state')).out).toBe('')
  const dead = lines((await lyrebird('query @dead-letters --state state')).out)
  expect(dead).toEqual([
    {
      node: expect.any(String),
      at: 'page-views/0:120',
      kind: 'decode',
      reason: expect.any(String),
      path: '$.user',
      step: expect.stringMatching(/^source\('page-views'\) at job\.ts:\d+:\d+$/),
    },
  ])
  const hours = lines((await lyrebird('query @outputs/hours --state state')).out)
  expect(hours).toHaveLength(9)
  expect(hours[0]).toMatchObject({
    partition: 0,
    time: '2026-01-01T10:59:59.999Z',
    value: { bytes: expect.any(Number) },
  })
})

test('a cut that query prints works with --until; batch continues from its own state', async () => {
  writeFileSync(join(folder, 'cut.json'), (await lyrebird('query @cut --state state')).out)
  expect((await lyrebird('append page-views --log grown --partitions 2', records(240))).code).toBe(0)
  expect((await lyrebird('append page-views --log grown more.ndjson --json')).out).toContain('"records":60')
  const first = await lyrebird('batch job.ts --log grown --state g --until page-views/0:50,page-views/1:40 --json')
  const second = await lyrebird('batch job.ts --log grown --state g --json')
  const whole = await lyrebird('batch job.ts --log grown --state whole --json')
  const views = (text: string): unknown => (JSON.parse(text) as { views: unknown }).views
  expect(views(first.out)).not.toEqual(views(whole.out))
  expect(views(second.out)).toEqual(views(whole.out))
  const stopped = await lyrebird('batch job.ts --log log --state stopped --until cut.json --json')
  expect(JSON.parse(stopped.out)).toMatchObject({ cut: { 'page-views/0': '121', 'page-views/1': '120' } })
})

test('verify prints the digests side by side', async () => {
  const { code, out } = await lyrebird('verify job.ts --log log --interleavings 2 --seed 5')
  expect(code).toBe(0)
  expect(out).toContain('seed 5')
  expect(out).toMatch(/view users +7 {2}([0-9a-f]{32}) {2}\1 {2}\1 {2}\1\n/)
  expect(out.endsWith('equal\n')).toBe(true)
  const state = await lyrebird('verify job.ts --log log --state state --interleavings 1 --json')
  expect(JSON.parse(state.out)).toMatchObject({ equal: true, job: 'page-views', cut: { 'page-views/0': '121' } })
})

test('final closes every window and seals the state', async () => {
  expect((await lyrebird('batch job.ts --log log --state sealed --final')).code).toBe(0)
  const rows = lines((await lyrebird('query traffic --state sealed')).out) as { window: { closed: boolean } }[]
  expect(rows.every(row => row.window.closed)).toBe(true)
  expect(await lyrebird('batch job.ts --log log --state sealed')).toMatchObject({
    code: 6,
    err: expect.stringContaining('state-sealed'),
  })
})

test('tick writes ticks, topics lists them, cat shows them', async () => {
  expect(await lyrebird('append ticked --log ticked --partitions 2', '{"a":1}\n')).toMatchObject({ code: 0 })
  expect(await lyrebird('tick ticked/1 --at 2026-01-02T00:00:00Z --log ticked')).toMatchObject({
    code: 0,
    out: '',
    err: 'ticked/1:0  tick at 2026-01-02T00:00:00.000Z\n',
  })
  const both = await lyrebird('tick ticked --at 1767398400000 --log ticked --json')
  expect(JSON.parse(both.out)).toMatchObject({
    ticks: [
      { partition: 0, offset: '1' },
      { partition: 1, offset: '1' },
    ],
  })
  const listed = await lyrebird('topics --log ticked')
  expect(listed.out).toMatch(/^ticked {2}embedded log {2}values json {2}2 partitions {2}4 offsets {2}/)
  const shown = await lyrebird('cat ticked/1:1 --log ticked')
  expect(shown).toMatchObject({
    code: 0,
    out: expect.stringContaining('ticked/1:1  (a tick)\n  timestamp  1767398400000'),
  })
  expect(await lyrebird('cat ticked/1:2 --log ticked')).toMatchObject({ code: 2 })
})

test('append takes keys, times, formats and ticks', async () => {
  const csv = 'at,user\n2026-01-01T00:00:00Z,a\n2026-01-01T00:00:01Z,b\n'
  const given = 'append people --log people --format csv --key user --timestamp at --tick 2026-01-02T00:00:00Z --json'
  expect(JSON.parse((await lyrebird(given, csv)).out)).toMatchObject({
    topic: 'people',
    records: 2,
    ticks: 1,
    ends: ['3'],
  })
  expect(existsSync(join(folder, 'people/people/partition=0'))).toBe(true)
  const ticked = await lyrebird('append people --log people --tick 2026-01-03T00:00:00Z')
  expect(ticked).toMatchObject({ code: 0, err: expect.stringContaining('1 ticks appended') })
  const deleted = await lyrebird('append people --log people --delete a --delete b --at 2026-01-03T00:00:01Z')
  expect(deleted).toMatchObject({ code: 0, err: expect.stringContaining('0 records (0 B), 2 deletions appended') })
  expect(await lyrebird('append people --log people --at 7')).toMatchObject({ code: 2 })
})

test('explain prints the pages of diagnostics and of failures', async () => {
  expect((await lyrebird('explain clock-in-lambda')).out).toContain('# clock-in-lambda')
  expect((await lyrebird('explain state-locked')).out).toContain('Exit code 6.')
  const both = (await lyrebird('explain bad-name')).out
  expect(both).toMatch(/^# bad-name\n.*A name is no identifier.*\n# bad-name\n.*Names of topics.*Exit code 2\.\n$/s)
  const words = /words: (.*)/.exec((await lyrebird('explain quite-something-else-altogether')).err)?.[1]?.split(' ')
  expect(words?.filter(word => word === 'bad-name')).toEqual(['bad-name'])
  expect(await lyrebird('explain clock-in-lamda')).toMatchObject({
    code: 2,
    err: expect.stringContaining('did you mean clock-in-lambda?'),
  })
})

test('help and version', async () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
    version: string
  }
  expect(await lyrebird('--version')).toMatchObject({ code: 0, out: `${version}\n` })
  const help = await lyrebird('--help')
  for (const word of ['check', 'compile', 'batch', 'stream', 'verify', 'query', 'append', 'explain', 'Exit codes']) {
    expect(help.out).toContain(word)
  }
  expect((await lyrebird('batch --help')).out).toContain('--workers <n>')
  expect(await run(folder, [])).toMatchObject({ code: 0, out: expect.stringContaining('Usage: lyrebird') })
})

test('lyrebird.config.ts gives defaults of options', async () => {
  const config = `import { defineConfig } from 'lyrebird'\nexport default defineConfig({ log: 'log', state: 'configured' })\n`
  const there = project({ 'job.ts': JOB, 'lyrebird.config.ts': config })
  expect((await run(there, ['append', 'page-views'], { input: records(5) })).code).toBe(0)
  expect((await run(there, ['batch', 'job.ts'])).code).toBe(0)
  expect((await run(there, ['query', 'users'])).out).toContain('"u0"')
  writeFileSync(join(there, 'lyrebird.config.ts'), "export default { sate: 'x' }")
  expect(await run(there, ['query', 'users'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('did you mean state?'),
  })
})
