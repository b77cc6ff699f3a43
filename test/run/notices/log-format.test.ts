// `--log-format json`: everything that a run says on stderr is one object a line, also its end and its failure.

import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { begin, type Ended, JOB, project, records, run } from '../../cli/lyrebird.ts'

const LIMIT_MS = 120_000
const JSON_LINES = ['--log-format', 'json']

let folder = ''
beforeAll(async () => {
  folder = project({ 'job.ts': JOB })
  writeFileSync(join(folder, 'wrong.ts'), JOB.replace('Date.parse(v.at)', 'Date.now()'))
  await run(folder, ['append', 'page-views', '--log', 'log', '--partitions', '2'], { input: records(100) })
  await run(folder, ['compile', 'job.ts', '--out', 'dist'])
}, LIMIT_MS)

interface Line {
  readonly level: string
  readonly time: string
  readonly pid: number
  readonly event: string
  readonly msg: string
  readonly [field: string]: unknown
}

/** Each line of stderr. Throws where one is no object, and where what all of them have is missing. */
function linesOf({ err }: Pick<Ended, 'err'>): readonly Line[] {
  const lines = err
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Line)
  for (const { level, time, pid, event, msg } of lines) {
    expect(['info', 'warn', 'error']).toContain(level)
    expect(new Date(time).toISOString()).toBe(time)
    expect([typeof pid, typeof event, typeof msg]).toEqual(['number', 'string', 'string'])
  }
  return lines
}

const of = (event: string, lines: readonly Line[]): readonly Line[] => lines.filter(line => line.event === event)

it('a run tells its phases, its address, that it is to stop, and its end', { timeout: LIMIT_MS }, async () => {
  const command = ['run', 'job.ts', '--log', 'log', '--state', 'state', '--listen', '127.0.0.1:0', ...JSON_LINES]
  const live = begin(folder, command)
  await live.said('"phase":"live"')
  live.child.kill('SIGTERM')
  const ended = await live.ended
  expect(ended).toMatchObject({ code: 0, out: '' })
  const lines = linesOf(ended)
  expect(lines.map(({ event }) => event)).toEqual(['listening', 'phase', 'phase', 'stopping', 'ended'])
  expect(of('phase', lines)).toMatchObject([
    { level: 'info', phase: 'history', records: 100 },
    { level: 'info', phase: 'live', records: 100, msg: 'live, after 100 records of history' },
  ])
  expect(of('listening', lines)).toMatchObject([{ address: expect.stringMatching(/^127\.0\.0\.1:\d+$/) }])
  expect(of('stopping', lines)).toMatchObject([{ signal: 'SIGTERM' }])
  expect(of('ended', lines)).toMatchObject([
    { job: 'page-views', records: 0, late: 0, dead: 0, cut: { 'page-views/0': '50', 'page-views/1': '50' } },
  ])
})

it.each(['run', 'stream'])('an artefact says the same by %s.mjs', { timeout: LIMIT_MS }, target => {
  const state = `by-${target}`
  const artefact = [`dist/${target}.mjs`, '--log', 'log', '--state', state, '--until', 'end', ...JSON_LINES]
  const start = (...more: string[]) => {
    const { status, stderr } = spawnSync(process.execPath, [...artefact, ...more], { cwd: folder, encoding: 'utf8' })
    return { status, lines: linesOf({ err: stderr }) }
  }
  const { status, lines } = start()
  expect(status).toBe(0)
  expect(of('ended', lines)).toMatchObject([{ job: 'page-views', records: 100 }])
  const refused = start('--untl', 'end')
  expect(refused.status).toBe(2)
  expect(refused.lines).toMatchObject([
    { event: 'failed', level: 'error', code: 'usage', exit: 2, hint: 'did you mean --until?' },
  ])
})

it('what it waits for and what it warns of are lines of their own', { timeout: LIMIT_MS }, async () => {
  const own = project({ 'job.ts': JOB })
  await run(own, ['append', 'page-views', '--log', 'log', '--partitions', '2'], { input: records(1) })
  const ended = await run(own, [
    'stream',
    'job.ts',
    '--log',
    'log',
    '--state',
    'state',
    '--until',
    'end',
    ...JSON_LINES,
  ])
  const lines = linesOf(ended)
  expect(of('warning', lines)).toMatchObject([{ level: 'warn', msg: expect.stringContaining('has no record') }])
  expect(lines.at(-1)?.event).toBe('ended')
})

it.each([
  ['an option', ['run', 'job.ts', '--lgo', 'log'], 'usage', 2],
  ['a log', ['stream', 'job.ts', '--log', 'nowhere', '--state', 'none'], 'usage', 2],
  ['a job', ['run', 'wrong.ts', '--log', 'log', '--state', 'none'], 'check-failed', 3],
  [
    'brokers',
    ['run', 'job.ts', '--log', 'kafka://127.0.0.1:9', '--state', 'none', '--give-up-after', '1s'],
    'broker-unreachable',
    4,
  ],
] as const)('%s that is wrong: the last line says so', { timeout: LIMIT_MS }, async (_, command, code, exit) => {
  const ended = await run(folder, [...command, ...JSON_LINES])
  expect(ended.code).toBe(exit)
  const last = linesOf(ended).at(-1)
  expect(last).toMatchObject({ event: 'failed', level: 'error', code, exit, pid: expect.any(Number) })
  if (code === 'check-failed') expect(last?.diagnostics).toMatchObject([{ word: 'clock-in-lambda' }])
})

it('other formats are refused, and text stays text', { timeout: LIMIT_MS }, async () => {
  const command = ['stream', 'job.ts', '--log', 'log', '--state', 'text', '--until', 'end']
  const { code, err } = await run(folder, [...command, '--log-format', 'xml'])
  expect([code, err]).toEqual([2, expect.stringContaining('--log-format is text or json, not "xml"')])
  const text = await run(folder, [...command, '--log-format=text'])
  expect([text.code, text.err]).toEqual([0, expect.stringMatching(/^page-views stream: 100 records read\n/)])
  const json = await run(folder, [...command, '--log-format=json', '--json'])
  expect(JSON.parse(json.out)).toMatchObject({ job: 'page-views', records: 0 })
  expect(of('ended', linesOf(json))).toHaveLength(1)
})
