// The stream as a process: follows what another process appends, stops on a signal, resumes after a kill.

import { beforeEach, expect, test } from 'vitest'
import { begin, JOB, project, records, run } from './lyrebird.ts'

let folder = ''
const lyrebird = (line: string, input?: string) => run(folder, line.split(' '), input === undefined ? {} : { input })
const STREAM = ['stream', 'job.ts', '--log', 'log', '--state', 'state', '--commit-interval', '50ms']

beforeEach(async () => {
  folder = project({ 'job.ts': JOB })
  await lyrebird('append page-views --log log --partitions 2', records(100))
  await lyrebird('batch job.ts --log log --state state')
})

/** Waits for a commit at these ends. A query sees each commit whole while the stream runs. */
async function untilCut(zero: number, one: number): Promise<void> {
  for (let i = 0; i < 300; i++) {
    const { out } = await lyrebird('query @cut --state state')
    if (out === `{"page-views/0":${zero},"page-views/1":${one}}\n`) return
  }
  throw new Error('the stream did not follow')
}

test('it follows, is killed, resumes at its own cut, and stops on SIGTERM with exit 0', async () => {
  const first = begin(folder, STREAM)
  await first.said('following log')
  await lyrebird('append page-views --log log', records(60, 100))
  await untilCut(80, 80)
  first.child.kill('SIGKILL')
  expect(await first.ended).toMatchObject({ code: null, signal: 'SIGKILL' })
  await lyrebird('append page-views --log log', records(40, 160))
  const second = begin(folder, [...STREAM, '--json'])
  await untilCut(100, 100)
  second.child.kill('SIGTERM')
  const { code, out } = await second.ended
  expect(code).toBe(0)
  const summary = JSON.parse(out) as { records: number; views: unknown; outputs: { positions: unknown }[] }
  expect(summary.records).toBe(40)
  const batch = JSON.parse((await lyrebird('batch job.ts --log log --state other --json')).out) as typeof summary
  expect(summary.views).toEqual(batch.views)
  expect(summary.outputs).toEqual(batch.outputs)
  expect((await lyrebird('query @outputs/hours --state state')).out).toBe(
    (await lyrebird('query @outputs/hours --state other')).out,
  )
})

test('SIGINT commits what was read', async () => {
  const stream = begin(folder, [...STREAM.slice(0, -1), '1h'])
  await stream.said('following log')
  stream.child.kill('SIGINT')
  expect(await stream.ended).toMatchObject({ code: 0, err: expect.stringContaining('committing') })
})
