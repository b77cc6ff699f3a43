// A state that is being written is verified at one of its commits, whatever is committed meanwhile.
//
// Promises: for all jobs of test/support and for random ones no false difference at any commit, over a whole log and
// over what is left of one.

import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runInterleaving, stateVerdictLines } from '../../../testing/equivalence/index.ts'
import { seededRandom } from '../../../testing/equivalence/random.ts'
import { emittedModule } from '../../compiler/7-emit/recording-target.ts'
import { PairCounts } from '../../random/coverage.ts'
import { programOfSpec } from '../../random/job-text.ts'
import { trials } from '../../random/trial.ts'
import { testFolder } from '../../run/support/folder.ts'
import { largeLog, memoryLog } from '../../run/support/logs.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import { JOBS } from '../../support/jobs/jobs.ts'
import { verified } from './clicks.ts'

type Verdict = Awaited<ReturnType<typeof verified>>

const textOf = (verdict: Verdict): string => stateVerdictLines(verdict, 'again').join('\n')

describe.each(Object.keys(JOBS))('job %s', name => {
  const { shape, build } = JOBS[name] as (typeof JOBS)[string]

  it('is verified at commits of a stream, seed 41', async () => {
    const functions = interpretedModule(build())
    const log = memoryLog(largeLog(41, { ...shape, maxRecords: 40 }))
    const state = join(testFolder(), 'state')
    const numbers: number[] = []
    let commits = 0
    await runInterleaving({ functions, log, state, until: 'end' }, 41, async () => {
      if (commits++ % 3 !== 0) return
      const verdict = await verified(functions, log, state)
      expect(verdict, textOf(verdict)).toMatchObject({ equal: true, whole: true, writer: process.pid })
      numbers.push(verdict.commit?.number as number)
    })
    expect(numbers).toEqual(numbers.map((_, i) => 3 * i + 1))
    expect(numbers.length).toBeGreaterThan(0)
  })

  it.each([51, 52])('is verified by the rest of a log, seed %i', async seed => {
    const functions = interpretedModule(build())
    const random = seededRandom(seed)
    const input = largeLog(seed, { ...shape, maxRecords: 60 })
    const [log, state] = [memoryLog(input), join(testFolder(), 'state')]
    await runInterleaving({ functions, log, state, until: 'end' }, seed)
    for (const { topic, partition, records } of input) {
      const at = records[1 + random.below(records.length / 2)]
      if (at !== undefined && (partition === 0 || random.chance(0.7))) log.trim(topic, partition, at.offset)
    }
    const verdict = await verified(functions, log, state)
    expect(verdict, textOf(verdict)).toMatchObject({ equal: true, whole: false })
    expect(verdict.gone.length).toBeGreaterThan(0)
    expect(textOf(verdict)).toMatch(/^no difference in what was compared/)
  })
})

const RANDOM_JOBS = 25

it(`random jobs are verified, ${RANDOM_JOBS} of them`, { timeout: 240_000 }, async () => {
  const met = new PairCounts()
  let commits = 0
  const property = fc.asyncProperty(trials(met, { final: false }), fc.nat(1000), async ({ spec, log: input }, seed) => {
    const functions = emittedModule(programOfSpec(spec))
    const [log, state] = [memoryLog(input), join(testFolder(), 'state')]
    await runInterleaving({ functions, log, state, until: 'end' }, seed, async () => {
      if (commits++ % 5 !== 0) return
      const verdict = await verified(functions, log, state)
      if (!verdict.equal || !verdict.whole) throw new Error(textOf(verdict))
    })
  })
  await fc.assert(property, { numRuns: RANDOM_JOBS, seed: 20260101 })
  expect(commits).toBeGreaterThan(RANDOM_JOBS)
})
