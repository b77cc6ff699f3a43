// Verifying a state whose log has lost its beginning: what remains is judged as it was, and the verdict says what was
// compared.
//
// Promises: for all jobs of test/support no false difference, wherever the log begins now; a changed row of what is
// compared is found; nothing that was not compared is called equal.

import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { FunctionsModule } from '../../core/emitted/emitted-module.ts'
import { PROGRESS, Progress } from '../../core/executor/progress.ts'
import { TIME_MARKS } from '../../core/executor/time-marks.ts'
import { DIGEST } from '../../core/state/digests.ts'
import { TABLE } from '../../core/state/row-codec.ts'
import { rowKeyOf } from '../../core/tables/view-order.ts'
import { canonicalBytes, NUMBER_BYTES } from '../../core/values/canonical.ts'
import type { MemoryLog } from '../../logs/memory.ts'
import { runBatch } from '../../runtime-batch/index.ts'
import { openStateReader, openStateWriter } from '../../store/index.ts'
import { runInterleaving, verdictLines, verifyJob } from '../../testing/equivalence/index.ts'
import { seededRandom } from '../../testing/equivalence/random.ts'
import { testFolder } from '../run/support/folder.ts'
import { largeLog, memoryLog } from '../run/support/logs.ts'
import { interpretedModule } from '../support/interpreted-module.ts'
import { GLOBAL, PlanBuilder, tumbling } from '../support/jobs/graph-plan.ts'
import { JOBS } from '../support/jobs/jobs.ts'

const verifyState = (functions: FunctionsModule, log: MemoryLog, state: string) =>
  verifyJob({ functions, log, state, interleavings: 1, seed: 1, workers: [1] })

describe.each(Object.keys(JOBS))('job %s', name => {
  const { shape, build } = JOBS[name] as (typeof JOBS)[string]

  it.each([31, 32, 33])('over the rest of a log, seed %i', async seed => {
    const functions = interpretedModule(build())
    const random = seededRandom(seed)
    const input = largeLog(seed, { ...shape, maxRecords: 60 })
    const log = memoryLog(input)
    const state = join(testFolder(), 'state')
    await runInterleaving({ functions, log, state, until: 'end' }, seed)
    for (const { topic, partition, records } of input) {
      const at = records[1 + random.below(records.length / 2)]
      if (at !== undefined && (partition === 0 || random.chance(0.7))) log.trim(topic, partition, at.offset)
    }
    const verdict = await verifyState(functions, log, state)
    const lines = verdictLines(verdict).join('\n')
    expect(verdict.difference, lines).toBeNull()
    expect(verdict.partial, lines).not.toBeNull()
    expect(lines).not.toMatch(/^equal$/m)
  })
})

/** Counts events by minute and in all, and writes each one to a topic; each tenth event is a dead letter. */
function clicks(): FunctionsModule {
  const plan = new PlanBuilder()
  const source = plan.source('clicks', { disorderMs: 5000 })
  const keyed = plan.keyBy(source, (v: { n: number }) => {
    if (v.n % 10 === 7) throw new Error('no sevens')
    return 'all'
  })
  plan.view('perMinute', plan.bare(keyed, tumbling(60_000), { kind: 'count' }))
  plan.view('total', plan.bare(keyed, GLOBAL, { kind: 'count' }))
  plan.output('copy', plan.to(keyed, 'copy'))
  return interpretedModule(plan.program('clicks'))
}

/** An event every ten seconds, each tenth of them late. */
function clickLog(count: number): MemoryLog {
  const log = memoryLog([{ topic: 'clicks', partition: 0, records: [] }])
  for (let n = 0; n < count; n++) {
    const timestamp = 10_000 * (n % 10 === 5 ? n - 3 : n)
    log.append('clicks', 0, [{ timestamp, value: new TextEncoder().encode(JSON.stringify({ n })) }])
  }
  return log
}

