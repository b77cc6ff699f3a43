// kill -9 of a real process at each step of a commit: the state is the last commit, nothing is lost, nothing is written
// twice.

import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { COMMIT_STEPS, type Step } from '../../run/commit-steps.ts'
import { openStateReader } from '../../store/index.ts'
import { testFolder } from '../run/support/folder.ts'
import { embeddedLog, largeLog } from '../run/support/logs.ts'
import { interpretedModule } from '../support/interpreted-module.ts'
import { JOBS } from '../support/jobs/jobs.ts'
import { differenceFromBatch, startVictim } from './support/victims.ts'

const job = 'traffic'
const { shape, build } = JOBS[job] as (typeof JOBS)[string]
const functions = interpretedModule(build())
const input = largeLog(5, { ...shape, gaps: false, maxRecords: 80 })

/** Bytes of the progress document, or null where nothing is committed. */
async function progressOf(state: string): Promise<string | null> {
  const reader = openStateReader(state)
  const bytes = reader.document('progress')
  await reader.close()
  return bytes === undefined ? null : Buffer.from(bytes).toString('hex')
}

/** Kills a run at a step, and lets other runs finish. The schedule of seed 4 commits after every other step. */
async function killedAt(target: 'batch' | 'schedule', step: Step, nth: number, twice: boolean): Promise<void> {
  const folder = testFolder()
  const [log, state] = [join(folder, 'log'), join(folder, 'state')]
  await embeddedLog(log, input)
  const order = { target, job, log, state, seed: 4 } as const
  const killed = startVictim({ ...order, kill: { step, nth } })
  expect((await killed.ended).signal).toBe('SIGKILL')
  const before = await progressOf(state)
  const committed = nth > 1 || step === 'state-committed' || step === 'outputs-published'
  expect(before !== null).toBe(committed)
  if (twice) {
    // A second kill in the first commit after the recovery must not matter either.
    const again = startVictim({ ...order, target: 'schedule', kill: { step, nth: 1 } })
    expect((await again.ended).signal).toBe('SIGKILL')
  }
  const last = startVictim({ ...order, target: 'schedule', seed: 10 })
  expect(await last.ended).toMatchObject({ code: 0, stderr: '' })
  expect(await differenceFromBatch(functions, log, state, folder)).toBeNull()
}

describe('a stream', () => {
  it.each(COMMIT_STEPS.flatMap(step => [[step, 1] as const, [step, 3] as const]))(
    'killed at %s, time %i',
    async (step, nth) => {
      await killedAt('schedule', step, nth, nth === 1)
    },
  )
})

describe('batch', () => {
  it.each(COMMIT_STEPS)('killed at %s', async step => {
    await killedAt('batch', step, 1, false)
  })
})
