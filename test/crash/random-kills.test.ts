// At least 20 SIGKILLs at random times while another process appends to the log: the same digests as batch, outputs
// exactly once.
//
// The killed process is `node stream.mjs` of a compiled job, as a user runs it. `node scripts/kill-campaign.mjs --kills
// 100 --seed N` runs a longer campaign. Needs the built package (`npm run build`), which `npm test` makes first.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { compileJob, loadFunctions } from '../../compiler/index.ts'
import { verdictLines, verifyJob } from '../../testing/equivalence/index.ts'
import { testFolder } from '../run/support/folder.ts'
import { start } from '../support/child.ts'
import { campaign } from './support/campaign.ts'

const kills = Number(process.env.LYREBIRD_KILLS ?? 20)
const seed = Number(process.env.LYREBIRD_SEED ?? 1)
const root = join(import.meta.dirname, '..', '..')

it(`survives ${kills} kills, seed ${seed}`, { timeout: 120_000 + kills * 10_000 }, async () => {
  expect(existsSync(join(root, 'build', 'runtime-stream', 'index.js')), 'npm run build comes first').toBe(true)
  const folder = testFolder()
  const dist = join(folder, 'dist')
  const compiled = await compileJob(join(import.meta.dirname, 'support', 'kill-job.ts'), { outDir: dist })
  expect(compiled.diagnostics).toEqual([])
  const startStream = (log: string, state: string, ...more: string[]) =>
    start(join(dist, 'stream.mjs'), ['--log', log, '--state', state, '--commit-interval', '10ms', ...more])
  const { log, state, afterCommit, appenderKills } = await campaign({
    folder,
    seed,
    kills,
    topic: 'a',
    partitions: 2,
    lifeMs: 1000,
    startStream,
    onKill: kill => {
      if (kill % 10 === 0) console.log(`${kill} kills`)
    },
  })
  expect(afterCommit).toBeGreaterThanOrEqual(kills / 4)
  expect(await startStream(log, state, '--until', 'end').ended).toMatchObject({ code: 0 })
  const functions = await loadFunctions(dist)
  const verdict = await verifyJob({ functions, log, state, interleavings: 1, seed })
  console.log(`${kills} kills, ${afterCommit} after a commit; ${appenderKills} of the appender`)
  console.log(verdictLines(verdict).join('\n'))
  expect(verdict.difference).toBeNull()
  expect(verdict.sides.map(s => s.name)).toEqual([
    'reference',
    'state',
    'batch, 1 worker',
    'batch, 2 workers',
    'stream',
  ])
})
