// `toAgree`: compares batch, stream and reference over the records of a test.
//
// Promises: a difference is thrown with the first differing row on both sides and the seed that shows it again.
// Not here: the proof itself (`equivalence/`).

import { LyrebirdError } from '../core/errors.ts'
import { verdictLines, verifyJob } from './equivalence/index.ts'
import type { CompiledTest } from './load-job.ts'
import type { TestLog } from './test-log.ts'

export interface AgreeOptions {
  /** The history is complete: every window is closed. */
  readonly final?: boolean
  /** Runs of the stream, each under another schedule of partitions, chunks, commits and restarts. Default 20. */
  readonly interleavings?: number
  /** Restarts that all runs together must have had; runs are repeated, up to ten times, until they have. Default 0. */
  readonly restarts?: number
  /** Seed of the first schedule; the others count on from it. Default: random, and shown with a difference. */
  readonly seed?: number
}

/** What was run for an agreement. */
export interface Agreement {
  readonly records: number
  readonly interleavings: number
  readonly commits: number
  readonly restarts: number
  readonly seed: number
}

/** Most repetitions of the runs to reach `restarts`: a log of few records gives few restarts. */
const ROUNDS_MAX = 10

export async function agree(compiled: CompiledTest, log: TestLog, options: AgreeOptions): Promise<Agreement> {
  const { final = false, interleavings = 20, restarts = 0 } = options
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 31)
  const sum = { records: 0, interleavings: 0, commits: 0, restarts: 0, seed }
  for (let round = 0; round < ROUNDS_MAX && (round === 0 || sum.restarts < restarts); round++) {
    const verdict = await verifyJob({
      functions: compiled.functions,
      functionsUrl: compiled.functionsUrl,
      log: log.memoryLog(),
      final,
      interleavings,
      seed: seed + round * interleavings,
    })
    if (verdict.difference !== null) {
      const { seed: shown } = verdict.difference
      throw new LyrebirdError('not-equivalent', `batch and stream do not agree\n${verdictLines(verdict).join('\n')}`, {
        where: { job: verdict.job, part: verdict.difference.part, key: verdict.difference.key },
        hint: shown === null ? 'run the test again' : `run the test with toAgree({ interleavings: 1, seed: ${shown} })`,
      })
    }
    sum.records = verdict.records
    sum.interleavings += verdict.interleavings
    sum.commits += verdict.commits
    sum.restarts += verdict.restarts
  }
  return sum
}
