// `repair`: the published end of a topic found anew, as a user meets it: the stop that names it, the command, the rest.

import { closeSync, copyFileSync, existsSync, openSync, readFileSync, rmSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { JOB, project, records, run } from './lyrebird.ts'

const REPAIR = ['repair', 'page-views', '--log', 'log']

let folder = ''
beforeEach(async () => {
  folder = project({ 'job.ts': JOB, 'views.ndjson': records(20), 'more.ndjson': records(5, 20) })
  for (let i = 0; i < 2; i++) {
    expect(await run(folder, ['append', 'page-views', '--log', 'log', 'views.ndjson'])).toMatchObject({ code: 0 })
  }
}, 60_000)

const file = (name: string) => join(folder, 'log', 'page-views', 'partition=0', name)

/** Overwrites some bytes. */
function damage(path: string, at: number, bytes = 4): void {
  const handle = openSync(path, 'r+')
  writeSync(handle, new Uint8Array(bytes).fill(0xee), 0, bytes, at)
  closeSync(handle)
}

/** Both copies of the newer mark: two publishes end in the first slot. */
function damageMark(): void {
  for (const sector of [0, 1]) damage(file('.published'), sector * 512 + 12)
}

const count = async () => (await run(folder, ['topics', '--log', 'log', '--json'])).out

test('what stops a run names it; it keeps every record, and appending goes on', async () => {
  const before = await count()
  damageMark()
  const stopped = await run(folder, ['batch', 'job.ts', '--log', 'log', '--state', 'state'])
  expect(stopped).toMatchObject({
    code: 5,
    err: expect.stringMatching(/^bad-crc .*\n.*lyrebird repair page-views --log /m),
  })
  expect(await run(folder, ['append', 'page-views', '--log', 'log', 'more.ndjson'])).toMatchObject({ code: 5 })
  expect(await run(folder, REPAIR)).toMatchObject({
    code: 0,
    out: '',
    err: 'page-views/0: its mark is written anew; it ends at 40\n',
  })
  expect(await count()).toBe(before)
  expect(await run(folder, REPAIR)).toMatchObject({
    code: 0,
    err: 'page-views/0: whole, nothing to do; it ends at 40\n',
  })
  expect(await run(folder, ['append', 'page-views', '--log', 'log', 'more.ndjson'])).toMatchObject({
    code: 0,
    err: expect.stringContaining('page-views/0:45'),
  })
}, 60_000)

test('a missing mark, and bytes of a write that was cut off', async () => {
  rmSync(file('.published'))
  const segment = file('00000000000000000000.log')
  const handle = openSync(segment, 'a')
  writeSync(handle, Buffer.from('the beginning of a record'))
  closeSync(handle)
  const { code, out } = await run(folder, [...REPAIR, '--json'])
  expect(code).toBe(0)
  expect(JSON.parse(out)).toEqual({
    topic: 'page-views',
    partitions: [{ partition: 0, repaired: true, end: '40', cutOff: 25 }],
  })
})

test('records that are missing or damaged are never given up', async () => {
  const segment = file('00000000000000000000.log')
  copyFileSync(segment, join(folder, 'copy'))
  for (const harm of [() => truncateSync(segment, 400), () => damage(segment, 200)]) {
    harm()
    damageMark()
    const damaged = readFileSync(file('.published'))
    expect(await run(folder, REPAIR)).toMatchObject({ code: 5, err: expect.stringMatching(/^(truncated|bad-crc) /) })
    expect(readFileSync(file('.published'))).toEqual(damaged)
    copyFileSync(join(folder, 'copy'), segment)
  }
  expect(await run(folder, REPAIR)).toMatchObject({ code: 0, err: expect.stringContaining('it ends at 40') })
}, 60_000)

test.each([
  [['repair', 'page-view', '--log', 'log'], /^unknown-topic .*"page-view"[\s\S]*page-views/],
  [['repair', 'page-views'], /^usage .*--log/],
  [['repair', 'page-views', '--log', 'kafka://127.0.0.1:1'], /^usage {2}repair is for topics of a log directory/],
  [['repair', '../page-views', '--log', 'log'], /^bad-name /],
])('%j is refused with exit 2', async (args, message) => {
  expect(await run(folder, args)).toMatchObject({ code: 2, out: '', err: expect.stringMatching(message) })
})

test('the output of a job is put right by the job, not by this', async () => {
  await run(folder, ['batch', 'job.ts', '--log', 'log', '--state', 'state', '--final'])
  const log = join('state', 'out')
  expect(existsSync(join(folder, log, 'hours'))).toBe(true)
  const { code, err } = await run(folder, ['repair', 'hours', '--log', log])
  expect(code).toBe(6)
  expect(err).toMatch(/^topic-owned .*"hours"[\s\S]*run the job again/)
}, 60_000)
