// Random jobs: reference, stream and batch agree on all of them, and all possible pairs of operators do meet.

import { expect, it } from 'vitest'
import { runCampaign, summaryLines } from './check/campaign.ts'

/** `scripts/campaigns/random-jobs.mjs` sets both. */
const jobs = Number(process.env.LYREBIRD_RANDOM_JOBS ?? 1800)
const seed = Number(process.env.LYREBIRD_RANDOM_SEED ?? 20260101)

it(`agrees on ${jobs} jobs that were built by the language`, { timeout: 1000 * jobs + 60_000 }, async () => {
  const onJob = (done: number): void => {
    if (done % 5000 === 0 && done < jobs) console.log(`${done} of ${jobs} jobs agree`)
  }
  const campaign = await runCampaign({ jobs, seed, onJob })
  console.log(summaryLines(campaign, jobs > 10_000 ? 1000 : 5).join('\n'))
  expect(campaign.failure?.text ?? null).toBeNull()
  // A handful of jobs cannot hold all pairs.
  const least = jobs >= 50_000 ? 20 : jobs >= 1500 ? 1 : 0
  expect(campaign.met.sorted().filter(([, times]) => times < least)).toEqual([])
})
