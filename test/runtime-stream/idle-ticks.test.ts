// Ticks into idle partitions: which partitions, which time, once at a time, and what is told where they fail.

import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { LyrebirdError } from '../../core/errors.ts'
import { Progress } from '../../core/executor/progress.ts'
import { MemoryLog } from '../../logs/memory.ts'
import type { IdleTick } from '../../logs/tick.ts'
import type { Notice } from '../../run/notices/notice.ts'
import { sourceNodes } from '../../run/reading/bind-log.ts'
import { IdleTicks } from '../../runtime-stream/ticks/idle-ticks.ts'
import { GLOBAL, PlanBuilder } from '../support/jobs/graph-plan.ts'

const IDLE_MS = 60_000
const START = Date.UTC(2026, 0, 1)

beforeEach(() => {
  vi.useFakeTimers({ now: START, toFake: ['Date', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const PLAN = (() => {
  const plan = new PlanBuilder()
  const keyed = plan.keyBy(plan.source('in', { time: (v: { t: number }) => v.t, disorderMs: 5 }), () => 'all')
  plan.view('counts', plan.bare(keyed, GLOBAL, { kind: 'count' }))
  return plan.program('counts').plan
})()
const [SOURCE] = sourceNodes(PLAN)

/** Partitions `in/0` and so on, all read to where they end, and a writer that keeps what it is given. */
async function begun(partitions: number) {
  const log = new MemoryLog()
  log.createTopic('in', partitions)
  log.abilities = async () => ({ timestamps: true, keys: true, headers: true, ticks: true })
  const progress = new Progress()
  const ranges = new Map<string, { topic: string; partition: number; start: bigint; end: bigint }>()
  const set = (partition: number, position: bigint, end: bigint, time?: number): void => {
    const name = `in/${partition}`
    progress.cut.set(name, position)
    ranges.set(name, { topic: 'in', partition, start: 0n, end })
    if (time !== undefined) progress.sourcePartition(SOURCE?.id as string, name).maxTime = time
  }
  for (let partition = 0; partition < partitions; partition++) set(partition, 0n, 0n)
  const written: IdleTick[] = []
  const said: Notice[] = []
  const fate = { failure: null as Error | null, grown: false, owner: (): void => {} }
  const writer = {
    write: async (tick: IdleTick) => {
      if (fate.failure !== null) throw fate.failure
      if (fate.grown) return null
      written.push(tick)
      return tick.end
    },
    close: async () => {},
  }
  const run = { log, plan: PLAN, progress, ranges, checkOwner: () => fate.owner() }
  const ticks = await IdleTicks.open(run, { idleMs: IDLE_MS, writer, tell: notice => said.push(notice) })
  /** Some ms later, with all that is being written then. */
  const later = async (ms: number): Promise<void> => {
    vi.advanceTimersByTime(ms)
    ticks.look()
    for (let i = 0; i < 20; i++) await Promise.resolve()
  }
  ticks.look()
  const taken = (): string[] => written.splice(0).map(({ partition, time }) => `${partition}@${time - START}`)
  return { set, later, taken, said, fate }
}

it('go into partitions that have not grown for so long, and only once they have been read', async () => {
  const { set, later, taken } = await begun(3)
  set(1, 0n, 2n)
  await later(IDLE_MS - 1)
  expect(taken()).toEqual([])
  set(2, 1n, 1n)
  await later(1)
  // The second has unread records, the third has just grown.
  expect(taken()).toEqual(['0@0'])
  set(0, 1n, 1n)
  await later(1)
  await later(IDLE_MS)
  expect(taken()).toEqual([`0@${IDLE_MS + 1}`, `2@${IDLE_MS + 1}`])
})

it('say the time of the clock less that while where the whole topic is idle', async () => {
  const { set, later, taken, said } = await begun(2)
  set(0, 3n, 3n, START - 3_600_000)
  await later(1)
  await later(IDLE_MS + 499)
  expect(taken()).toEqual(['0@500', '1@500'])
  expect(said).toEqual([
    {
      event: 'ticking',
      level: 'info',
      text: 'no records for 1 min 0 s in in/0 and in/1: ticks move event time on there',
      fields: { partitions: ['in/0', 'in/1'], idleMs: IDLE_MS },
    },
  ])
})

it('follow the partitions that do get records, where these are behind the clock', async () => {
  const { set, later, taken } = await begun(3)
  const old = START - 86_400_000
  await later(IDLE_MS - 1)
  set(0, 1n, 1n, old)
  set(1, 1n, 1n, old + 1000)
  await later(1)
  expect(taken()).toEqual([`2@${old + 1000 - START}`])
})

it('are not written where they would move nothing', async () => {
  const { set, later, taken } = await begun(2)
  set(0, 1n, 1n, START + 10 * IDLE_MS)
  await later(IDLE_MS + 1)
  expect(taken()).toEqual(['1@1'])
  set(1, 1n, 1n, START + 1)
  await later(1)
  await later(IDLE_MS)
  expect(taken()).toEqual([`1@${IDLE_MS + 2}`])
})

it('wait for the one before to have been read: behind an open transaction it is not there yet', async () => {
  const { set, later, taken } = await begun(1)
  await later(IDLE_MS + 1)
  expect(taken()).toHaveLength(1)
  await later(10 * IDLE_MS)
  expect(taken()).toEqual([])
  set(0, 1n, 1n, START + 1)
  await later(1)
  await later(IDLE_MS)
  expect(taken()).toHaveLength(1)
})

it('are left out where the partition has grown meanwhile', async () => {
  const { later, taken, said, fate } = await begun(1)
  fate.grown = true
  await later(IDLE_MS + 1)
  expect([taken(), said]).toEqual([[], []])
})

it('what hinders them is told once, tried again after the same while, and its end is told', async () => {
  const { later, taken, said, fate } = await begun(2)
  fate.failure = new LyrebirdError('log-locked', 'in/0 is being written by process 7', { hint: 'wait for it' })
  await later(IDLE_MS + 1)
  await later(IDLE_MS - 1)
  await later(IDLE_MS)
  expect(said).toEqual([
    {
      event: 'no-ticks',
      level: 'warn',
      text: 'in gets no ticks: in/0 is being written by process 7; wait for it; tried again every 1 min 0 s',
      fields: { topic: 'in', code: 'log-locked' },
    },
  ])
  fate.failure = null
  await later(IDLE_MS - 1)
  expect(taken()).toEqual([])
  await later(1)
  expect(taken()).toHaveLength(2)
  expect(said.slice(1).map(({ event, text }) => `${event}: ${text}`)).toEqual([
    'ticks-again: in gets ticks again',
    'ticking: no records for 1 min 0 s in in/0 and in/1: ticks move event time on there',
  ])
})

it('are written by the owner of the state alone', async () => {
  const { later, taken, fate } = await begun(1)
  fate.owner = () => {
    throw new LyrebirdError('stale-owner', 'another process has taken over')
  }
  await later(IDLE_MS + 1)
  expect(taken()).toEqual([])
  await expect(later(1)).rejects.toMatchObject({ code: 'stale-owner' })
})

it('are refused where no topic takes one', async () => {
  const log = new MemoryLog()
  log.createTopic('in', 1)
  log.abilities = async () => ({ timestamps: true, keys: true, headers: true })
  const run = { log, plan: PLAN, progress: new Progress(), ranges: new Map(), checkOwner: () => {} }
  const writer = { write: async () => null, close: async () => {} }
  await expect(IdleTicks.open(run, { idleMs: 1, writer, tell: () => {} })).rejects.toMatchObject({
    code: 'not-appendable',
    exitCode: 2,
  })
})
