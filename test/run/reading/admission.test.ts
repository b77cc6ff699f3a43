// What stops a run before it reads or writes anything: plans, logs and cuts that do not fit the state.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { FunctionsModule } from '../../../core/emitted/emitted-module.ts'
import { type FailureCode, LyrebirdError } from '../../../core/errors.ts'
import { job, source } from '../../../dsl/index.ts'
import { MemoryLog } from '../../../logs/memory.ts'
import { type BatchOptions, runBatch } from '../../../runtime-batch/index.ts'
import { StreamRun } from '../../../runtime-stream/index.ts'
import { openStateReader, openStateWriter } from '../../../store/index.ts'
import { verifyJob } from '../../../testing/equivalence/index.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import { calendar, GLOBAL, PlanBuilder, tumbling } from '../../support/jobs/graph-plan.ts'
import { programOf } from '../../support/run-job.ts'
import { testFolder } from '../support/folder.ts'

const utf8 = new TextEncoder()
const event = (t: number) => ({ timestamp: t, value: utf8.encode(JSON.stringify({ t })) })
const tickAt = (t: number) => ({ timestamp: t, value: null, headers: [{ key: 'lyrebird-tick', value: null }] })

/** Counts events of `clicks` by minute; the event time is the log's timestamp unless `time` is set. */
function clicks(options: { hash?: string; name?: string; time?: boolean; aheadMs?: number; output?: boolean } = {}) {
  const plan = new PlanBuilder()
  const time = options.time === true ? { time: (v: { t: number }) => v.t } : {}
  const source = plan.source('clicks', {
    ...time,
    ...(options.aheadMs === undefined ? {} : { aheadMs: options.aheadMs }),
  })
  const keyed = plan.keyBy(source, () => 'all')
  plan.view(options.name ?? 'perMinute', plan.bare(keyed, tumbling(60_000), { kind: 'count' }))
  plan.view('total', plan.bare(keyed, GLOBAL, { kind: 'count' }))
  if (options.output === true) plan.output('copy', plan.to(keyed, 'copy'))
  const program = plan.program('clicks')
  const results = program.plan.results.map(r => (r.name === 'total' ? { ...r, hash: options.hash ?? r.hash } : r))
  return interpretedModule({ ...program, plan: { ...program.plan, results } })
}

function logOf(partitions: number): MemoryLog {
  const log = new MemoryLog()
  log.createTopic('clicks', partitions)
  for (let p = 0; p < partitions; p++) log.append('clicks', p, [event(1000), event(2000), event(3000)])
  return log
}

async function failure(run: Promise<unknown>): Promise<LyrebirdError> {
  const error = await run.then(
    () => null,
    (e: unknown) => e,
  )
  expect(error).toBeInstanceOf(LyrebirdError)
  return error as LyrebirdError
}

async function refused(options: BatchOptions, code: FailureCode): Promise<LyrebirdError> {
  const error = await failure(runBatch(options))
  expect(error.code).toBe(code)
  return error
}

const functions = clicks()

