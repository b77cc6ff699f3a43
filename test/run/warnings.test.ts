// What a summary says of results that are right and yet not what their reader expects: elements that wait, windows that
// do not close, and the record that made most of the others late.

import { expect, it } from 'vitest'
import { JobExecutor } from '../../core/executor/job-executor.ts'
import { type RunSummary, summarise } from '../../run/summary.ts'
import { waitingLines } from '../../run/waiting.ts'
import { interpretedModule } from '../support/interpreted-module.ts'
import { PlanBuilder, tumbling } from '../support/jobs/graph-plan.ts'
import { chunkOf } from '../support/log-chunks.ts'
import { MemoryState, memoryEnvironment } from '../support/memory-state.ts'
import { smallLog } from '../support/small-log.ts'

interface Event {
  readonly t: number
  readonly k: string
}

const time = (e: Event): number => e.t
const key = (e: Event): string => e.k
const HOUR = 3_600_000

/** The summary after the records came in chunks of `size`, with a commit after each. */
function summaryOf(plan: PlanBuilder, records: Record<string, Event[]>, size: number, ticks = true): RunSummary {
  const program = plan.program()
  const log = smallLog(records)
  const state = new MemoryState()
  let executor = new JobExecutor(interpretedModule(program), memoryEnvironment(state))
  for (const partition of log) {
    for (let i = 0; i < partition.records.length; i += size) {
      executor.feed(chunkOf(partition, partition.records.slice(i, i + size)))
      state.commit(executor)
      executor = new JobExecutor(interpretedModule(program), memoryEnvironment(state))
    }
  }
  return summarise({
    plan: program.plan,
    progress: executor.progress,
    target: 'batch',
    records: 0,
    written: new Map(),
    warnings: [],
    context: { log: 'logs', ticks, placeOf: at => `jobs/${at}` },
  })
}

function join(): PlanBuilder {
  const plan = new PlanBuilder()
  const lefts = plan.keyBy(plan.source('a', { time }), key)
  plan.output('o', plan.to(plan.joinTable(lefts, plan.source('u', { time, upserts: true, key })), 'o'))
  return plan
}

it.each([1, 2, 9])('elements that wait for an idle table are counted and have a remedy (chunks of %d)', size => {
  const a = [9000, 9001, 9002].map(t => ({ t, k: 'x' }))
  const records = { 'a/0': a, 'u/0': [{ t: 5000, k: 'x' }], 'u/1': [{ t: 100, k: 'y' }] }
  const { waiting } = summaryOf(join(), records, size)
  expect(waiting.map(w => [w.word, w.elements, w.heldBy, w.watermark])).toEqual([['joinTable', 5, 'u/1', 100]])
  expect(waitingLines(waiting)).toEqual([
    '5 elements wait in joinTable until u/1 passes 1970-01-01T00:00:00.100Z',
    '  if u/1 is idle: lyrebird tick u/1 --at 1970-01-01T00:00:09.003Z --log logs; if the history is complete: --final',
  ])
  expect(waitingLines(summaryOf(join(), records, size, false).waiting)[1]).toBe('  if the history is complete: --final')
})

it('nothing waits where the table is ahead', () => {
  expect(summaryOf(join(), { 'a/0': [{ t: 1, k: 'x' }], 'u/0': [{ t: 9, k: 'x' }] }, 1).waiting).toMatchObject([
    { word: 'joinTable', heldBy: 'a/0' },
  ])
  const passed = {
    'a/0': [
      { t: 1, k: 'x' },
      { t: 9, k: 'y' },
    ],
    'u/0': [{ t: 3, k: 'x' }],
  }
  // What lies before W = 3 has gone; the version at 3 and the element at 9 wait.
  expect(summaryOf(join(), passed, 5).waiting[0]?.elements).toBe(2)
})

function hours(disorderMs = 0): PlanBuilder {
  const plan = new PlanBuilder()
  const keyed = plan.keyBy(plan.source('e', { time, disorderMs }), key)
  plan.view('v', plan.bare(keyed, tumbling(HOUR), { kind: 'count' }))
  return plan
}

const every = (count: number, from: number): Event[] =>
  Array.from({ length: count }, (_, i) => ({ t: from + i * 1000, k: 'k' }))

it.each([1, 4, 100])('the record that moved the watermark far ahead is named (chunks of %d)', size => {
  const far = 400 * 24 * HOUR
  const poisoned = [...every(5, 1000), { t: far, k: 'k' }, ...every(20, 6000), { t: far + 1, k: 'k' }]
  const { warnings } = summaryOf(hours(), { 'e/0': poisoned, 'e/1': every(30, 0) }, size)
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toContain('record e/0:5 moved the event time 400 days ahead, to 1971-02-05T00:00:00.000Z')
  expect(warnings[0]).toContain('20 of the 21 records after it are late')
})

it('a first record that is far ahead is named too', () => {
  const { warnings } = summaryOf(hours(), { 'e/0': [{ t: 1e12, k: 'k' }, ...every(9, 0)] }, 3)
  expect(warnings[0]).toContain('record e/0:0 began the event time at 2001-09-09T01:46:40.000Z: 9 of the 9 records')
})

it('a pause, some late records and a step within the disorder are no reason to warn', () => {
  const pause = [...every(5, 0), ...every(50, 30 * HOUR), { t: 29 * HOUR, k: 'k' }]
  expect(summaryOf(hours(), { 'e/0': pause }, 7).warnings).toEqual([])
  const mixed = [5, 1, 9, 2, 8].map(t => ({ t: t * HOUR, k: 'k' }))
  expect(summaryOf(hours(20 * HOUR), { 'e/0': mixed }, 2).warnings).toEqual([])
})
