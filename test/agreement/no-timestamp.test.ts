// Records without a timestamp (-1 in a record batch), through batch, stream and reference, over memory and segments.

import { expect, it } from 'vitest'
import { verdictLines, verifyJob } from '../../testing/equivalence/index.ts'
import { testFolder } from '../run/support/folder.ts'
import { embeddedLog, memoryLog } from '../run/support/logs.ts'
import { interpretedModule } from '../support/interpreted-module.ts'
import { GLOBAL, PlanBuilder } from '../support/jobs/graph-plan.ts'
import { raw, smallLog, tick } from '../support/small-log.ts'

/** Event times of the log, of the value with `ahead`, and of the value while a lambda reads the timestamp. */
function job() {
  const plan = new PlanBuilder()
  const byTime = (_: unknown, r: { time: number }): number => r.time
  const value = (v: { t: number }): unknown => v.t
  const view = (name: string, source: string): void => {
    plan.view(name, plan.bare(plan.keyBy(source, byTime), GLOBAL, { kind: 'count' }))
  }
  view('ofTheLog', plan.source('t', { id: 'log', disorderMs: 1000 }))
  view('ahead', plan.source('t', { id: 'ahead', time: value, aheadMs: 10, disorderMs: 1000 }))
  const read = plan.source('t', { id: 'read', time: value, disorderMs: 1000 })
  view(
    'read',
    plan.map(read, (_: unknown, r: { timestamp: number }) => r.timestamp),
  )
  return plan.program()
}

const LOG = smallLog({
  't/0': [
    raw('{"t":-2}', { timestamp: -2 }),
    raw('{"t":-1}', { timestamp: -1 }),
    raw('{"t":0}', { timestamp: 0 }),
    tick(-1),
    raw('{"t":5}', { timestamp: -1 }),
  ],
  't/1': [raw('{"t":5}', { timestamp: -1 })],
})

it.each(['memory', 'segments'])('are dead letters where a time is needed, over %s', async kind => {
  const folder = testFolder()
  if (kind === 'segments') await embeddedLog(folder, LOG)
  const log = kind === 'segments' ? folder : memoryLog(LOG)
  const verdict = await verifyJob({ functions: interpretedModule(job()), log, interleavings: 4, seed: 1 })
  expect(verdict.difference, verdictLines(verdict).join('\n')).toBeNull()
  const [reference] = verdict.sides
  const counts = Object.fromEntries((reference?.digests ?? []).map(({ part, rows }) => [part, rows]))
  expect(counts).toMatchObject({ 'view ofTheLog': 2, 'view ahead': 2, 'view read': 2, 'dead letters': 9 })
})
