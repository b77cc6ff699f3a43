// The live stream: follows what is appended, commits, stops on request, waits for its cut.

import { join } from 'node:path'
import { expect, it } from 'vitest'
import { LyrebirdError } from '../../core/errors.ts'
import { MemoryLog } from '../../logs/memory.ts'
import { viewRows } from '../../run/state/read-state.ts'
import { runBatch } from '../../runtime-batch/index.ts'
import { runStream, type StreamProgress } from '../../runtime-stream/index.ts'
import { openStateReader } from '../../store/index.ts'
import { testFolder } from '../run/support/folder.ts'
import { interpretedModule } from '../support/interpreted-module.ts'
import { GLOBAL, PlanBuilder } from '../support/jobs/graph-plan.ts'

const utf8 = new TextEncoder()
const event = (k: string) => ({ timestamp: 1000, value: utf8.encode(JSON.stringify({ k })) })

function counts() {
  const plan = new PlanBuilder()
  const keyed = plan.keyBy(plan.source('in'), (v: { k: string }) => v.k)
  plan.view('counts', plan.bare(keyed, GLOBAL, { kind: 'count' }))
  return interpretedModule(plan.program('counts'))
}

function logOf(partitions: number): MemoryLog {
  const log = new MemoryLog()
  log.createTopic('in', partitions)
  return log
}

/** Starts a stream; `reached(n)` resolves once n records are committed. */
function start(log: MemoryLog, state: string, more: object = {}) {
  const stop = new AbortController()
  let seen: StreamProgress = { records: 0, commits: 0, lag: 0 }
  const waiting: { records: number; resolve: () => void }[] = []
  const onProgress = (progress: StreamProgress): void => {
    seen = progress
    for (const w of waiting) if (progress.records >= w.records) w.resolve()
  }
  const done = runStream({
    functions: counts(),
    log,
    state,
    commitIntervalMs: 5,
    signal: stop.signal,
    onProgress,
    ...more,
  })
  const reached = (records: number): Promise<void> =>
    new Promise(resolve => {
      if (seen.records >= records) resolve()
      else waiting.push({ records, resolve })
    })
  return { done, reached, stop: () => stop.abort() }
}

it('follows what is appended and stops at a commit when asked', async () => {
  const log = logOf(2)
  const state = join(testFolder(), 'state')
  const stream = start(log, state)
  log.append('in', 0, [event('a'), event('b')])
  await stream.reached(2)
  log.append('in', 1, [event('a')])
  await stream.reached(3)
  stream.stop()
  const summary = await stream.done
  expect(summary).toMatchObject({ target: 'stream', records: 3, cut: { 'in/0': '2', 'in/1': '1' }, sealed: false })
  const whole = await runBatch({ functions: counts(), log, state: join(testFolder(), 'whole') })
  expect(summary.views).toEqual(whole.views)
})

it('stops where its topic is created again, even with more records', async () => {
  const log = logOf(1)
  const stream = start(log, join(testFolder(), 'state'))
  log.append('in', 0, [event('a')])
  await stream.reached(1)
  log.createTopic('in', 1)
  log.append('in', 0, [event('b'), event('b'), event('b')])
  await expect(stream.done).rejects.toMatchObject({ code: 'topic-recreated', exitCode: 5 })
})

it('does not let a long partition hold up a short one', async () => {
  const log = logOf(2)
  log.append(
    'in',
    0,
    Array.from({ length: 3000 }, () => ({ timestamp: 1, value: utf8.encode(`{"k":"${'x'.repeat(2000)}"}`) })),
  )
  log.append('in', 1, [event('short')])
  const order: string[] = []
  const read = log.read.bind(log)
  log.read = (topic, partition, from, to, options) => {
    order.push(`${topic}/${partition}`)
    return read(topic, partition, from, to, options)
  }
  const summary = await runStream({ functions: counts(), log, state: join(testFolder(), 'state'), until: 'end' })
  expect(summary.records).toBe(3001)
  expect(order).toEqual(['in/0', 'in/1'])
})

it('waits for records up to its cut', async () => {
  const log = logOf(1)
  log.append('in', 0, [event('a')])
  const stream = start(log, join(testFolder(), 'state'), { until: new Map([['in/0', 3n]]), final: true })
  await Promise.resolve()
  log.append('in', 0, [event('b'), event('c'), event('d')])
  expect(await stream.done).toMatchObject({ records: 3, cut: { 'in/0': '3' }, sealed: true })
})

it('is final only at a cut', async () => {
  const run = runStream({ functions: counts(), log: logOf(1), state: join(testFolder(), 'state'), final: true })
  await expect(run).rejects.toMatchObject({ code: 'usage', exitCode: 2 })
})

it('refuses a second writer, whose failure changes nothing', async () => {
  const log = logOf(1)
  const state = join(testFolder(), 'state')
  const stream = start(log, state)
  log.append('in', 0, [event('a')])
  await stream.reached(1)
  const second = runBatch({ functions: counts(), log, state })
  await expect(second).rejects.toBeInstanceOf(LyrebirdError)
  await expect(second).rejects.toMatchObject({ code: 'state-locked', exitCode: 6 })
  log.append('in', 0, [event('b')])
  await stream.reached(2)
  stream.stop()
  expect((await stream.done).records).toBe(2)
})

it('shows readers each commit while it runs', async () => {
  const log = logOf(1)
  const state = join(testFolder(), 'state')
  const stream = start(log, state)
  for (let n = 1; n <= 3; n++) {
    log.append('in', 0, [event('a')])
    await stream.reached(n)
    const reader = openStateReader(state)
    expect([...viewRows(reader, counts().plan, 'counts')]).toHaveLength(1)
    await reader.close()
  }
  stream.stop()
  await stream.done
})

it('warns where nothing can close', async () => {
  const log = logOf(2)
  log.append('in', 0, [event('a')])
  const { warnings, sources } = await runStream({
    functions: counts(),
    log,
    state: join(testFolder(), 'state'),
    until: 'end',
  })
  expect(warnings.join()).toContain('in/1 has no record: no window can close; if none is to come: lyrebird tick in/1')
  expect(sources).toMatchObject([{ topic: 'in', watermark: null, heldBy: 'in/1' }])
})
