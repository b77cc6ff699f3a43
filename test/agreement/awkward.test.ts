// One job in which everything is awkward at once: keys of every kind and of many kilobytes, two sources of one topic
// with different disorder, `closed` of two tables merged with records, several views on one table, rows that come and
// go and fail, and a partition that holds one tick.

import { expect, it } from 'vitest'
import { MemoryLog } from '../../logs/memory.ts'
import { verdictLines, verifyJob } from '../../testing/equivalence/index.ts'
import { seededRandom } from '../../testing/equivalence/random.ts'
import { interpretedModule } from '../support/interpreted-module.ts'
import { GLOBAL, hopping, PlanBuilder, tumbling } from '../support/jobs/graph-plan.ts'

interface Value {
  readonly t: number
  readonly k: number
  readonly n: number
}

const NUMBERS = [1e308, -1e308, 0.1, 5e-324, 1, 3, 2 ** 53]

function keyOf({ k, t }: Value): unknown {
  const keys = [null, undefined, Number.NaN, -0, true, '', 10n ** 40n, [], {}, Uint8Array.of(0, 255, 0)]
  return [...keys, 'x'.repeat(5000) + (t % 3), { a: 'y'.repeat(3000), b: [t % 2, undefined] }][k % 12]
}

function job() {
  const plan = new PlanBuilder()
  const time = (v: Value): number => v.t
  const strict = plan.keyBy(plan.source('t', { id: 'strict', time }), keyOf)
  const patient = plan.keyBy(plan.source('t', { id: 'patient', time, disorderMs: 7000 }), keyOf)
  const seconds = plan.aggregate(strict, tumbling(1000), {
    count: { kind: 'count' },
    mean: { kind: 'mean', of: (v: Value) => v.n },
    sum: { kind: 'sum', of: (v: Value) => v.n },
  })
  const odd = plan.filterTable(seconds, (row: { count: number }) => {
    if (row.count === 4) throw new Error('four')
    return row.count % 2 === 1
  })
  const counts = plan.mapTable(odd, (row: { count: number }) => (row.count > 5 ? keyOf : row.count))
  const mixed = plan.merge([plan.closed(seconds), plan.closed(odd), patient])
  const later = plan.aggregate(mixed, hopping(4000, 1000), {
    first: { kind: 'first' },
    kinds: { kind: 'countDistinct' },
    last: { kind: 'last', of: (v: object) => Object.keys(v) },
    top: { kind: 'topK', k: 2, by: (v: { n?: number }) => v.n ?? 0 },
  })
  const all = plan.merge([plan.closed(later), strict])
  plan.view('seconds', seconds)
  plan.view('odd', odd)
  plan.view('counts', plan.keep(counts, 3000))
  plan.view('later', later)
  plan.view('all', plan.aggregate(all, GLOBAL, { best: { kind: 'maxBy', by: () => 1 }, count: { kind: 'count' } }))
  plan.output('closed', plan.to(plan.closed(later), 'closed', { partitions: 3, keyed: true }))
  plan.output('mixed', plan.to(mixed, 'mixed', { partitions: 2, keyed: true }))
  return interpretedModule(plan.program('awkward'))
}

const utf8 = new TextEncoder()

function logOf(seed: number): MemoryLog {
  const random = seededRandom(seed)
  const log = new MemoryLog()
  log.createTopic('t', 3)
  log.append('t', 2, [{ timestamp: 30_000, headers: [{ key: 'lyrebird-tick', value: null }] }])
  for (const partition of [0, 1]) {
    let clock = 10_000
    for (let i = 0; i < 50; i++) {
      clock += random.chance(0.3) ? random.below(1500) : 0
      const t = clock - (random.chance(0.25) ? random.below(3000) : 0)
      const value = { t, k: random.below(12), n: random.pick(NUMBERS) }
      log.append('t', partition, [{ timestamp: clock, value: utf8.encode(JSON.stringify(value)) }])
    }
  }
  return log
}

it.each([
  [1, false],
  [2, true],
])('seed %i, final %s', async (seed, final) => {
  const verdict = await verifyJob({ functions: job(), log: logOf(seed), interleavings: 2, seed, final })
  expect(verdict.equal, verdictLines(verdict).join('\n')).toBe(true)
  expect(verdict.interleavings).toBe(2)
})
