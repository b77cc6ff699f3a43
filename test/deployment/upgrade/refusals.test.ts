// Upgrades that are refused, each before anything is touched; and what they say.

import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isLyrebirdError, type LyrebirdError } from '../../../core/errors.ts'
import { Progress } from '../../../core/executor/progress.ts'
import { sayNewVersion } from '../../../deployment/upgrade/new-version.ts'
import { type UpgradeOptions, upgradeState } from '../../../deployment/upgrade/upgrade-state.ts'
import { job, type Stream, source } from '../../../dsl/index.ts'
import { thisProcess } from '../../../host/process-identity.ts'
import { MemoryLog } from '../../../logs/memory.ts'
import { nextOf } from '../../../run/state/folders.ts'
import { readCommitted } from '../../../run/state/read-state.ts'
import { runBatch } from '../../../runtime-batch/index.ts'
import { openStateReader, openStateWriter } from '../../../store/index.ts'
import { testFolder } from '../../run/support/folder.ts'
import { program, start } from '../../support/child.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import { programOf } from '../../support/run-job.ts'

interface Event {
  readonly t: number
  readonly k: string
}

const versionOf = (results: (events: Stream<Event>) => Parameters<typeof job>[1]) => {
  const events = source<Event>('events', { time: e => e.t })
  return interpretedModule(programOf(job('refused', results(events))))
}

const OLD = versionOf(events => ({ a: events.keyBy(e => e.k).count(), out: events.to('out') }))
const EDITED = versionOf(events => ({ a: events.keyBy(e => `${e.k}!`).count(), out: events.to('out') }))
const EDITED_OUTPUT = versionOf(events => ({
  a: events.keyBy(e => e.k).count(),
  out: events.filter(e => e.t > 0).to('out'),
}))
const WITHOUT = versionOf(events => ({ a: events.keyBy(e => e.k).count() }))

function logOf(count: number): MemoryLog {
  const log = new MemoryLog()
  log.createTopic('events', 1)
  const records = Array.from({ length: count }, (_, i) => ({
    timestamp: i,
    value: Buffer.from(JSON.stringify({ t: i, k: `k${i % 3}` })),
  }))
  log.append('events', 0, records)
  return log
}

async function begun(more: object = {}) {
  const [log, state] = [logOf(10), join(testFolder(), 'state')]
  await runBatch({ functions: OLD, log, state, ...more })
  return { log, state }
}

async function refused(options: UpgradeOptions, code: string): Promise<LyrebirdError> {
  const error = await upgradeState(options).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!isLyrebirdError(error)) throw error ?? new Error('it was not refused')
  expect(error.code).toBe(code)
  return error
}

async function planOf(state: string): Promise<unknown> {
  const reader = openStateReader(state)
  const { plan } = readCommitted(reader, state)
  await reader.close()
  return plan.results
}

const unchanged = async (state: string): Promise<void> => {
  expect(await planOf(state)).toEqual(JSON.parse(JSON.stringify(OLD.plan.results)))
  expect(existsSync(nextOf(state))).toBe(false)
}

describe('an edited output', () => {
  it('needs a topic of another name', async () => {
    const { log, state } = await begun()
    const error = await refused({ functions: EDITED_OUTPUT, log, state }, 'output-changed')
    expect(error.message).toContain('output "out" cannot go to topic out: it was edited')
    expect(error.hint).toBe("write .to('out-2') in the job; the topic out stays as it is")
    expect(error.exitCode).toBe(6)
    await unchanged(state)
  })

  it('does not get the topic of one that is gone either, however long ago', async () => {
    const { log, state } = await begun()
    await upgradeState({ functions: WITHOUT, log, state })
    await upgradeState({ functions: EDITED, log, state }).catch(() => {})
    const error = await refused({ functions: EDITED_OUTPUT, log, state }, 'output-changed')
    expect(error.message).toContain('an earlier version of the job has written to it')
    expect(await planOf(state)).toEqual(JSON.parse(JSON.stringify(WITHOUT.plan.results)))
  })
})

describe('a history that is gone', () => {
  it('is named, with what can be kept', async () => {
    const { log, state } = await begun()
    log.trim('events', 0, 4n)
    const error = await refused({ functions: EDITED, log, state }, 'range-lost')
    expect(error.message).toBe(
      'a cannot be computed from the beginning of the state: offsets 0 to 3 of events/0 of the log are gone',
    )
    expect(error.where).toMatchObject({ partition: 'events/0', from: '0', to: '4', results: 'a' })
    for (const said of ['--archive DIR', '--as NEW-DIR', 'leave a as before', '(out) needs no history'])
      expect(error.hint).toContain(said)
    expect(error.exitCode).toBe(5)
    await unchanged(state)
  })

  it('is not needed where results only go', async () => {
    const { log, state } = await begun()
    log.trim('events', 0, 4n)
    await upgradeState({ functions: WITHOUT, log, state })
    expect(await planOf(state)).toEqual(JSON.parse(JSON.stringify(WITHOUT.plan.results)))
  })

  it('is not needed before where the state began', async () => {
    const { log, state } = await begun({ from: new Map([['events/0', 4n]]) })
    log.trim('events', 0, 4n)
    await upgradeState({ functions: EDITED, log, state })
    expect(await planOf(state)).toEqual(JSON.parse(JSON.stringify(EDITED.plan.results)))
  })
})

