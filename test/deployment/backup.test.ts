// Backups of a state as docs/backup.md says they are made: of a stopped run, and of one that is paused while it works;
// and what happens where an older one comes back, also to outputs that are ahead of it.

import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { begin, project, type Running, records, run } from '../cli/lyrebird.ts'
import { noKafka, TestCluster } from '../logs/kafka/support/cluster.ts'
import { committed } from '../sinks/kafka/support.ts'

const LIMIT_MS = 180_000
/** Copies of a run that goes on, each at another moment of its commits. */
const COPIES = 6

const JOB = `import { count, job, source, sum, tumbling } from 'lyrebird'

interface View { at: string; user: string; country: string; bytes: number }

const views = source<View>('page-views', { time: v => Date.parse(v.at), disorder: '30s' })
const hours = views.keyBy(v => v.country).window(tumbling('1h')).aggregate({ views: count(), bytes: sum(v => v.bytes) })
const users = views.keyBy(v => v.user).count()

export default job('page-views', { hours, users, closed: hours.closed().to('hours') })
`

const WITH_CHANGES = JOB.replace(
  "to('hours') })",
  "to('hours'), feed: users.changes().to('users', { partitions: 1 }) })",
)

let folder = ''
const lyrebird = (line: string, input?: string) => run(folder, line.split(' '), input === undefined ? {} : { input })
const append = (count: number, from: number) =>
  lyrebird('append page-views --log log --partitions 2', records(count, from))

const RUN = 'run job.ts --log log --state state --commit-interval 5ms'

/** As \`cp -a\` does: sockets of locks too, if there are any. */
const copy = (from: string, to: string): void => {
  execFileSync('cp', ['-a', join(folder, from), join(folder, to)])
}

const restore = (backup: string): void => {
  rmSync(join(folder, 'state'), { recursive: true, force: true })
  copy(backup, 'state')
}

/** Every row of a state, and its cut. */
async function contentOf(state: string): Promise<Record<string, string>> {
  const names = ['hours', 'users', '@late', '@dead-letters', '@outputs/closed', '@cut']
  const rows = names.map(async name => [name, (await lyrebird(`query ${name} --state ${state}`)).out] as const)
  return Object.fromEntries(await Promise.all(rows))
}

async function expectAsComputed(state: string): Promise<void> {
  rmSync(join(folder, 'computed'), { recursive: true, force: true })
  expect((await lyrebird('batch job.ts --log log --state computed')).code).toBe(0)
  expect(await contentOf(state)).toEqual(await contentOf('computed'))
}

const stopped = async ({ child, ended }: Running): Promise<void> => {
  child.kill('SIGTERM')
  expect((await ended).code).toBe(0)
}

