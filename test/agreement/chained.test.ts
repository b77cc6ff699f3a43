// A job that reads what another job wrote: elements keep the identity that they had there, and batch, stream and
// reference agree.

import { join } from 'node:path'
import { expect, it } from 'vitest'
import { IDENTITY_HEADER } from '../../core/log/chunk.ts'
import type { JobResult } from '../../core/result/result.ts'
import { MemoryLog } from '../../logs/memory.ts'
import { defaultOut } from '../../run/state/folders.ts'
import { runBatch } from '../../runtime-batch/index.ts'
import { runStream } from '../../runtime-stream/index.ts'
import { readWholeResult, verdictLines, verifyJob } from '../../testing/equivalence/index.ts'
import { testFolder } from '../run/support/folder.ts'
import { largeLog, memoryLog } from '../run/support/logs.ts'
import { interpretedModule } from '../support/interpreted-module.ts'
import { GLOBAL, PlanBuilder } from '../support/jobs/graph-plan.ts'
import { JOBS } from '../support/jobs/jobs.ts'

/** Reads the output `events` of the job `traffic`, and writes it again in other partitions. */
function second() {
  const plan = new PlanBuilder()
  const keyed = plan.keyBy(plan.source('events'), () => 'all')
  plan.view('ends', plan.aggregate(keyed, GLOBAL, { first: { kind: 'first' }, last: { kind: 'last' } }))
  plan.output('again', plan.to(keyed, 'again', { partitions: 2 }))
  return interpretedModule(plan.program('second'))
}

/** Identities in the headers of an output, sorted. */
function identities(result: JobResult, output: string): string[] {
  const records = (result.outputs.get(output) ?? []).flat()
  return records.map(({ headers }) => headers.map(h => Buffer.from(h.value ?? []).toString('hex')).join()).sort()
}

it('keeps the identities of the first job', async () => {
  const folder = testFolder()
  const { shape, build } = JOBS.traffic as (typeof JOBS)[string]
  const functions = interpretedModule(build())
  const [state, next] = [join(folder, 'first'), join(folder, 'second')]
  await runBatch({ functions, log: memoryLog(largeLog(31, shape)), state, final: true })
  const written = await readWholeResult(state, defaultOut(state), functions.plan)
  expect(identities(written, 'events').length).toBeGreaterThan(5)

  const log = defaultOut(state)
  const verdict = await verifyJob({ functions: second(), log, interleavings: 3, seed: 1, final: true })
  expect(verdict.equal, verdictLines(verdict).join('\n')).toBe(true)

  await runBatch({ functions: second(), log, state: next, final: true })
  const again = await readWholeResult(next, defaultOut(next), second().plan)
  expect(identities(again, 'again')).toEqual(identities(written, 'events'))
})

/** Two records of one time with one identity header, and a partition that holds the watermark back. */
function repeating(between: number) {
  const log = new MemoryLog()
  log.createTopic('events', 2)
  const header = { key: IDENTITY_HEADER, value: Uint8Array.of(1) }
  const record = (timestamp: number) => ({ timestamp, key: null, value: Buffer.from('{}'), headers: [header] })
  const plain = (timestamp: number) => ({ timestamp, key: null, value: Buffer.from('{}'), headers: [] })
  log.append('events', 1, [plain(0)])
  log.append('events', 0, [record(5), ...Array.from({ length: between }, () => plain(5)), record(5)])
  return log
}

it('stops where a log repeats identities, in one commit', async () => {
  const run = runBatch({ functions: second(), log: repeating(0), state: join(testFolder(), 'state') })
  await expect(run).rejects.toMatchObject({ code: 'job-failed', message: expect.stringContaining('time and identity') })
})

it('stops where a log repeats identities, in two commits', async () => {
  const options = { functions: second(), log: repeating(1), state: join(testFolder(), 'state') }
  await runStream({
    ...options,
    until: new Map([
      ['events/0', 2n],
      ['events/1', 1n],
    ]),
  })
  await expect(runStream({ ...options, until: 'end' })).rejects.toMatchObject({ code: 'job-failed' })
})
