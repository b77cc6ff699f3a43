// At least 20 SIGKILLs at random moments while another process appends to the log: the same digest as batch, outputs exactly once.
// `node scripts/kill-campaign.mjs --kills 100 --seed N` does the same at length, on a compiled job.

import { expect, it } from 'vitest'
import { testFolder } from '../runtime/support/folder.ts'
import { interpretedModule } from '../support/interpreted-module.ts'
import { JOBS } from '../support/jobs.ts'
import { campaign } from './support/campaign.ts'
import { differenceFromBatch, startVictim } from './support/victims.ts'

it('survives 20 kills', { timeout: 180_000 }, async () => {
  const folder = testFolder()
  const order = { job: 'traffic', commitIntervalMs: 10 } as const
  const { log, state, afterCommit } = await campaign({
    folder,
    seed: 1,
    kills: 20,
    topic: 'a',
    partitions: 2,
    lifeMs: 1000,
    startStream: (log, state) => startVictim({ ...order, target: 'live', log, state }),
  })
  expect(afterCommit).toBeGreaterThanOrEqual(5)
  const last = startVictim({ ...order, target: 'schedule', seed: 3, log, state })
  expect(await last.ended).toMatchObject({ code: 0, stderr: '' })
  const functions = interpretedModule((JOBS.traffic as (typeof JOBS)[string]).build())
  expect(await differenceFromBatch(functions, log, state, folder)).toBeNull()
})
