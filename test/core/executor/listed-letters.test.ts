// Dead letters that are counted but not listed: the same ones in batch, stream and reference, whatever the chunks,
// commits and workers.

import { expect, it } from 'vitest'
import { JobExecutor } from '../../../core/executor/job-executor.ts'
import { Progress } from '../../../core/executor/progress.ts'
import { reference } from '../../../core/reference/reference.ts'
import type { DeadLetter } from '../../../core/result/dead-letter.ts'
import { decodeDead } from '../../../core/state/row-codec.ts'
import { takeProgress } from '../../../run/progress-merge.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import { PlanBuilder, tumbling } from '../../support/jobs/graph-plan.ts'
import { chunkOf } from '../../support/log-chunks.ts'
import { MemoryState, memoryEnvironment } from '../../support/memory-state.ts'
import { smallLog } from '../../support/small-log.ts'

interface Event {
  readonly t: number
  readonly k: string
}

const MOST = 3

function program() {
  const plan = new PlanBuilder()
  const time = (e: Event): number => {
    if (e.t === 7) throw new Error('seven')
    return e.t
  }
  const events = plan.source('e', { time, disorderMs: 1000 })
  const lengths = plan.map(events, (e: Event) => e.k.length)
  plan.view(
    'v',
    plan.bare(
      plan.keyBy(lengths, (n: number) => n),
      tumbling(10),
      { kind: 'count' },
    ),
  )
  return plan.program()
}

/** Times that are none, times whose lambda throws, values that do not fit the map, and good ones, in turn. */
const log = smallLog({
  'e/0': Array.from({ length: 60 }, (_, i) => ({
    t: i % 3 === 0 ? 0.5 : i % 5 === 0 ? 7 : i,
    k: i % 4 === 0 ? null : 'a',
  })),
  'e/1': Array.from({ length: 9 }, (_, i) => ({ t: i % 2 === 0 ? 7 : 1, k: 'b' })),
})

const expected = reference(program(), log, { listedLetters: MOST })
const environment = (state: MemoryState) => ({ ...memoryEnvironment(state), listedLetters: MOST })
const lettersOf = (state: MemoryState): DeadLetter[] => [...state.range('dead')].map(([k, v]) => decodeDead(k, v))
const shown = (letters: readonly DeadLetter[]) => letters.map(({ display: _, ...compared }) => compared)

it('the reference lists the first of each kind, source and partition, and counts all', () => {
  const sources = expected.dead.filter(letter => letter.node.startsWith('source'))
  expect(sources.map(letter => letter.kind).sort()).toEqual([
    'throw',
    'throw',
    'throw',
    'throw',
    'throw',
    'throw',
    'time',
    'time',
    'time',
  ])
  expect(expected.dead.filter(letter => letter.node.startsWith('map')).length).toBeGreaterThan(MOST)
  expect(expected.emitted.get('dead')?.count).toBeGreaterThan(expected.dead.length)
})

it.each([1, 2, 7, 100])('a stream with chunks of %d lists the same ones', size => {
  const state = new MemoryState()
  let executor = new JobExecutor(interpretedModule(program()), environment(state))
  for (const partition of log) {
    for (let i = 0; i < partition.records.length; i += size) {
      executor.feed(chunkOf(partition, partition.records.slice(i, i + size)))
      state.commit(executor)
      executor = new JobExecutor(interpretedModule(program()), environment(state))
    }
  }
  expect(shown(lettersOf(state))).toEqual(shown(expected.dead))
  expect(executor.progress.digest('dead').summary).toEqual(expected.emitted.get('dead'))
  expect(executor.progress.unlisted(MOST)).toBe((expected.emitted.get('dead')?.count as number) - expected.dead.length)
})

it('workers list the same ones', () => {
  const { plan } = program()
  const state = new MemoryState()
  const coordinator = new JobExecutor(interpretedModule(program()), environment(state))
  for (const partition of log) {
    const worker = new JobExecutor(interpretedModule(program()), environment(new MemoryState()))
    worker.feed(chunkOf(partition, partition.records))
    for (const [table, rows] of worker.takePartials()) coordinator.addPartials(table, rows)
    const progress = Progress.decode(worker.progress.encode())
    takeProgress(coordinator.progress, progress, plan, [`e/${partition.partition}`])
  }
  state.commit(coordinator)
  expect(shown(lettersOf(state))).toEqual(shown(expected.dead))
  expect(coordinator.progress.digest('dead').summary).toEqual(expected.emitted.get('dead'))
})
