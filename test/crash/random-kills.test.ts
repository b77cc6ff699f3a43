// At least 20 SIGKILLs at random times while another process appends to the log: the same digests as batch, outputs
// exactly once; and a loop of kills at any time of a life, restarted at once.
//
// The killed process is `node stream.mjs` of a compiled job, as a user runs it. `node scripts/kill-campaign.mjs --kills
// 100 --seed N` runs a longer campaign, with `--keys N` over a state of many keys. Needs the built package (`npm run
// build`), which `npm test` makes first.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { compileJob, loadFunctions } from '../../compiler/index.ts'
import { runBatch } from '../../runtime-batch/index.ts'
import { verdictLines, verifyJob } from '../../testing/equivalence/index.ts'
import { testFolder } from '../run/support/folder.ts'
import { start } from '../support/child.ts'
import { type Campaign, campaign } from './support/campaign.ts'

const kills = Number(process.env.LYREBIRD_KILLS ?? 20)
const seed = Number(process.env.LYREBIRD_SEED ?? 1)
const keys = Number(process.env.LYREBIRD_KEYS ?? 0)
const loops = process.env.LYREBIRD_LOOP === undefined ? [false, true] : [process.env.LYREBIRD_LOOP === '1']
const root = join(import.meta.dirname, '..', '..')

async function compiled(folder: string): Promise<string> {
  expect(existsSync(join(root, 'build', 'runtime-stream', 'index.js')), 'npm run build comes first').toBe(true)
  const dist = join(folder, 'dist')
  const { diagnostics } = await compileJob(join(import.meta.dirname, 'support', 'kill-job.ts'), { outDir: dist })
  expect(diagnostics).toEqual([])
  return dist
}

/** Reads to the end of the log and compares: whole results, or digests where there are many keys. */
async function compare(dist: string, folder: string, { log, state }: Campaign): Promise<void> {
  expect(await start(join(dist, 'stream.mjs'), ['--log', log, '--state', state, '--until', 'end']).ended).toMatchObject(
    {
      code: 0,
    },
  )
  const functions = await loadFunctions(dist)
  if (keys > 0) {
    const { views, outputs, late, dead, cut } = await runBatch({ functions, log, state })
    const whole = await runBatch({ functions, log, state: join(folder, 'whole'), workers: 1 })
    console.log(JSON.stringify(whole.views))
    expect({ views, outputs, late, dead, cut }).toEqual({
      views: whole.views,
      outputs: whole.outputs,
      late: whole.late,
      dead: whole.dead,
      cut: whole.cut,
    })
    return
  }
  const verdict = await verifyJob({ functions, log, state, interleavings: 1, seed })
  console.log(verdictLines(verdict).join('\n'))
  expect(verdict.difference).toBeNull()
  const sides = ['reference', 'state', 'batch, 1 worker', 'batch, 2 workers', 'stream']
  expect(verdict.sides.map(s => s.name)).toEqual(sides)
}

it.each(loops)(`survives ${kills} kills, seed ${seed}, loop %s`, { timeout: 600_000 + kills * 20_000 }, async loop => {
  const folder = testFolder()
  const dist = await compiled(folder)
  const survived = await campaign({
    folder,
    seed,
    kills,
    topic: 'a',
    partitions: 2,
    lifeMs: loop ? 2500 : 1000,
    loop,
    keys,
    startStream: (log, state) =>
      start(join(dist, 'stream.mjs'), ['--log', log, '--state', state, '--commit-interval', '10ms']),
    onKill: kill => {
      if (kill % 10 === 0) console.log(`${kill} kills`)
    },
  })
  const { afterCommit, appenderKills } = survived
  expect(afterCommit).toBeGreaterThanOrEqual(loop ? 1 : kills / 4)
  await compare(dist, folder, survived)
  console.log(
    `${kills} kills, ${afterCommit} after a commit; ${appenderKills} of the appender; seed ${seed}, ${keys} keys`,
  )
})