describe('a job with and without windows', () => {
  const functions = clicks()

  async function computed(runs: readonly bigint[]): Promise<{ log: MemoryLog; state: string }> {
    const [log, state] = [clickLog(120), join(testFolder(), 'state')]
    for (const end of runs) await runBatch({ functions, log, state, until: new Map([['clicks/0', end]]) })
    return { log, state }
  }

  it('is compared from the first mark on, and the verdict says what is not', async () => {
    const { log, state } = await computed([40n, 80n, 120n])
    log.trim('clicks', 0, 70n)
    const verdict = await verifyState(functions, log, state)
    expect(verdict).toMatchObject({ equal: true, records: 40 })
    expect(verdict.partial?.gone).toEqual([{ partition: 'clicks/0', from: '0', to: '70', verified: '80' }])
    const since = 790_001
    expect(verdict.partial?.compared).toEqual([
      { part: 'output copy', rows: 31, of: 95, since },
      { part: 'view perMinute', rows: 6, of: 20, since },
      { part: 'late', rows: 4, of: 12, since: null },
      { part: 'dead letters', rows: 4, of: 12, since: null },
    ])
    expect(verdict.partial?.notCompared).toEqual([
      'view total',
      'output copy: the other rows',
      'view perMinute: the other rows',
      'late: the other rows',
      'dead letters: the other rows',
      'counts and digests of all that was ever emitted',
    ])
    expect(verdictLines(verdict)).toContain('  clicks/0: offsets 0 to 69 are gone; verified from 80 on')
    expect(verdictLines(verdict).at(-1)).toMatch(/^no difference in what was compared/)
  })

  it('is compared whole where nothing is gone, or only what it never read', async () => {
    const { log, state } = await computed([120n])
    expect((await verifyState(functions, log, state)).partial).toBeNull()
    const later = join(testFolder(), 'state')
    log.trim('clicks', 0, 50n)
    await runBatch({ functions, log, state: later })
    const restored = clickLog(120)
    restored.topicId = topic => log.topicId(topic)
    expect(await verifyState(functions, restored, later)).toMatchObject({ equal: true, partial: null, records: 70 })
  })

  it('cannot be verified where no record is left, nor from a state without marks behind the start', async () => {
    const { log, state } = await computed([60n, 120n])
    log.trim('clicks', 0, 120n)
    await expect(verifyState(functions, log, state)).rejects.toMatchObject({ code: 'range-lost', exitCode: 5 })
    const old = await computed([60n, 120n])
    const writer = await openStateWriter(old.state)
    await writer.commit(transaction => transaction.putDocument(TIME_MARKS, null))
    await writer.close()
    expect((await verifyState(functions, old.log, old.state)).equal).toBe(true)
    old.log.trim('clicks', 0, 60n)
    await expect(verifyState(functions, old.log, old.state)).rejects.toMatchObject({ code: 'range-lost' })
  })

  it('finds a window that is not what remains says', async () => {
    const { log, state } = await computed([40n, 80n, 120n])
    const reader = openStateReader(state)
    const rows = [...reader.range(TABLE.view('perMinute'))].map(([key, value]) => [key.slice(), value.slice()] as const)
    await reader.close()
    const [key, value] = rows.at(-1) as (typeof rows)[number]
    const writer = await openStateWriter(state)
    const progress = Progress.decode(writer.document(PROGRESS) as Uint8Array)
    const other = new Uint8Array([value[0] as number, ...canonicalBytes(3)])
    const digest = progress.digest(DIGEST.view('perMinute'))
    const rowKey = rowKeyOf(key, NUMBER_BYTES)
    digest.removeRow(rowKey, value)
    digest.addRow(rowKey, other)
    await writer.commit(transaction => {
      transaction.applyChanges(TABLE.view('perMinute'), [[key, other]])
      transaction.putDocument(PROGRESS, progress.encode())
    })
    await writer.close()
    log.trim('clicks', 0, 70n)
    const verdict = await verifyState(functions, log, state)
    expect(verdict).toMatchObject({ equal: false, difference: { part: 'views/perMinute', rightName: 'state' } })
  })
})
