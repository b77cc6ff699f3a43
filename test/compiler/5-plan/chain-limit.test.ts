// Long chains: steps without end, and a typed limit for what nests.

import { expect, it } from 'vitest'
import { planGraph } from '../../../compiler/plan-graph.ts'
import { job, type Stream, source } from '../../../dsl/index.ts'
import { graph } from '../../support/run-job.ts'

const records = source<{ n: number }>('t', { time: v => v.n })
type Records = Stream<{ n: number }>

function chained(times: number, step: (stream: Records) => Records): number {
  let stream: Records = records
  for (let i = 0; i < times; i++) stream = step(stream)
  return planGraph(graph(job('j', { o: stream.to('o') }))).nodes.length
}

it('ten thousand steps are planned', () => {
  expect(chained(10_000, s => s.map(v => ({ n: v.n })))).toBe(10_002)
  expect(chained(10_000, s => s.filter(v => v.n > 0))).toBe(10_002)
})

it('merges and flatMaps nest up to a limit, which is an error of the job', () => {
  expect(chained(500, s => s.merge(records))).toBe(502)
  expect(() => chained(501, s => s.merge(records))).toThrow('more than 500 merges and flatMaps')
  expect(() => chained(501, s => s.flatMap(v => [v]))).toThrow('more than 500 merges and flatMaps')
})