describe('a state', () => {
  it('of a finished history is sealed', async () => {
    const { log, state } = await begun({ final: true })
    const error = await refused({ functions: EDITED, log, state }, 'state-sealed')
    expect(error.hint).toContain('--as NEW-DIR')
  })

  it('whose rows are not those of its digests is not taken over', async () => {
    const { log, state } = await begun()
    const writer = await openStateWriter(state)
    const progress = Progress.decode(writer.document('progress') as Uint8Array)
    progress.digest('view/a').addRow(Uint8Array.of(1), Uint8Array.of(2))
    await writer.commit(transaction => transaction.putDocument('progress', progress.encode()))
    await writer.close()
    const error = await refused({ functions: WITHOUT, log, state }, 'state-corrupt')
    expect(error.message).toContain('the rows of view "a" are not those of its digest (3 rows, 4 are counted)')
    await unchanged(state)
  })

  it('that does not exist, or is that of the job, needs none', async () => {
    const missing = join(testFolder(), 'state')
    await upgradeState({ functions: OLD, log: logOf(1), state: missing })
    expect(existsSync(missing)).toBe(false)
    const { log, state } = await begun()
    await upgradeState({ functions: OLD, log, state, upgradeSteps: step => expect.fail(step) })
  })
})

describe('an owner', () => {
  it('that does not answer is named, and goes on', async () => {
    const { log, state } = await begun()
    const owner = start(
      program(`
        import { openStateWriter } from './store/index.ts'
        const writer = await openStateWriter(process.argv[2])
        console.log('open')
        setTimeout(() => writer.close(), 60_000)
      `),
      [state],
    )
    await owner.line()
    const error = await refused({ functions: EDITED, log, state, handOverMs: 300 }, 'state-locked')
    expect(error.message).toContain(`process ${owner.pid} did not hand the state in ${state} over within 0.3 s`)
    expect(error.hint).toContain(`end it: kill ${owner.pid}`)
    expect(await planOf(state)).toEqual(JSON.parse(JSON.stringify(OLD.plan.results)))
    owner.kill('SIGKILL')
    await owner.ended
    await upgradeState({ functions: EDITED, log, state })
    expect(await planOf(state)).toEqual(JSON.parse(JSON.stringify(EDITED.plan.results)))
  })

  it('on another machine is named', async () => {
    const { log, state } = await begun()
    const path = join(state, '.lock')
    writeFileSync(path, '')
    // As one of another container looks: it cannot be seen, and touches its lock.
    const inode = String(statSync(path, { bigint: true }).ino)
    const holder = { ...thisProcess(), pidNamespace: 'pid:[1]', host: `${hostname()}-2`, nonce: 'n', inode }
    writeFileSync(path, JSON.stringify(holder))
    const touching = setInterval(() => utimesSync(path, new Date(), new Date()), 50)
    const error = await refused({ functions: EDITED, log, state }, 'state-locked').finally(() =>
      clearInterval(touching),
    )
    expect(error.message).toBe(`the state in ${state} is run by process ${process.pid} on ${hostname()}-2`)
    expect(error.hint).toContain(`kill ${process.pid}, on ${hostname()}-2`)
    expect(readFileSync(path, 'utf8')).toBe(JSON.stringify(holder))
    await unchanged(state)
  })
})

describe('--as', () => {
  const said: string[] = []
  const as = (state: string, directory: string) =>
    sayNewVersion({ state, as: directory }, EDITED.plan, line => said.push(line))

  it('is refused in the directory of the old version, and without one', async () => {
    const { state } = await begun()
    for (const directory of [state, join(state, 'new'), `${state}/../state`])
      await expect(as(state, directory)).rejects.toMatchObject({ code: 'usage' })
    await expect(as(join(testFolder(), 'none'), 'new')).rejects.toMatchObject({ code: 'state-missing' })
  })

  it('says what differs and that both are kept', async () => {
    const { state } = await begun()
    await as(state, `${state}-new`)
    expect(said).toEqual([
      'new version: view "a" changed: the lambda in keyBy was edited',
      `new version: in ${state}-new; the old one in ${state} stays as it is`,
    ])
  })

  it('does not write into the topics of the old version', async () => {
    const { log, state } = await begun()
    const run = runBatch({ functions: EDITED, log, state: `${state}-new`, out: join(state, 'out') })
    await expect(run).rejects.toMatchObject({ code: 'topic-owned' })
    await unchanged(state)
  })
})
