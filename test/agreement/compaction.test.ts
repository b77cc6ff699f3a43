// Tables of topics that drop records: the same rows at the same cut before and after, through the executors and the
// disk; what else can change is said.

import { expect, it } from 'vitest'
import { job, source, table } from '../../dsl/index.ts'
import type { Log } from '../../logs/log.ts'
import { runBatch } from '../../runtime-batch/index.ts'
import { StreamRun } from '../../runtime-stream/index.ts'
import { stateVerdictLines, verdictLines, verifyJob } from '../../testing/equivalence/index.ts'
import { testFolder } from '../run/support/folder.ts'
import { memoryLog } from '../run/support/logs.ts'
import { compactedLog } from '../support/compaction.ts'
import { choices } from '../support/feeding.ts'
import { interpretedModule } from '../support/interpreted-module.ts'
import { type Event, seededLog } from '../support/random-log.ts'
import { programOf } from '../support/run-job.ts'
import { raw, smallLog } from '../support/small-log.ts'
import { verified } from '../testing/state/clicks.ts'

const TOPICS = new Set(['u'])
const users = table<Event>('u', { time: v => v.t, disorder: '2s' })
const clicks = source<Event>('a', { time: v => v.t, disorder: '5s' }).keyBy(v => v.k)
const rows = { users, numbers: users.mapValues(v => v.n), few: users.filter(v => v.n > 0) }
const joined = clicks.joinTable(users, { type: 'left' }).mapValues(({ right }) => right?.n ?? null)

/** A log whose topic `u` is compacted; its topics are the same ones before and after. */
function compacting(log: Log, lagMs = 0, compacted = true): Log {
  return Object.assign(log, {
    compacted: async (topic: string) => compacted && topic === 'u',
    compactionLagMs: async () => lagMs,
    topicId: async (topic: string) => topic,
  })
}

it.each([1, 2, 3, 4, 5, 6])('a state goes on in a log that was compacted, seed %i', async seed => {
  const before = seededLog(seed, { topics: { u: 2, a: 1 }, maxRecords: 60 })
  const after = compactedLog(before, TOPICS, choices([seed, 3, 1, 4, 1, 5, 9, 2, 6]))
  const functions = interpretedModule(programOf(job('tables', rows)))
  const state = testFolder()
  const stream = await StreamRun.open({ functions, log: compacting(memoryLog(before)), state })
  for (const name of stream.partitions) await stream.advance(name, stream.end(name) / 2n)
  await stream.commit()
  await stream.close()
  const verify = async () => {
    const whole = await verified(functions, compacting(memoryLog(after)), state)
    expect(whole, stateVerdictLines(whole, '').join('\n')).toMatchObject({ equal: true })
    return await verifyJob({
      functions,
      log: compacting(memoryLog(after)),
      state,
      interleavings: 2,
      seed,
      workers: [1],
    })
  }
  const half = await verify()
  expect(half.difference, verdictLines(half).join('\n')).toBeNull()
  await runBatch({ functions, log: compacting(memoryLog(after)), state, workers: 1 })
  const whole = await verify()
  expect(whole.difference, verdictLines(whole).join('\n')).toBeNull()
})

const log = (versions: readonly unknown[]) =>
  smallLog({
    'u/0': versions,
    'a/0': [1000, 2000, 9000].map(t => raw(JSON.stringify({ t, k: 'x', n: 0 }), { timestamp: t })),
  })
const version = (t: number, n: number) => raw(JSON.stringify({ t, k: 'x', n }), { key: 'x', timestamp: t })
const history = [version(1000, 1), version(2000, 2), raw('{', { key: 'y' }), version(5000, 3), version(4000, 4)]

it('says of a state that was made before what is not compared: watermarks, dead letters, joins with the past', async () => {
  const functions = interpretedModule(programOf(job('tables', { ...rows, out: joined.to('out') })))
  const state = testFolder()
  const { warnings } = await runBatch({ functions, log: compacting(memoryLog(log(history))), state, workers: 1 })
  const lag = 'topic u is compacted and keeps a replaced version for 0 ms (min.compaction.lag.ms)'
  expect(warnings).toEqual([expect.stringContaining(`${lag}, less than the 5000 ms of disorder on the left`)])
  const kept = log(history).map(p => (p.topic === 'a' ? p : { ...p, records: p.records.slice(-1) }))
  const verdict = await verifyJob({ functions, log: compacting(memoryLog(kept)), state, interleavings: 1, seed: 1 })
  const lines = verdictLines(verdict)
  expect(verdict.difference, lines.join('\n')).toBeNull()
  expect(lines.slice(-3)).toEqual([
    'compacted since the state read it, as far as can be told: u',
    '  of the state its watermarks and dead letters are not compared, nor output out, which a join with the past made',
    'no difference in what was compared; the state was not compared whole',
  ])
  const batch = await verified(functions, compacting(memoryLog(kept)), state)
  expect(batch, stateVerdictLines(batch, '').join('\n')).toMatchObject({ equal: true, whole: false })
  const compacted = 'differs, as the compaction of a topic can make it'
  expect(batch.parts.filter(({ left }) => left !== null).map(({ part, left }) => [part, left])).toEqual([
    ['dead letters', compacted],
    ['output out', compacted],
    ['watermarks', compacted],
    ['counts of all that was emitted', compacted],
  ])
  const strict = await verified(functions, compacting(memoryLog(kept), 0, false), state)
  expect(strict.parts.filter(({ differing }) => differing > 0).map(({ part }) => part)).toContain('watermarks')
  const other = await verifyJob({
    functions,
    log: compacting(memoryLog(kept), 0, false),
    state,
    interleavings: 1,
    seed: 1,
  })
  expect(other.difference?.part).toBe('watermarks')
})

it('a row that differs is a difference all the same', async () => {
  const functions = interpretedModule(programOf(job('tables', rows)))
  const state = testFolder()
  const end = raw('{"t":6000,"k":"y","n":5}', { key: 'y', timestamp: 6000 })
  await runBatch({ functions, log: compacting(memoryLog(log([...history, end]))), state, workers: 1 })
  const changed = log([...history.slice(0, -1), version(4000, 7), end]).map(p => ({
    ...p,
    records: p.records.slice(-2),
  }))
  const verdict = await verifyJob({ functions, log: compacting(memoryLog(changed)), state, interleavings: 1, seed: 1 })
  expect(verdict.difference?.part).toBe('views/few')
  const batch = await verified(functions, compacting(memoryLog(changed)), state)
  expect(batch.parts.filter(({ differing }) => differing > 0).map(({ part }) => part)).toEqual([
    'view few',
    'view numbers',
    'view users',
  ])
})

it('warns of joins with the past as far as the topic keeps it', async () => {
  const functions = interpretedModule(programOf(job('tables', { out: joined.to('out') })))
  const state = testFolder()
  const run = (lagMs: number) =>
    runBatch({ functions, log: compacting(memoryLog(log(history)), lagMs), state, workers: 1 })
  expect((await run(5000)).warnings).toEqual([expect.stringContaining('which covers the disorder on the left')])
  expect((await run(5000)).warnings).toEqual([])
  expect((await run(4999)).warnings).toEqual([expect.stringContaining('set min.compaction.lag.ms to 5000 or more')])
})
