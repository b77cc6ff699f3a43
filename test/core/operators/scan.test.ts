// scan with numbers worked out by hand: the order of elements, steps that throw, and elements that end the run.

import { expect, test } from 'vitest'
import { JobExecutor } from '../../../core/executor/job-executor.ts'
import { IDENTITY_HEADER } from '../../../core/log/chunk.ts'
import { job } from '../../../dsl/index.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import { PlanBuilder } from '../../support/jobs/graph-plan.ts'
import { chunkOf } from '../../support/log-chunks.ts'
import { MemoryState, memoryEnvironment } from '../../support/memory-state.ts'
import { deadOf } from '../../support/read-result.ts'
import { smallLog, tick } from '../../support/small-log.ts'
import { type Event, e, numbers, run, written } from './support/by-hand.ts'

const time = (e: Event): number => e.t
const key = (e: Event): string => e.k

test('scan takes the elements of each key in the order of (time, identity), once time < W', () => {
  const made = job('j', { out: numbers.scan('', (s, n, r) => `${s}${n}@${r.time}${r.key} `).to('out') })
  const log = smallLog({
    'a/0': [e(2000, 'x', 1), e(1000, 'x', 2), e(2000, 'y', 3), e(3000, 'x', 9)],
    'a/1': [e(2000, 'x', 4), tick(3001)],
  })
  expect(written(made, log)).toEqual(['1000 x "2@1000x "'])
  const more = smallLog({
    'a/0': [e(2000, 'x', 1), e(1000, 'x', 2), e(2000, 'y', 3), e(3000, 'x', 9)],
    'a/1': [e(2000, 'x', 4), tick(9000)],
  })
  expect(written(made, more)).toEqual(['1000 x "2@1000x "'])
  expect(written(made, more, true)).toEqual([
    '1000 x "2@1000x "',
    '2000 x "2@1000x 1@2000x "',
    '2000 y "3@2000y "',
    '2000 x "2@1000x 1@2000x 4@2000x "',
    '3000 x "2@1000x 1@2000x 4@2000x 9@3000x "',
  ])
})

test('keys of which one goes on with a zero where another ends have states of their own', () => {
  const keys = ['a', 'a\0', 'a\0b', '', '\0', 'b']
  const counted = job('j', { out: numbers.scan(0, (n: number) => n + 1).to('out') })
  const seen = job('j', { out: numbers.distinct(n => keys[n]).to('out') })
  const log = smallLog({
    'a/0': [1, 2].flatMap(turn => keys.map((k, i) => e(10 * turn + i, k, i))),
    'a/1': keys.map((_, i) => e(30 + i, 'same', i)),
  })
  const counts = (turn: number): string[] => keys.map((k, i) => `${10 * turn + i} ${k} ${turn}`)
  expect(written(counted, log, true)).toEqual([
    ...counts(1),
    ...counts(2),
    ...keys.map((_, i) => `${30 + i} same ${i + 1}`),
  ])
  expect(written(seen, log, true)).toHaveLength(2 * keys.length)
})

test('a step that throws keeps the state, and one that changes its state changes nothing else', () => {
  const zero = { list: [] as number[] }
  const made = job('j', {
    out: numbers
      .scan(zero, (state, n) => {
        state.list.push(n)
        if (n === 2) throw new Error('two')
        return n === 3 ? { list: [-3] } : state
      })
      .to('out'),
  })
  const log = smallLog({ 'a/0': [1, 2, 3, 4].map(n => e(n, 'x', n)) })
  expect(written(made, log, true)).toEqual(['1 x {"list":[1]}', '3 x {"list":[-3]}', '4 x {"list":[-3,4]}'])
  expect(deadOf(run(made, log, true))).toEqual([expect.stringMatching(/^scan-\w+ throw the lambda threw$/)])
  expect(zero.list).toEqual([])
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
