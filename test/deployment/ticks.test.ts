// `lyrebird run --ticks`: an idle partition no longer holds windows back, and what was written is in the log: a batch
// over it has the same bytes.

import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, expect, it } from 'vitest'
import { openTopic } from '../../logs/writer/index.ts'
import { begin, JOB, project, run } from '../cli/lyrebird.ts'

const LIMIT_MS = 120_000
const RUN = ['run', 'job.ts', '--log', 'log', '--state', 'state', '--commit-interval', '50ms', '--ticks', '1s']

let folder = ''
beforeAll(() => {
  folder = project({ 'job.ts': JOB })
})

const lyrebird = (line: string, input?: string) => run(folder, line.split(' '), input === undefined ? {} : { input })

/** A record of two hours ago, with the clock's timestamp. */
const record = (user: string): string => {
  const at = new Date(Date.now() - 2 * 3_600_000).toISOString()
  return `${JSON.stringify({ at, user, country: 'KR', bytes: 1 })}\n`
}

/** Asks again until the answer fits. */
async function until(line: string, fits: (out: string) => boolean): Promise<string> {
  for (let tries = 0; tries < 300; tries++) {
    const { out, err } = await lyrebird(line)
    if (fits(out)) return out
    if (tries === 299) throw new Error(`${line}: ${out}${err}`)
    await sleep(50)
  }
  return ''
}

it('moves windows on, and batch over the same log agrees', { timeout: LIMIT_MS }, async () => {
  await lyrebird('append page-views --log log --partitions 2', record('u1'))
  const live = begin(folder, RUN)
  await live.said('ticks move event time on there')
  // The time of the clock is past the end of the record's hour.
  const rows = await until('query traffic --state state', out => out.includes('"closed":true'))
  expect(rows.trim().split('\n')).toHaveLength(1)
  // The stream follows records that come now as before.
  await lyrebird('append page-views --log log', record('u2'))
  await until('query @late --state state', out => out !== '')
  live.child.kill('SIGTERM')
  const { code, err } = await live.ended
  expect([code, err]).toEqual([0, expect.stringContaining('no records for 1 s in page-views/0 and page-views/1')])
  const cut = (await lyrebird('query @cut --state state')).out
  expect((await lyrebird('batch job.ts --log log --state other')).code).toBe(0)
  expect((await lyrebird('query @cut --state other')).out).toBe(cut)
  for (const view of ['traffic', 'users', '@late', '@dead-letters', '@outputs/hours']) {
    const [streamed, computed] = [`query ${view} --state state`, `query ${view} --state other`]
    expect((await lyrebird(streamed)).out, view).toBe((await lyrebird(computed)).out)
  }
  expect((await lyrebird('verify job.ts --log log --state state --interleavings 2 --seed 1')).code).toBe(0)
})

it('another process that writes the topic is told once, and ends nothing', { timeout: LIMIT_MS }, async () => {
  const own = project({ 'job.ts': JOB })
  const topic = await openTopic('page-views', { log: `${own}/log`, partitions: 1 })
  const live = begin(own, RUN)
  await live.said('page-views gets no ticks: page-views/0 is being written by process')
  await topic.close()
  await live.said('page-views gets ticks again')
  live.child.kill('SIGTERM')
  const { code, err } = await live.ended
  expect([code, err.split('gets no ticks').length - 1]).toEqual([0, 1])
})

it('two runs of two states over one topic write no more than one would', { timeout: LIMIT_MS }, async () => {
  const own = project({ 'job.ts': JOB })
  await (await openTopic('page-views', { log: `${own}/log`, partitions: 1 })).close()
  const others = ['state', 'second'].map(state =>
    begin(
      own,
      RUN.map(word => (word === 'state' ? state : word)),
    ),
  )
  const ends = async (): Promise<number> => {
    const { out } = await run(own, ['topics', '--log', 'log', '--json'])
    return Number(/"end":"(\d+)"/.exec(out)?.[1])
  }
  const begun = Date.now()
  while ((await ends()) < 3) await sleep(20)
  const [ticks, seconds] = [await ends(), (Date.now() - begun) / 1000]
  expect(ticks).toBeLessThanOrEqual(Math.ceil(seconds) + 1)
  for (const { child } of others) child.kill('SIGTERM')
  for (const { ended } of others) expect((await ended).code).toBe(0)
})

it.each([
  [['--ticks', '10ms'], '--ticks takes at least 1s, not 10ms'],
  [['--ticks', '1m', '--until', 'end'], '--ticks is for a run that follows its log'],
])('%j is refused before anything is read', async (more, text) => {
  const { code, err } = await run(folder, ['run', 'job.ts', '--log', 'nowhere', '--state', 'none', ...more])
  expect([code, err]).toEqual([2, expect.stringContaining(text)])
})

it('stored files take no tick', async () => {
  const { code, err } = await run(folder, [
    ...['stream', `${import.meta.dirname}/../../examples/page-views/job.ts`],
    ...['--log', `${import.meta.dirname}/../../examples/page-views/log`, '--state', 'files', '--ticks', '1m'],
  ])
  expect([code, err]).toEqual([2, expect.stringContaining('not-appendable')])
})
