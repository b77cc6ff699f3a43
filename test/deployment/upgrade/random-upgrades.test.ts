// Upgrades of random jobs: after each the state is that of a fresh computation of the new job, and goes on as one.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { MemoryLog } from '../../../logs/memory.ts'
import { nextOf } from '../../../run/state/folders.ts'
import { runBatch } from '../../../runtime-batch/index.ts'
import { PairCounts } from '../../random/coverage.ts'
import { type RandomTrial, trials } from '../../random/trial.ts'
import { testFolder } from '../../run/support/folder.ts'
import { append, memoryLog } from '../../run/support/logs.ts'
import { differenceOf, moduleOf, upgraded, versions } from './support.ts'

const upgrades = Number(process.env.LYREBIRD_UPGRADES ?? 80)
const seed = Number(process.env.LYREBIRD_RANDOM_SEED ?? 20261130)

type Part = (share: number) => RandomTrial['log']

/** The first records of each partition. */
const partsOf =
  ({ log }: RandomTrial): Part =>
  share =>
    log.map(p => ({ ...p, records: p.records.slice(0, Math.floor(p.records.length * share)) }))

function appendUpTo(memory: MemoryLog, parts: Part, from: number, to: number): void {
  for (const [i, partition] of parts(to).entries()) append(memory, partition, parts(from)[i]?.records.length ?? 0)
}

async function problemOf(trial: RandomTrial, own: number, counts: Counts): Promise<string | null> {
  const [old, spec] = versions(trial.spec, own)
  const emitted = own % 4 !== 0
  const state = join(testFolder(), 'state')
  const parts = partsOf(trial)
  const log = memoryLog(parts(0.5))
  const before = moduleOf(old, emitted)
  await runBatch({ functions: before, log, state, durable: false })
  // The log goes on before the upgrade: the state stays at its cut.
  appendUpTo(log, parts, 0.5, 0.75)
  const lines: string[] = []
  const options = { log, state, durable: false, workers: 1 + (own % 3), onNotice: (line: string) => lines.push(line) }
  const functions = await upgraded(spec, emitted, options)
  counts.add(lines)
  if (existsSync(nextOf(state))) return 'the version beside is still there'
  const first = await differenceOf(state, functions, trial.log)
  if (first !== null) return `after the upgrade: ${first}`
  appendUpTo(log, parts, 0.75, 1)
  await runBatch({ functions, log, state, durable: false })
  const second = await differenceOf(state, functions, trial.log)
  return second === null ? null : `at the end: ${second}`
}

class Counts {
  kept = 0
  computed = 0
  add(lines: readonly string[]): void {
    const names = (of: string): number =>
      lines.flatMap(line => (line.startsWith(`upgrade: ${of}: `) ? line.slice(11 + of.length).split(', ') : [])).length
    this.kept += names('taken over as it is')
    this.computed += names('computed beside')
  }
}

it(`${upgrades} random upgrades from seed ${seed}`, { timeout: 1000 * upgrades + 60_000 }, async () => {
  const met = new PairCounts()
  const counts = new Counts()
  for (let i = 0; i < upgrades; i++) {
    const property = fc.asyncProperty(trials(met, { maxRecords: 16 }), fc.nat(2 ** 31 - 1), async (trial, own) => {
      const problem = await problemOf(trial, own, counts)
      if (problem !== null) throw new Error(problem)
    })
    const outcome = await fc.check(property, { numRuns: 1, seed: seed + i, interruptAfterTimeLimit: 30_000 })
    if (!outcome.failed) continue
    const [trial, own] = outcome.counterexample ?? []
    const specs = trial === undefined ? [] : versions(trial.spec, own as number)
    expect.fail(`upgrade ${i}, seed ${seed + i}: ${outcome.errorInstance}\n${JSON.stringify(specs, null, 1)}`)
  }
  console.log(`${upgrades} upgrades: ${counts.kept} results taken over, ${counts.computed} computed beside`)
  expect(counts.kept).toBeGreaterThan(upgrades / 4)
  expect(counts.computed).toBeGreaterThan(upgrades / 4)
})