describe('the state', () => {
  it('of another plan is refused with every change and the command that recomputes', async () => {
    const state = join(testFolder(), 'state')
    const log = logOf(1)
    await runBatch({ functions, log, state })
    const changed = await refused(
      { functions: clicks({ hash: 'other', name: 'minutes' }), log, state, recompute: 'lyrebird batch x' },
      'state-incompatible',
    )
    expect(changed.message).toBe(
      'the state was computed by another plan: view "minutes" is new; view "total" changed; view "perMinute" is gone',
    )
    expect(changed.hint).toContain('lyrebird batch x')
    expect(changed.exitCode).toBe(6)
  })

  it('whose views share nodes in another way is refused, though each view means the same', async () => {
    const counts = () =>
      source<{ t: number }>('clicks')
        .keyBy(() => 'all')
        .count()
    const shared = counts()
    const once = interpretedModule(programOf(job('clicks', { a: shared, b: shared })))
    const twice = interpretedModule(programOf(job('clicks', { a: counts(), b: counts() })))
    expect(once.plan.results.map(r => r.hash)).toEqual(twice.plan.results.map(r => r.hash))
    for (const [before, after] of [
      [once, twice],
      [twice, once],
    ] as const) {
      const state = join(testFolder(), 'state')
      const log = logOf(1)
      await runBatch({ functions: before, log, state })
      log.append('clicks', 0, [event(4000)])
      const error = await refused({ functions: after, log, state }, 'state-incompatible')
      expect(error.message).toContain('view "b" is made of other nodes')
    }
  })

  it('of a finished history is sealed', async () => {
    const state = join(testFolder(), 'state')
    const log = logOf(1)
    expect((await runBatch({ functions, log, state, final: true })).sealed).toBe(true)
    await refused({ functions, log, state }, 'state-sealed')
  })

  it('of a newer format is refused', async () => {
    const state = join(testFolder(), 'state')
    const writer = await openStateWriter(state)
    await writer.commit(txn => txn.putDocument('job', utf8.encode('{"format":99}')))
    await writer.close()
    await refused({ functions, log: logOf(1), state }, 'state-too-new')
  })

  /** A state that records other versions than the current ones. */
  async function aged(functions: FunctionsModule, log: MemoryLog, versions: object): Promise<string> {
    const state = join(testFolder(), 'state')
    await runBatch({ functions, log, state })
    const writer = await openStateWriter(state)
    const document = JSON.parse(new TextDecoder().decode(writer.document('job')))
    Object.assign(document.versions, versions)
    await writer.commit(txn => txn.putDocument('job', utf8.encode(JSON.stringify(document))))
    await writer.close()
    return state
  }

  it('of other versions of Node and time zone data only warns', async () => {
    const log = logOf(1)
    const state = await aged(functions, log, { node: '1.2.3', tz: '1999a' })
    const { warnings } = await runBatch({ functions, log, state })
    expect(warnings).toContainEqual(expect.stringContaining(`node 1.2.3 -> ${process.versions.node}`))
  })

  it('of other time zone data is refused where the job has calendar windows', async () => {
    const plan = new PlanBuilder()
    const keyed = plan.keyBy(plan.source('clicks'), () => 'all')
    plan.view('perDay', plan.bare(keyed, calendar('day', 'Europe/Berlin'), { kind: 'count' }))
    const functions = interpretedModule(plan.program('days'))
    const log = logOf(1)
    const state = await aged(functions, log, { tz: '1999a' })
    const error = await refused({ functions, log, state }, 'state-incompatible')
    expect(error.exitCode).toBe(6)
    expect(error.message).toBe(
      `the state does not fit this engine: its windows of Europe/Berlin were made with time zone data 1999a, this Node has ${process.versions.tz}`,
    )
    const other = await aged(functions, log, { node: '1.2.3' })
    expect((await runBatch({ functions, log, state: other })).warnings).toHaveLength(1)
  })

  it('is not made where the log does not fit', async () => {
    const state = join(testFolder(), 'state')
    await refused({ functions, log: new MemoryLog(), state }, 'unknown-topic')
    expect(existsSync(state)).toBe(false)
  })
})

describe('the log', () => {
  const bare = { timestamps: false, keys: false, headers: false }

  it('without timestamps is refused where the job takes its time from it', async () => {
    const log = new MemoryLog()
    log.createTopic('clicks', 1, bare)
    const state = join(testFolder(), 'state')
    await refused({ functions, log, state }, 'log-lacks')
    await refused({ functions: clicks({ time: true, aheadMs: 1 }), log, state }, 'log-lacks')
    log.append('clicks', 0, [event(5)])
    expect((await runBatch({ functions: clicks({ time: true }), log, state })).records).toBe(1)
  })

  it('whose topic was deleted and created again is another one', async () => {
    const state = join(testFolder(), 'state')
    const log = logOf(1)
    await runBatch({ functions, log, state })
    log.createTopic('clicks', 1)
    log.append('clicks', 0, [event(1), event(2), event(3), event(4)])
    await refused({ functions, log, state }, 'topic-recreated')
  })

  it('that ends before the position of the state was truncated', async () => {
    const state = join(testFolder(), 'state')
    const log = logOf(1)
    await runBatch({ functions, log, state })
    log.skipTo('clicks', 0, 1n)
    const error = await refused({ functions, log, state }, 'truncated')
    expect(error.where).toMatchObject({ from: '1', to: '3' })
  })
})

