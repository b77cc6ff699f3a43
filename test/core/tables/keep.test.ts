// A long run with `keep`: state, views and groups in memory stay as many as the windows that are open or kept.

import { describe, expect, test } from 'vitest'
import { JobExecutor } from '../../../core/executor/job-executor.ts'
import type { WindowSpec } from '../../../core/plan/plan.ts'
import { chunkOfRecords } from '../../../logs/chunk-of-records.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import { calendar, hopping, PlanBuilder, session, tumbling } from '../../support/jobs/graph-plan.ts'
import { MemoryState, memoryEnvironment } from '../../support/memory-state.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const COMMITS = 600

const WINDOWS: readonly (readonly [name: string, window: WindowSpec, keepMs: number])[] = [
  ['tumbling', tumbling(HOUR), 3 * HOUR],
  ['hopping', hopping(HOUR, 20 * MINUTE), 3 * HOUR],
  ['session', session(5 * MINUTE), 3 * HOUR],
  ['calendar', calendar('day', 'Europe/Berlin'), DAY],
]

const utf8 = new TextEncoder()

/**
 * Rows of all tables and groups in memory at each commit; each commit covers an hour, over 20 keys that come and go.
 */
function sizes(window: WindowSpec, keepMs: number): number[] {
  const plan = new PlanBuilder()
  const events = plan.source('a', { time: (v: { t: number }) => v.t, disorderMs: 10 * MINUTE })
  const table = plan.bare(
    plan.keyBy(events, (v: { k: string }) => v.k),
    window,
    { kind: 'count' },
  )
  plan.view('kept', plan.keep(table, keepMs))
  plan.view(
    'busy',
    plan.keep(
      plan.filterTable(table, (n: number) => n > 1),
      keepMs,
    ),
  )
  const state = new MemoryState()
  const executor = new JobExecutor(interpretedModule(plan.program()), memoryEnvironment(state))
  const found: number[] = []
  for (let i = 0; i < COMMITS; i++) {
    const records = Array.from({ length: 12 }, (_, j) => {
      const t = i * HOUR + j * 5 * MINUTE - ((i * j) % 3) * MINUTE
      const value = utf8.encode(JSON.stringify({ t, k: `key ${(i * 7 + j) % 20} of ${Math.floor(i / 100)}` }))
      return { offset: BigInt(12 * i + j), timestamp: t, key: null, value, headers: [] }
    })
    executor.feed(chunkOfRecords({ topic: 'a', partition: 0 }, records, BigInt(12 * i + 12)))
    state.commit(executor)
    const rows = state.tables().map(name => state.range(name).length)
    found.push(rows.reduce((a, b) => a + b, 0) + executor.groupCount)
  }
  return found
}

describe.each(WINDOWS)('%s', (_name, window, keepMs) => {
  test('holds no more after a long run than after a short one', () => {
    const found = sizes(window, keepMs)
    const most = (from: number, to: number): number => Math.max(...found.slice(from, to))
    expect(most(100, 250)).toBeGreaterThan(20)
    expect(most(450, COMMITS)).toBeLessThanOrEqual(most(100, 250) * 1.1)
  })
})

test('a longer keep keeps more rows', () => {
  const found = sizes(tumbling(HOUR), Number.MAX_SAFE_INTEGER)
  expect(found.at(-1)).toBeGreaterThan(3 * (found[100] as number))
})
