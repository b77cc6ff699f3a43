// Partitions that producers wrote to before anyone ticked them: taken in at the present watermark, remembered by the
// state, and computed again from there.

import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isLyrebirdError } from '../../../core/errors.ts'
import { MemoryLog } from '../../../logs/memory.ts'
import { runBatch } from '../../../runtime-batch/index.ts'
import { runStream, StreamRun } from '../../../runtime-stream/index.ts'
import { verdictLines, verifyJob } from '../../../testing/equivalence/index.ts'
import { seededRandom } from '../../../testing/equivalence/random.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import { PlanBuilder, tumbling } from '../../support/jobs/graph-plan.ts'
import { verified } from '../../testing/state/clicks.ts'
import { testFolder } from '../support/folder.ts'

const utf8 = new TextEncoder()
const event = (t: number) => ({ timestamp: t, value: utf8.encode(`{"t":${t}}`) })
const time = (v: { t: number }): unknown => v.t

/** Two sources of one topic with watermarks of their own; closed windows, which a lost watermark would open again. */
function functions() {
  const plan = new PlanBuilder()
  for (const [name, disorderMs] of [
    ['strict', 0],
    ['patient', 1000],
  ] as const) {
    const keyed = plan.keyBy(plan.source('in', { id: name, time, disorderMs }), () => 'all')
    const table = plan.bare(keyed, tumbling(1000), { kind: 'count' })
    plan.view(name, table)
    plan.view(
      `${name}Closed`,
      plan.bare(
        plan.keyBy(plan.closed(table, `${name}-closed`), () => 'all'),
        tumbling(1000),
        { kind: 'count' },
      ),
    )
  }
  return interpretedModule(plan.program('counts'))
}

/** The log with more partitions, which hold these records. */
function grown(before: readonly number[], more: readonly (readonly number[])[]): MemoryLog {
  const log = new MemoryLog()
  log.createTopic('in', 1 + more.length)
  log.topicId = async () => 'the topic'
  log.append('in', 0, before.map(event))
  for (const [i, times] of more.entries()) log.append('in', i + 1, times.map(event))
  return log
}

async function checked(log: MemoryLog, state: string): Promise<void> {
  const verdict = await verifyJob({ functions: functions(), log, state, interleavings: 3, seed: 5 })
  expect(verdict.difference, verdictLines(verdict).join('\n')).toBeNull()
  expect(await verified(functions(), log, state)).toMatchObject({ equal: true, whole: true })
}

describe('a partition that is taken in at the watermark', () => {
  const before = [0, 500, 5000, 5200]

  it('leaves the watermark where it is; what lies before it is late', async () => {
    const state = join(testFolder(), 'state')
    await runBatch({ functions: functions(), log: grown(before, []), state })
    const log = grown(before, [[4199, 4200, 5199, 5200, 9000]])
    const refused = await runBatch({ functions: functions(), log, state }).catch((e: unknown) => e)
    expect(isLyrebirdError(refused) && [refused.code, refused.hint]).toEqual([
      'partition-added',
      expect.stringContaining('--admit'),
    ])
    const summary = await runBatch({ functions: functions(), log, state, admit: true })
    expect(summary.sources.map(s => s.watermark)).toEqual([5200, 4200])
    // 4199 is before both watermarks; 4200 and 5199 before the strict one.
    expect(summary.late).toBe(4)
    expect(summary.warnings.join()).toContain('in/1 is taken in at the present watermark')
    await checked(log, state)
  })

  it('is remembered over restarts, and by a stream', async () => {
    const state = join(testFolder(), 'state')
    await runBatch({ functions: functions(), log: grown(before, []), state })
    const log = grown(before, [[100, 6000], [7000]])
    await runStream({ functions: functions(), log, state, admit: true, until: 'end' })
    log.append('in', 0, [event(8000)])
    log.append('in', 1, [event(5999), event(8000)])
    const summary = await runBatch({ functions: functions(), log, state })
    expect(summary.sources.map(s => s.watermark)).toEqual([7000, 6000])
    await checked(log, state)
  })

  it('begins without a time where nothing has a watermark', async () => {
    const state = join(testFolder(), 'state')
    await runBatch({ functions: functions(), log: grown([], []), state })
    const log = grown([], [[100, 50]])
    const summary = await runBatch({ functions: functions(), log, state, admit: true })
    expect(summary.late).toBe(1)
    await checked(log, state)
  })

  it.each([1, 2, 3, 4, 5, 6])('agrees with the reference on a log that grew at random, seed %i', async seed => {
    const random = seededRandom(seed)
    const state = join(testFolder(), 'state')
    const times = (from: number) => Array.from({ length: 5 + random.below(20) }, () => from + random.below(9000))
    const first = times(0)
    const stream = await StreamRun.open({ functions: functions(), log: grown(first, []), state })
    await stream.advance('in/0', BigInt(random.below(first.length)))
    await stream.commit()
    await stream.close()
    const log = grown(first, [times(2000), times(4000)])
    await runStream({ functions: functions(), log, state, admit: true, until: 'end', commitIntervalMs: 1 })
    await checked(log, state)
  })
})