describe('a partition that the state does not know', () => {
  /** A log with the partitions of another one, and one more. */
  function grown(log: MemoryLog, records: Parameters<MemoryLog['append']>[2]): MemoryLog {
    const more = new MemoryLog()
    more.createTopic('clicks', 2)
    more.append('clicks', 0, [event(1000), event(2000), event(3000)])
    more.append('clicks', 1, records)
    more.topicId = async topic => log.topicId(topic)
    return more
  }

  it('stops the run where its first record is no tick', async () => {
    const state = join(testFolder(), 'state')
    const log = logOf(1)
    await runBatch({ functions, log, state })
    await refused({ functions, log: grown(log, [event(9000)]), state }, 'partition-added')
  })

  it('is admitted by a tick at the watermark, not by one behind it', async () => {
    const state = join(testFolder(), 'state')
    const log = logOf(1)
    await runBatch({ functions, log, state })
    const behind = await refused({ functions, log: grown(log, [tickAt(2999)]), state }, 'partition-added')
    expect(behind.message).toContain('1 ms behind the watermark')
    const { cut } = await runBatch({ functions, log: grown(log, [tickAt(3000), event(3500)]), state })
    expect(cut).toEqual({ 'clicks/0': '3', 'clicks/1': '2' })
  })

  it('brings its tick into the first cut that names it', async () => {
    const folder = testFolder()
    const state = join(folder, 'state')
    const log = logOf(1)
    await runBatch({ functions, log, state })
    const more = grown(log, [tickAt(3000), event(3500)])
    const stream = await StreamRun.open({ functions, log: more, state })
    await stream.commit()
    const until = stream.run.progress.cutNow
    expect(stream.summary().sources).toMatchObject([{ watermark: 3000 }])
    await stream.close()
    expect(until).toEqual(
      new Map([
        ['clicks/0', 3n],
        ['clicks/1', 1n],
      ]),
    )
    const verdict = await verifyJob({ functions, log: more, state, interleavings: 1 })
    expect(verdict).toMatchObject({ equal: true, cut: { 'clicks/0': '3', 'clicks/1': '1' } })
  })

  it('is refused with a tick that has no event time', async () => {
    const state = join(testFolder(), 'state')
    const log = logOf(1)
    await runBatch({ functions, log, state })
    await refused({ functions, log: grown(log, [tickAt(9e15)]), state }, 'partition-added')
  })

  it('does not affect a cut from before it', async () => {
    const state = join(testFolder(), 'state')
    const log = logOf(1)
    const earlier = new Map([['clicks/0', 3n]])
    await runBatch({ functions, log, state })
    for (const records of [[event(9000)], [tickAt(9000)]]) {
      const options = { functions, log: grown(log, records), state, until: earlier, absent: true }
      expect((await runBatch(options)).cut).toEqual({ 'clicks/0': '3' })
    }
  })

  it('stays outside the cut while it is empty', async () => {
    const state = join(testFolder(), 'state')
    const log = logOf(1)
    await runBatch({ functions, log, state })
    const { cut } = await runBatch({ functions, log: grown(log, []), state })
    expect(cut).toEqual({ 'clicks/0': '3' })
  })
})

describe('a cut', () => {
  const until = (cut: Record<string, bigint>) => new Map(Object.entries(cut))

  it('names every partition', async () => {
    const state = join(testFolder(), 'state')
    const error = await refused({ functions, log: logOf(3), state, until: until({ 'clicks/1': 2n }) }, 'incomplete-cut')
    expect(error.where.missing).toBe('clicks/0,clicks/2')
    expect(error.exitCode).toBe(2)
  })

  it('names no others', async () => {
    const state = join(testFolder(), 'state')
    await refused(
      { functions, log: logOf(1), state, until: until({ 'clicks/0': 2n, 'clicks/7': 2n }) },
      'malformed-cut',
    )
  })

  it('behind the state is refused', async () => {
    const state = join(testFolder(), 'state')
    const log = logOf(1)
    await runBatch({ functions, log, state })
    await refused({ functions, log, state, until: until({ 'clicks/0': 2n }) }, 'state-past-until')
  })

  it('past the end of the log is a missing range, for batch', async () => {
    const state = join(testFolder(), 'state')
    const error = await refused({ functions, log: logOf(1), state, until: until({ 'clicks/0': 9n }) }, 'range-lost')
    expect(error.where).toMatchObject({ from: '3', to: '9' })
  })
})

describe('outputs', () => {
  it('to a place that nothing can be written to exactly once are refused', async () => {
    const state = join(testFolder(), 'state')
    const error = await refused(
      { functions: clicks({ output: true }), log: logOf(1), state, out: 's3://bucket' },
      'output-unsupported',
    )
    expect(error.exitCode).toBe(3)
    expect(existsSync(state)).toBe(false)
  })

  it('belong to one state', async () => {
    const folder = testFolder()
    const job = clicks({ output: true })
    const out = join(folder, 'out')
    await runBatch({ functions: job, log: logOf(1), state: join(folder, 'one'), out })
    await refused({ functions: job, log: logOf(1), state: join(folder, 'two'), out }, 'topic-owned')
  })

  it('are kept with their positions', async () => {
    const state = join(testFolder(), 'state')
    const { outputs } = await runBatch({ functions: clicks({ output: true }), log: logOf(1), state, final: true })
    expect(outputs).toMatchObject([{ name: 'copy', topic: 'copy', rows: 3, positions: ['3'] }])
    const reader = openStateReader(state)
    expect(new TextDecoder().decode(reader.document('outputs'))).toBe('{"copy":["3"]}')
    await reader.close()
  })
})
