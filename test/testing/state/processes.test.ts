// `lyrebird verify --state` while other processes append to the log and a stream or a run writes the state.
//
// Promises: each verdict is of a real commit, the state agrees each time, and it goes on committing meanwhile.

import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openStateReader, openStateWriter } from '../../../store/index.ts'
import { begin, JOB, project, type Running, records, run } from '../../cli/lyrebird.ts'

const LIMIT_MS = 120_000
/** Verdicts while records come. */
const TIMES = 4

interface Verdict {
  readonly equal: boolean
  readonly whole: boolean
  readonly commit: { readonly number: number }
  readonly writer: number | null
  readonly cut: Readonly<Record<string, string>>
  readonly records: number
  readonly parts: readonly { readonly part: string; readonly compared: number; readonly of: number }[]
}

const WITH_CHANGES = JOB.replace(
  'export default job(',
  'const changes = traffic.changes().to("traffic-changes")\n\nexport default job(',
).replace('hours })', 'hours, changes })')

/** Appends until it is told to stop. */
function traffic(folder: string): { stop(): Promise<void> } {
  let stopped = false
  const appended = (async () => {
    for (let count = 100; !stopped; count += 20) {
      const { code, err } = await run(folder, ['append', 'page-views', '--log', 'log'], { input: records(20, count) })
      if (code !== 0) throw new Error(err)
    }
  })()
  appended.catch(() => {})
  return {
    stop: () => {
      stopped = true
      return appended
    },
  }
}

async function started(how: 'stream' | 'run'): Promise<{ folder: string; live: Running }> {
  const folder = project({ 'job.ts': WITH_CHANGES })
  const line = 'append page-views --log log --partitions 2'
  expect((await run(folder, line.split(' '), { input: records(100) })).code).toBe(0)
  const places = ['--log', 'log', '--state', 'state', '--commit-interval', '20ms']
  const live = begin(folder, [how, 'job.ts', ...places])
  await live.said(how === 'stream' ? 'following log' : 'live')
  await untilBehind(folder, 0)
  return { folder, live }
}

/** Appends until there is a later commit: that the state goes on. */
async function untilBehind(folder: string, commit: number): Promise<void> {
  for (let i = 0; i < 300; i++) {
    const { code, out } = await run(folder, ['query', '@commit', '--state', 'state'])
    if (code === 0 && (JSON.parse(out) as { commit: number }).commit > commit) return
    await run(folder, ['append', 'page-views', '--log', 'log'], { input: records(1, 100) })
  }
  throw new Error('the state did not go on')
}

const verify = (folder: string, ...more: readonly string[]) =>
  run(folder, ['verify', 'job.ts', '--log', 'log', '--state', 'state', ...more])

test.each(['stream', 'run'] as const)(
  'a state that a %s writes is verified again and again, while it goes on',
  async how => {
    const { folder, live } = await started(how)
    const appending = traffic(folder)
    const commits: number[] = []
    for (let i = 0; i < TIMES; i++) {
      const { code, out, err } = await verify(folder, '--json')
      expect({ code, err }, out).toEqual({ code: 0, err: '' })
      const verdict = JSON.parse(out) as Verdict
      expect(verdict).toMatchObject({ equal: true, whole: true, writer: live.child.pid })
      const read = Object.values(verdict.cut).reduce((sum, offset) => sum + Number(offset), 0)
      expect(verdict.records).toBe(read)
      expect(verdict.parts.every(({ compared, of }) => compared === of)).toBe(true)
      commits.push(verdict.commit.number)
    }
    expect(commits).toEqual([...commits].sort((a, b) => a - b))
    await appending.stop()
    await untilBehind(folder, commits.at(-1) as number)
    live.child.kill('SIGTERM')
    expect((await live.ended).code).toBe(0)
    const last = await verify(folder, '--json')
    const verdict = JSON.parse(last.out) as Verdict
    expect(verdict).toMatchObject({ equal: true, whole: true, writer: null })
    expect(verdict.commit.number).toBeGreaterThan(commits.at(-1) as number)
    expect(readdirSync(folder).sort()).toEqual(['.lyrebird', 'job.ts', 'log', 'package.json', 'state'])
  },
  LIMIT_MS,
)

