// How a feeder reads the state while it fills a sink.

import { join } from 'node:path'
import { expect, it } from 'vitest'
import { MemoryLog } from '../../../logs/memory.ts'
import { Feeder } from '../../../run/feed/feeder.ts'
import { ROWS_AT_ONCE, SNAPSHOT_ROWS } from '../../../run/feed/limits.ts'
import { ViewFeed } from '../../../run/feed/view-feed.ts'
import { runBatch } from '../../../runtime-batch/index.ts'
import { openStateWriter } from '../../../store/index.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import { GLOBAL, PlanBuilder } from '../../support/jobs/graph-plan.ts'
import { testFolder } from '../support/folder.ts'
import { MemoryPlace } from './memory-sink.ts'

const ROWS = 2 * SNAPSHOT_ROWS + 3 * ROWS_AT_ONCE + 1

function functions() {
  const plan = new PlanBuilder()
  const keyed = plan.keyBy(plan.source('in'), (v: { k: string }) => v.k)
  plan.view('counts', plan.aggregate(keyed, GLOBAL, { n: { kind: 'count' } }))
  return interpretedModule(plan.program('counted'))
}

it('holds one snapshot at a time, and none for longer than some rows', { timeout: 60_000 }, async () => {
  const [log, state, module] = [new MemoryLog(), join(testFolder(), 'state'), functions()]
  log.createTopic('in', 1)
  const record = (i: number) => ({ timestamp: i, value: Buffer.from(JSON.stringify({ k: `k${i}` })) })
  log.append(
    'in',
    0,
    Array.from({ length: ROWS }, (_, i) => record(i)),
  )
  const place = new MemoryPlace()
  await runBatch({ functions: module, log, state, sinks: { counts: place.definition() }, feedsSinks: false })
  const writer = await openStateWriter(state)
  const held = { now: 0, most: 0, all: 0 }
  const snapshot = () => {
    held.most = Math.max(held.most, ++held.now)
    held.all++
    const reader = writer.snapshot()
    return {
      ...reader,
      close: async () => {
        held.now--
        await reader.close()
      },
    }
  }
  const owner = { state: 'a', epoch: 1 }
  const view = { name: 'counts', key: NO_TYPE, value: NO_TYPE, windows: 'none' } as const
  const feeder = new Feeder({
    ...owner,
    view: 'counts',
    place: 'memory',
    plan: module.plan,
    sink: place.definition().open({ ...owner, view, takesOver: false }),
    feed: new ViewFeed(writer, 'counts', 1),
    snapshot,
    openMs: 0,
    outageMs: 0,
    onAway: () => {},
  })
  feeder.take()
  await feeder.drain()
  await feeder.close()
  await writer.close()
  expect(place.rows.size).toBe(ROWS)
  expect(held).toEqual({ now: 0, most: 1, all: 4 })
})

const NO_TYPE = { root: { kind: 'unknown' }, defs: {} } as const
