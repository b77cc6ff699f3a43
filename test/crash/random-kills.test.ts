// At least 20 SIGKILLs at random times while another process appends to the log: the same digests as batch, outputs
// exactly once; and a loop of kills at any time of a life, restarted at once.
//
// The killed process is `node stream.mjs` of a compiled job, as a user runs it. `npm run kills -- --kills 100 --seed
// N` runs longer, with `--keys N` over a state of many keys, which is compared every 50 kills with one that
// was never killed. Needs the built package (`npm run build`), which `npm test` makes first.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { compileJob, loadFunctions } from '../../compiler/index.ts'
import { runBatch } from '../../runtime-batch/index.ts'
import { verdictLines, verifyJob } from '../../testing/equivalence/index.ts'
import { testFolder } from '../run/support/folder.ts'
import { start } from '../support/child.ts'
import { type Campaign, campaign } from './support/campaign.ts'
import { fingerprintOf } from './support/fingerprint.ts'

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

async function readToEnd(dist: string, log: string, state: string): Promise<void> {
  const args = ['--log', log, '--state', state, '--until', 'end']
  expect(await start(join(dist, 'stream.mjs'), args).ended).toMatchObject({ code: 0 })
}

/** Compares with the reference and all executors. */
async function compare(dist: string, { log, state }: Campaign): Promise<void> {
  await readToEnd(dist, log, state)
  const functions = await loadFunctions(dist)
  const verdict = await verifyJob({ functions, log, state, interleavings: 1, seed })
  console.log(verdictLines(verdict).join('\n'))
  expect(verdict.difference).toBeNull()
  const sides = ['reference', 'state', 'batch, 1 worker', 'batch, 2 workers', 'stream']
  expect(verdict.sides.map(s => s.name)).toEqual(sides)
}

/** Compares with a state that batch makes, or goes on with. */
async function compareWithBatch(dist: string, log: string, state: string, witness: string): Promise<void> {
  const began = performance.now()
  await readToEnd(dist, log, state)
  const read = performance.now()
  const functions = await loadFunctions(dist)
  await runBatch({ functions, log, state: witness, workers: 1 })
  const expected = await fingerprintOf(witness, functions.plan)
  expect(await fingerprintOf(state, functions.plan)).toEqual(expected)
  const seconds = [read - began, performance.now() - read].map(ms => (ms / 1000).toFixed(1))
  const shown = ['cut', 'views/total', 'views/traffic', 'dead'].map(part => `${part} ${expected[part]}`)
  console.log(`equal, after ${seconds.join(' and ')} s: ${shown.join(', ')}`)
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
    rest:
      keys === 0
        ? undefined
        : { every: 50, compare: (...at) => compareWithBatch(dist, ...at, join(folder, 'witness')) },
    onKill: kill => {
      if (kill % 10 === 0) console.log(`${kill} kills, ${Math.round(performance.now() / 1000)} s`)
    },
  })
  const { afterCommit, appenderKills } = survived
  expect(afterCommit).toBeGreaterThanOrEqual(loop ? 1 : kills / 4)
  if (keys === 0) await compare(dist, survived)
  else await compareWithBatch(dist, survived.log, survived.state, join(folder, 'whole'))
  console.log(
    `${kills} kills, ${afterCommit} after a commit; ${appenderKills} of the appender; seed ${seed}, ${keys} keys`,
  )
})
