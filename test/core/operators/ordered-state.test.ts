// What words in the order of time keep: as much as they may need and no more; and what they refuse rather than guess.

import { expect, test } from 'vitest'
import { JobExecutor } from '../../../core/executor/job-executor.ts'
import { IDENTITY_HEADER } from '../../../core/log/chunk.ts'
import type { ReferenceInput } from '../../../core/reference/reference.ts'
import { TABLE } from '../../../core/state/row-codec.ts'
import { checkAbilities } from '../../../run/bind-log.ts'
import { summarise } from '../../../run/summary.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import { PlanBuilder } from '../../support/jobs/graph-plan.ts'
import { chunkOf } from '../../support/log-chunks.ts'
import { MemoryState, memoryEnvironment } from '../../support/memory-state.ts'
import { smallLog } from '../../support/small-log.ts'

interface Event {
  readonly t: number
  readonly k: string
}

const time = (e: Event): number => e.t
const key = (e: Event): string => e.k

function rows(state: MemoryState, table: string): number {
  return state.range(table).length
}

/** Feeds records one by one, commits after every tenth, and tells what `measure` saw at each commit. */
function feed(plan: PlanBuilder, log: ReferenceInput, measure: (state: MemoryState) => number): number[] {
  const state = new MemoryState()
  const executor = new JobExecutor(interpretedModule(plan.program()), memoryEnvironment(state))
  const sizes: number[] = []
  const [partition] = log
  for (let i = 0; partition !== undefined && i < partition.records.length; i += 10) {
    executor.feed(chunkOf(partition, partition.records.slice(i, i + 10)))
    state.commit(executor)
    sizes.push(measure(state))
  }
  return sizes
}

const events = (count: number, step: number): ReferenceInput =>
  smallLog({ 'a/0': Array.from({ length: count }, (_, i) => ({ t: i * step, k: `k${i}` })) })

test('what dedupe remembers stays flat over a long run of keys that never come again', () => {
  const plan = new PlanBuilder()
  const keyed = plan.keyBy(plan.source('a', { time }), key)
  plan.output('o', plan.to(plan.distinct(keyed, { withinMs: 5000, id: 'd' }), 'o'))
  const sizes = feed(plan, events(2000, 100), s => rows(s, TABLE.state('d')) + rows(s, TABLE.index('d')))
  // 5 s of elements, one each 100 ms; the last one is held.
  expect(Math.max(...sizes)).toBe(2 * 50)
  expect(sizes.at(-1)).toBe(100)
})

test('a join keeps one version of each key and what is not due, and nothing of deleted keys', () => {
  const plan = new PlanBuilder()
  const keyed = plan.keyBy(plan.source('a', { time }), (e: Event) => e.t % 300)
  const versions = plan.mapValues(keyed, (e: Event) => (e.t % 300 === 0 ? null : e))
  plan.output('o', plan.to(plan.joinTable(keyed, versions, 'left', 'j'), 'o'))
  const sizes = feed(plan, events(1000, 100), s => rows(s, TABLE.state('j')) + rows(s, TABLE.held('j')))
  expect(Math.max(...sizes)).toBeLessThanOrEqual(2 + 2)
})

test('two elements of one time and identity end the run', () => {
  const identity = { headers: [{ key: IDENTITY_HEADER, value: new Uint8Array([1, 2]) }], timestamp: 0, key: null }
  const value = new TextEncoder().encode('{"t":5,"k":"x"}')
  const partition = { topic: 'a', partition: 0, records: [0n, 1n].map(offset => ({ offset, value, ...identity })) }
  for (const apart of [false, true]) {
    const plan = new PlanBuilder()
    const keyed = plan.keyBy(plan.source('a', { time }), key)
    plan.output(
      'o',
      plan.to(
        plan.mapValues(
          plan.scan(keyed, 0, (n: number) => n + 1, 's'),
          () => 0,
        ),
        'o',
      ),
    )
    const state = new MemoryState()
    const executor = new JobExecutor(interpretedModule(plan.program()), memoryEnvironment(state))
    executor.feed(chunkOf(partition, partition.records.slice(0, apart ? 1 : 2)))
    const end = (): void => {
      if (apart) {
        state.commit(executor)
        executor.feed(chunkOf(partition, partition.records.slice(1)))
      }
      state.commit(executor)
    }
    expect(end).toThrow('two elements of s have the same time and identity')
  }
})

test('a table may read a compacted topic, and needs keys where it takes them from the log', async () => {
  const log = (abilities: { timestamps: boolean }, compacted: boolean) =>
    ({ description: 'a log', abilities: async () => abilities, compacted: async () => compacted }) as never
  const plan = (source: object): never => {
    const builder = new PlanBuilder()
    builder.source('t', source)
    return builder.program().plan as never
  }
  await checkAbilities(log({ timestamps: true }, true), plan({ upserts: true }))
  await expect(checkAbilities(log({ timestamps: true }, true), plan({}))).rejects.toThrow('is compacted')
  await checkAbilities(log({ timestamps: false }, false), plan({ upserts: true, time, key }))
  await expect(checkAbilities(log({ timestamps: false }, false), plan({ upserts: true, time }))).rejects.toThrow(
    'carry no key',
  )
  await expect(checkAbilities(log({ timestamps: false }, false), plan({ upserts: true, key }))).rejects.toThrow(
    'carry no timestamp',
  )
})

test('the summary of a run says which partition of an idle table holds a join back', () => {
  const plan = new PlanBuilder()
  const lefts = plan.keyBy(plan.source('a', { time }), key)
  const versions = plan.source('u', { time, upserts: true, key })
  plan.output('o', plan.to(plan.joinTable(lefts, versions), 'o'))
  const program = plan.program()
  const log = smallLog({ 'a/0': [{ t: 9000, k: 'x' }], 'u/0': [{ t: 5000, k: 'x' }], 'u/1': [{ t: 100, k: 'y' }] })
  const state = new MemoryState()
  const executor = new JobExecutor(interpretedModule(program), memoryEnvironment(state))
  for (const partition of log) executor.feed(chunkOf(partition, partition.records))
  state.commit(executor)
  const { progress } = executor
  const summary = summarise({
    plan: program.plan,
    progress,
    target: 'batch',
    records: 3,
    written: new Map(),
    warnings: [],
  })
  expect(summary.sources.map(s => [s.topic, s.watermark, s.heldBy])).toEqual([
    ['a', 9000, 'a/0'],
    ['u', 100, 'u/1'],
  ])
})
