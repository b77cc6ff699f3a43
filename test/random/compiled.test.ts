// Random jobs as source text through the whole compiler: the same result as the job that the language built; some also
// run through the real executors and the disk.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { compileJob, loadFunctions, renderDiagnostics } from '../../compiler/index.ts'
import type { FunctionsModule } from '../../core/emitted/emitted-module.ts'
import { reference } from '../../core/reference/reference.ts'
import { compareResults } from '../../core/result/compare-results.ts'
import type { JobResult } from '../../core/result/result.ts'
import { verdictLines, verifyJob } from '../../testing/equivalence/index.ts'
import { memoryLog } from '../run/support/logs.ts'
import { choices } from '../support/feeding.ts'
import { agreed } from './check/check-job.ts'
import { writeFailure } from './check/failure.ts'
import { PairCounts } from './coverage.ts'
import { jobFile, programOfSpec } from './job-text.ts'
import { type RandomTrial, trials } from './trial.ts'

/** `scripts/campaigns/random-jobs.mjs` sets both. */
const jobs = Number(process.env.LYREBIRD_RANDOM_TEXTS ?? 200)
const seed = Number(process.env.LYREBIRD_RANDOM_SEED ?? 20260101)
/** One job in this many goes through the executors and the disk. */
const DISK = 20

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lyrebird-texts-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it(`agrees on ${jobs} jobs compiled from source text`, { timeout: 2000 * jobs + 60_000 }, async () => {
  const met = new PairCounts()
  let compiled = 0
  for (let i = 0; i < jobs; i++) {
    const property = fc.asyncProperty(trials(met), async trial => {
      const module = await compiledModule(trial, `${compiled++}`)
      const problem = await problemOf(module, trial, i % DISK === 0)
      if (problem !== null) throw new Error(problem)
    })
    const outcome = await fc.check(property, { numRuns: 1, seed: seed - 1 - i, interruptAfterTimeLimit: 30_000 })
    if (outcome.failed) {
      const reason = String((outcome.errorInstance as Error | null)?.message)
      const [trial] = outcome.counterexample ?? []
      expect.fail(`job ${i}: ${trial === undefined ? reason : (await writeFailure(trial, reason)).text}`)
    }
  }
})

async function compiledModule({ spec }: RandomTrial, name: string): Promise<FunctionsModule> {
  const path = join(folder, `job${name}.ts`)
  writeFileSync(path, jobFile(spec))
  const { diagnostics, outDir, texts } = await compileJob(path, { outDir: join(folder, `out${name}`) })
  if (outDir === null)
    throw new Error(`the compiler refuses it: ${renderDiagnostics(diagnostics, { textOf: file => texts.get(file) })}`)
  return loadFunctions(outDir)
}

async function problemOf(module: FunctionsModule, trial: RandomTrial, disk: boolean): Promise<string | null> {
  const { spec, log, final, numbers } = trial
  const result = agreed({ ...trial, module, pick: choices(numbers) })
  if (typeof result === 'string') return result
  // Without static analysis every lambda uses everything, so `validate: 'used'` means another thing.
  if (spec.sources.every(s => s.validate === 'full')) {
    const built = reference(programOfSpec(spec), log, { final })
    const difference = compareResults(named(result), named(built))
    if (difference !== null) return `compiled and built differ: ${JSON.stringify(difference)}`
  }
  if (!disk) return null
  const verdict = await verifyJob({ functions: module, log: memoryLog(log), final, interleavings: 2, seed: 1 })
  return verdict.difference === null ? null : verdictLines(verdict).join('\n')
}

/** Views and outputs, by the author's names: ids of nodes are hashes that depend on static analysis. */
const named = ({ views, outputs }: JobResult): JobResult => ({
  views: new Map([...views].map(([name, rows]) => [name, rows.map(r => ({ ...r, error: null }))])),
  outputs,
  late: [],
  dead: [],
  emitted: new Map(),
  watermarks: new Map(),
})
