// A state that is being written is verified at one of its commits, whatever is committed meanwhile.
//
// Promises: for all jobs of test/support and for random ones no false difference at any commit, over a whole log and
// over what is left of one; what is held is bounded, and the state's file does not grow for it.

import { statSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openStateReader } from '../../../store/index.ts'
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
import { appendClicks, clickLog, clicks, Live, verified } from './clicks.ts'

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

describe('while commits are made', () => {
  const functions = clicks()

  async function live(count: number): Promise<{ live: Live; state: string }> {
    const state = join(testFolder(), 'state')
    const live = await Live.open(functions, clickLog(count), state)
    await live.commit()
    return { live, state }
  }

  it('one of them is verified, with its cut and the rows that it had', async () => {
    const { live: stream, state } = await live(60)
    const more = async (): Promise<void> => {
      const { end = 0n } = (await stream.log.partitions('clicks'))[0] ?? {}
      appendClicks(stream.log, Number(end), Number(end) + 10)
      await stream.commit()
    }
    const verdict = await verified(functions, stream.log, state, { onStep: more })
    expect(verdict, textOf(verdict)).toMatchObject({ equal: true, whole: true, records: 70 })
    expect(verdict).toMatchObject({ commit: { number: 2 }, cut: { 'clicks/0': '70' }, writer: process.pid })
    const next = await verified(functions, stream.log, state)
    expect(next, textOf(next)).toMatchObject({ equal: true, commit: { number: 4 }, cut: { 'clicks/0': '90' } })
    await stream.close()
    expect(await verified(functions, stream.log, state)).toMatchObject({ equal: true, writer: null })
  })

  it('the file of the state takes no room for the commit that is verified', async () => {
    const { live: stream, state } = await live(3000)
    const bytes = (): number => statSync(join(state, 'state.mdb')).size
    // Of one minute: the same rows are written again and again.
    const click = { timestamp: 30_000_000, value: new TextEncoder().encode('{"n":1}') }
    const commits = async (): Promise<void> => {
      for (let i = 0; i < 40; i++) {
        stream.log.append('clicks', 0, [click])
        await stream.commit()
      }
    }
    await commits()
    const held = openStateReader(state)
    const before = bytes()
    await commits()
    const whileHeld = bytes() - before
    await held.close()
    await commits()
    let during = Number.NaN
    const verdict = await verified(functions, stream.log, state, {
      onStep: async step => {
        if (step !== 'computing it again') return
        const begun = bytes()
        await commits()
        during = bytes() - begun
      },
    })
    expect(verdict.equal, textOf(verdict)).toBe(true)
    // Where free pages lie differs by some of them.
    expect(during).toBeLessThan(whileHeld / 20)
    await stream.close()
  })

  it('rows for which there was no time are said to be not compared; the digest of the state is', async () => {
    const { live: stream, state } = await live(60)
    const verdict = await verified(functions, stream.log, state, { holdMs: -1 })
    expect(verdict).toMatchObject({ equal: true, whole: false })
    const view = verdict.parts.find(({ part }) => part === 'view perMinute')
    expect(view).toMatchObject({ compared: 0, differing: 0, left: expect.stringContaining('--hold') })
    expect(textOf(verdict)).toMatch(/NOT COMPARED {2}view perMinute/)
    await stream.close()
  })

  it('what retention takes while it is computed again is left out', async () => {
    const { live: stream, state } = await live(60)
    appendClicks(stream.log, 60, 120)
    await stream.commit()
    const { log } = stream
    const read = log.read.bind(log)
    let trimmed = false
    log.read = (topic, partition, from, to, options) => {
      // The first record of the state is read by batch alone.
      if (from === 0n && !trimmed) {
        trimmed = true
        log.trim('clicks', 0, 50n)
      }
      return read(topic, partition, from, to, options)
    }
    const verdict = await verified(functions, log, state)
    expect(trimmed).toBe(true)
    expect(verdict, textOf(verdict)).toMatchObject({ equal: true, whole: false, records: 60 })
    expect(verdict.gone).toEqual([{ partition: 'clicks/0', from: '0', to: '50', verified: '60' }])
    await stream.close()
  })

  it('a further comparison gets the commit, and counts', async () => {
    const { live: stream, state } = await live(60)
    const further = [
      async ({ snapshot }: { snapshot: { commit: { number: number } | null } }) => [
        {
          part: `table rows at ${snapshot.commit?.number}`,
          compared: 1,
          of: 1,
          digest: null,
          since: null,
          left: null,
          differing: 1,
          differences: [{ at: 'key 1', state: '2', again: '3' }],
        },
      ],
    ]
    const verdict = await verified(functions, stream.log, state, { further })
    expect(verdict.equal).toBe(false)
    expect(textOf(verdict).split('\n')[0]).toBe(
      `NOT EQUAL: ${state} at commit 1 is not what batch computes from the log: table rows at 1`,
    )
    await stream.close()
  })
})