describe('a backup', { timeout: LIMIT_MS }, () => {
  beforeEach(async () => {
    folder = project({ 'job.ts': JOB })
    await append(100, 0)
  })

  it('of a stopped run goes on where it ended, after the state was lost', async () => {
    const first = begin(folder, RUN.split(' '))
    await first.said('live')
    await stopped(first)
    copy('state', 'backup')
    await append(80, 100)
    expect((await lyrebird('verify job.ts --log log --state backup --interleavings 1 --seed 1')).code).toBe(0)
    const second = begin(folder, RUN.split(' '))
    await second.said('live')
    await stopped(second)
    restore('backup')
    expect((await lyrebird(`${RUN} --until end`)).code).toBe(0)
    await expectAsComputed('state')
  })

  it('of a paused run is its last commit, at whatever moment of a commit it was taken', async () => {
    const live = begin(folder, RUN.split(' '))
    await live.said('live')
    for (let i = 0; i < COPIES; i++) {
      const appending = append(20, 100 + 20 * i)
      await sleep(150 + 7 * i)
      live.child.kill('SIGSTOP')
      copy('state', `backup${i}`)
      live.child.kill('SIGCONT')
      expect((await appending).code).toBe(0)
    }
    const early = await lyrebird('run job.ts --log log --state backup0 --until end')
    expect([early.code, early.err]).toEqual([6, expect.stringContaining(`process ${live.child.pid}`)])
    live.child.kill('SIGKILL')
    await live.ended
    for (let i = 0; i < COPIES; i++) {
      restore(`backup${i}`)
      const { code, err } = await lyrebird(`${RUN} --until end`)
      expect(code, err).toBe(0)
      await expectAsComputed('state')
    }
  })

  it('that is older than outputs in a directory of their own is refused, and changes nothing there', async () => {
    const line = `${RUN} --until end --out out`
    expect((await lyrebird(line)).code).toBe(0)
    copy('state', 'backup')
    copy('out', 'out-backup')
    await append(80, 100)
    expect((await lyrebird(line)).code).toBe(0)
    copy('state', 'ahead')
    const files = () =>
      execFileSync('tar', ['-c', '--sort=name', '--mtime=@0', 'out/hours'], { cwd: folder }).toString('base64')
    const before = files()
    restore('backup')
    const { code, err } = await lyrebird(line)
    expect([code, err]).toEqual([6, expect.stringContaining('the state is older than its outputs')])
    expect(files()).toBe(before)
    // With the outputs of its own time it goes on.
    rmSync(join(folder, 'out'), { recursive: true })
    copy('out-backup', 'out')
    expect((await lyrebird(line)).code).toBe(0)
    expect((await lyrebird('query users --state state')).out).toBe((await lyrebird('query users --state ahead')).out)
  })

  it('without a state a run computes all of it again', async () => {
    expect((await lyrebird(`${RUN} --until end`)).code).toBe(0)
    rmSync(join(folder, 'state'), { recursive: true })
    expect((await lyrebird(`${RUN} --until end`)).code).toBe(0)
    await expectAsComputed('state')
  })
})

describe.skipIf(noKafka)('a backup that is older than outputs in Kafka', { timeout: LIMIT_MS }, () => {
  let out = ''
  beforeAll(async () => {
    const cluster = await TestCluster.start()
    out = `kafka://${cluster.broker.address}`
    return () => cluster.end()
  }, LIMIT_MS)

  it('passes over elements that are there, and writes changes anew where it is told to', async () => {
    folder = project({ 'job.ts': WITH_CHANGES })
    await append(100, 0)
    const line = `${RUN} --until end --out ${out}`
    expect((await lyrebird(line)).code).toBe(0)
    copy('state', 'backup')
    await append(80, 100)
    expect((await lyrebird(line)).code).toBe(0)
    const hours = await committed(out, 'hours')
    await append(80, 180)
    restore('backup')
    const refused = await lyrebird(line)
    expect([refused.code, refused.err]).toEqual([6, expect.stringContaining('--republish')])
    const { code, err } = await lyrebird(`${line} --republish`)
    expect(code, err).toBe(0)
    // Each element once: those of before as they were, and those that came since.
    const after = await committed(out, 'hours')
    expect(after.map((part, i) => part.slice(0, hours[i]?.length))).toEqual(hours)
    const elements = after.flat()
    expect(new Set(elements).size).toBe(elements.length)
    const computed = await lyrebird('batch job.ts --log log --state whole --out other')
    expect(computed.code).toBe(0)
    const expected = (await lyrebird('query @outputs/closed --state whole --out other')).out.trim().split('\n')
    expect(elements).toHaveLength(expected.length)
    // The newest change of each user is the view's row.
    const newest = new Map((await committed(out, 'users')).flat().map(text => [text.split('=')[0], text.split('=')[1]]))
    const rows = (await lyrebird('query users --state state')).out.trim().split('\n')
    const users = rows.map(row => JSON.parse(row) as { key: string; value: number })
    expect(Object.fromEntries(newest)).toEqual(Object.fromEntries(users.map(({ key, value }) => [key, String(value)])))
  })
})
