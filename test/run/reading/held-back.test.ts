// Transactions that hold a run back, as lines: old ones and those of unknown age, once each, and no line where the log
// does not answer.

import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Plan } from '../../../core/plan/plan.ts'
import type { HeldBack, Log } from '../../../logs/log.ts'
import { MemoryLog } from '../../../logs/memory.ts'
import { heldBackNow, heldBackText } from '../../../run/reading/held-back.ts'
import { runBatch } from '../../../runtime-batch/index.ts'
import { TransactionNotices } from '../../../runtime-stream/transaction-notices.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import { GLOBAL, PlanBuilder } from '../../support/jobs/graph-plan.ts'
import { testFolder } from '../support/folder.ts'

const NOW = Date.parse('2026-01-01T10:00:00Z')
const held = (partition: number, since: number | null): HeldBack => ({
  topic: 'in',
  partition,
  from: 7n,
  offsets: 3n,
  owner: since === null ? null : 'producer 4',
  since,
})

function job() {
  const plan = new PlanBuilder()
  plan.view(
    'all',
    plan.bare(
      plan.keyBy(plan.source('in'), () => 'all'),
      GLOBAL,
      { kind: 'count' },
    ),
  )
  return plan.program()
}

const PLAN: Plan = job().plan

function logWith(answer: () => Promise<readonly HeldBack[]>): Log {
  const log: Log = new MemoryLog()
  log.heldBack = answer
  return log
}

afterEach(() => void vi.useRealTimers())

describe('transactions that hold back', () => {
  it('are named where they are old, or of unknown age', async () => {
    vi.useFakeTimers({ now: NOW, toFake: ['Date'] })
    const log = logWith(async () => [held(0, NOW - 59_999), held(1, NOW - 200_000), held(2, null)])
    expect((await heldBackNow(log, PLAN, 60_000)).map(heldBackText)).toEqual([
      'in/1 stands at 7: offsets 7 to 9 are held back by a transaction of producer 4, open for 3 min 20 s',
      'in/2 stands at 7: offsets 7 to 9 are held back by a transaction',
    ])
  })

  it('cost a run nothing where the log does not answer, or has none', async () => {
    expect(
      await heldBackNow(
        logWith(() => Promise.reject(new Error('no'))),
        PLAN,
        0,
      ),
    ).toEqual([])
    expect(await heldBackNow(new MemoryLog(), PLAN, 0)).toEqual([])
  })

  it('are a warning of a run with an end', async () => {
    const log = logWith(async () => [held(0, 0)]) as MemoryLog
    log.createTopic('in', 1)
    const { warnings } = await runBatch({ functions: interpretedModule(job()), log, state: testFolder() })
    expect(warnings.join()).toContain('in/0 stands at 7: offsets 7 to 9 are held back by a transaction of producer 4')
  })

  it('are told once by a stream, and asked for every half minute', async () => {
    vi.useFakeTimers({ now: NOW, toFake: ['Date', 'performance'] })
    let asked = 0
    const lines: string[] = []
    const log = logWith(async () => {
      asked++
      return [held(0, 0)]
    })
    const notices = new TransactionNotices({ log, plan: PLAN }, ({ text }) => lines.push(text))
    for (let s = 0; s < 95; s++) {
      notices.look()
      await Promise.resolve()
      await new Promise(resolve => setImmediate(resolve))
      vi.advanceTimersByTime(1000)
    }
    expect(asked).toBe(3)
    expect(lines).toHaveLength(1)
  })
})
