// A job that reads what another job wrote: elements keep the identity that they had there, and batch, stream and reference agree.

import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { JobResult } from '../../core/result.ts'
import { runBatch } from '../../runtime-batch/index.ts'
import { defaultOut } from '../../runtime-common/job-run.ts'
import { readWholeResult, verdictLines, verifyJob } from '../../testing/equivalence/index.ts'
import { GLOBAL, PlanBuilder } from '../support/graph-plan.ts'
import { interpretedModule } from '../support/interpreted-module.ts'
import { JOBS } from '../support/jobs.ts'
import { testFolder } from './support/folder.ts'
import { largeLog, memoryLog } from './support/logs.ts'

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

it('goes on with the identities of the first job', async () => {
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
