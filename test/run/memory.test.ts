// Runs with little memory: the same rows, and one key that outgrows it ends the run with its name.

import { describe, expect, it } from 'vitest'
import { JobExecutor } from '../../core/executor/job-executor.ts'
import type { WindowSpec } from '../../core/plan/plan.ts'
import { sizeOf } from '../../run/command-line/option-values.ts'
import { bufferLimits, groupLimits } from '../../run/memory-limits.ts'
import { interpretedModule } from '../support/interpreted-module.ts'
import { PlanBuilder, session, tumbling } from '../support/jobs/graph-plan.ts'
import { chunkOf } from '../support/log-chunks.ts'
import { MemoryState, memoryEnvironment } from '../support/memory-state.ts'
import { smallLog } from '../support/small-log.ts'

interface Event {
  readonly t: number
  readonly k: string
}

const events = (count: number): Event[] =>
  Array.from({ length: count }, (_, i) => ({ t: i, k: i % 3 === 0 ? 'hot' : `k${i % 50}` }))

function run(window: WindowSpec, limits: object, records: Event[], spill: boolean): Map<string, unknown> {
  const plan = new PlanBuilder()
  const keyed = plan.keyBy(plan.source('e', { time: (e: Event) => e.t }), (e: Event) => e.k)
  plan.view('lists', plan.bare(keyed, window, { kind: 'collectList' }))
  const state = new MemoryState()
  const environment = { ...memoryEnvironment(state), ...limits }
  const executor = new JobExecutor(interpretedModule(plan.program()), environment)
  for (const partition of smallLog({ 'e/0': records })) {
    for (let i = 0; i < partition.records.length; i += 20) {
      executor.feed(chunkOf(partition, partition.records.slice(i, i + 20)))
      if (spill) executor.spill()
      else {
        state.commit(executor)
        executor.forget()
      }
    }
  }
  state.commit(executor)
  return new Map(state.tables().map(table => [table, state.range(table)]))
}

const global: WindowSpec = { kind: 'global' }

describe.each([
  ['the global window', global],
  ['windows', tumbling(100)],
  ['sessions', session(1)],
])('%s', (_, window) => {
  it('gives the same rows when groups are spilled or forgotten by their bytes', () => {
    const expected = run(window, {}, events(400), true)
    expect(run(window, { groupBytes: 3000 }, events(400), true)).toEqual(expected)
    expect(run(window, { groupBytes: 3000 }, events(400), false)).toEqual(run(window, {}, events(400), false))
  })

  it.each([
    ['spilled', true],
    ['committed', false],
  ])('a key that outgrows the memory ends the run with view and key (%s)', (_how, spill) => {
    const hot = events(600).map(e => ({ ...e, k: 'hot' }))
    const limits = { groupBytes: 3000, rowBytes: 4000 }
    const long: WindowSpec = window.kind === 'tumbling' ? tumbling(100_000) : window
    expect(() => run(long, limits, hot, spill)).toThrow(
      /what aggregate of lists keeps for the key "hot".* takes more than 0\.00 MiB/,
    )
  })
})

function runPlan(plan: PlanBuilder, limits: object, records: Event[]): void {
  const state = new MemoryState()
  const executor = new JobExecutor(interpretedModule(plan.program()), { ...memoryEnvironment(state), ...limits })
  for (const partition of smallLog({ 'e/0': records })) executor.feed(chunkOf(partition, partition.records))
  state.commit(executor)
}

it('a hot key of a join, or a state of a scan, that outgrows the memory ends the run with its name', () => {
  const keyedBy = (plan: PlanBuilder, disorderMs: number): string =>
    plan.keyBy(plan.source('e', { time: (e: Event) => e.t, disorderMs }), (e: Event) => e.k)
  const join = new PlanBuilder()
  const keyed = keyedBy(join, 1_000_000)
  const params = { beforeMs: 1000, afterMs: 1000, type: 'inner' as const }
  join.view('pairs', join.bare(join.joinWithin(keyed, keyed, params), global, { kind: 'count' }))
  runPlan(join, { rowBytes: 2000 }, events(30))
  expect(() => runPlan(join, { rowBytes: 2000 }, events(200))).toThrow(
    /what joinWithin of pairs keeps for the key "hot" takes more than 0\.02 MiB/,
  )
  const scan = new PlanBuilder()
  const grown = scan.scan(keyedBy(scan, 0), '', (text: string) => `${text}0123456789`)
  scan.view('texts', scan.bare(grown, global, { kind: 'count' }))
  runPlan(scan, { rowBytes: 2000 }, events(300))
  expect(() => runPlan(scan, { rowBytes: 2000 }, events(1000))).toThrow(
    /what scan of texts keeps for the key "hot" takes more than 0\.00 MiB/,
  )
})

it('states of the author are spilled by their bytes, with the same rows', () => {
  const made = (limits: object): Map<string, unknown> => {
    const plan = new PlanBuilder()
    const keyed = plan.keyBy(plan.source('e', { time: (e: Event) => e.t }), (e: Event) => e.k)
    const own = {
      kind: 'custom' as const,
      zero: [] as number[],
      lift: (e: Event) => [e.t],
      plus: (a: number[], b: number[]) => [...a, ...b].sort((x, y) => x - y),
    }
    plan.view('own', plan.bare(keyed, global, own))
    const state = new MemoryState()
    let full = 0
    const executor = new JobExecutor(interpretedModule(plan.program()), { ...memoryEnvironment(state), ...limits })
    for (const partition of smallLog({ 'e/0': events(300) })) {
      for (let i = 0; i < partition.records.length; i += 20) {
        executor.feed(chunkOf(partition, partition.records.slice(i, i + 20)))
        if (!executor.isFull) continue
        full++
        executor.spill()
      }
    }
    expect(full > 0).toBe('groupBytes' in limits)
    state.commit(executor)
    return new Map(state.tables().map(table => [table, state.range(table)]))
  }
  expect(made({ groupBytes: 8000 })).toEqual(made({}))
})

it('the memory of a run is divided among executors and nodes', () => {
  const { plan } = new PlanBuilder().view('v', 'none').program()
  const whole = groupLimits(plan, { memoryBytes: 2 ** 30 })
  expect(whole.groupBytes).toBe(2 ** 29)
  expect(groupLimits(plan, { memoryBytes: 2 ** 30 }, { executors: 4 }).groupBytes).toBe(2 ** 27)
  expect(groupLimits(plan, {}).groupBytes).toBeGreaterThan(2 ** 24)
  expect(bufferLimits(plan, { memoryBytes: 2 ** 28 }, 2)).toMatchObject({
    sortersBytes: 2 ** 23,
    queueBytes: 2 ** 27 / 24,
  })
  expect(bufferLimits(plan, { memoryBytes: 2 ** 40 })).toMatchObject({ sortersBytes: 128 << 20, queueBytes: 64 << 20 })
})

it('sizes are whole numbers with a unit', () => {
  expect(sizeOf('512MB', 'memory')).toBe(2 ** 29)
  expect(sizeOf('4GiB', 'memory')).toBe(2 ** 32)
  for (const text of ['512', '1MB', 'a GB', '-1GB'])
    expect(() => sizeOf(text, 'memory')).toThrow('--memory takes a size')
})