test(
  'the proof by schedules and reference is of one commit too, where it is asked for',
  async () => {
    const { folder, live } = await started('stream')
    const appending = traffic(folder)
    const { code, out, err } = await verify(folder, '--interleavings', '1')
    expect({ code, err }, out).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/\nequal\n$/)
    await appending.stop()
    live.child.kill('SIGTERM')
    expect((await live.ended).code).toBe(0)
  },
  LIMIT_MS,
)

test(
  'a row that is not what the log says ends with 7, and the text says which',
  async () => {
    const folder = project({ 'job.ts': JOB })
    const line = 'append page-views --log log --partitions 2'
    expect((await run(folder, line.split(' '), { input: records(100) })).code).toBe(0)
    const places = ['--log', 'log', '--state', 'state']
    expect((await run(folder, ['batch', 'job.ts', ...places])).code).toBe(0)
    const sound = await verify(folder)
    expect(sound).toMatchObject({ code: 0, err: '' })
    expect(sound.out).toMatch(/^equal: state at commit 1 is what batch computes from the log\n {2}commit {8}of /)
    expect(sound.out).toContain('no process writes the state')
    const state = join(folder, 'state')
    const reader = openStateReader(state)
    const [one, other] = [...reader.range('view/traffic')].map(row => row.map(bytes => bytes.slice()))
    const [[key], [, value]] = [one, other] as [Uint8Array[], Uint8Array[]]
    await reader.close()
    const writer = await openStateWriter(state)
    await writer.commit(transaction =>
      transaction.applyChanges('view/traffic', [[key as Uint8Array, value as Uint8Array]]),
    )
    await writer.close()
    const { code, out } = await verify(folder)
    expect(code, out).toBe(7)
    expect(out).toMatch(/^NOT EQUAL: state at .* is not what batch computes from the log: view traffic\n/)
    expect(out).toMatch(
      /DIFFERENT {5}view traffic +\d+ rows, 1 difference\n +\{"key":"BR","window":.*\n +is {9}.*\n +should be {2}/,
    )
    expect(out).toContain('compute it anew beside this one: lyrebird batch job.ts --log log --state state-new')
    expect(existsSync(join(folder, 'state-new'))).toBe(false)
  },
  LIMIT_MS,
)

test('a cut of its own cannot be given with a state', async () => {
  const folder = project({ 'job.ts': JOB })
  expect(await verify(folder, '--until', 'end')).toMatchObject({
    code: 2,
    err: expect.stringContaining('--until and --final do not go with --state'),
  })
})

test(
  'it ends by a signal as a process does, and leaves nothing behind',
  async () => {
    const folder = project({ 'job.ts': JOB })
    expect((await run(folder, ['append', 'page-views', '--log', 'log'], { input: records(10) })).code).toBe(0)
    expect((await run(folder, ['batch', 'job.ts', '--log', 'log', '--state', 'state'])).code).toBe(0)
    const scratch = join(folder, 'tmp')
    mkdirSync(scratch)
    const nowhere = ['--log', 'kafka://127.0.0.1:9', '--give-up-after', '1h']
    const verifying = begin(folder, ['verify', 'job.ts', ...nowhere, '--state', 'state'], { env: { TMPDIR: scratch } })
    await verifying.said('waiting for the log')
    expect(readdirSync(scratch)).toHaveLength(1)
    verifying.child.kill('SIGTERM')
    expect(await verifying.ended).toMatchObject({ code: null, signal: 'SIGTERM', out: '' })
    expect(readdirSync(scratch)).toEqual([])
  },
  LIMIT_MS,
)
