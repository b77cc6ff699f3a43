// Many random jobs in turn, each run in every way; counts the pairs that were met, shrinks the first failure and writes
// it down (failure.ts).
//
// Promises: a campaign is a function of its seed and its number of jobs; it stops at the first failure.

import fc from 'fast-check'
import type { FunctionsModule } from '../../../core/emitted/emitted-module.ts'
import type { Plan } from '../../../core/plan/plan.ts'
import { EMITTING_KINDS } from '../../../core/plan/words.ts'
import type { Program } from '../../../core/reference/reference.ts'
import type { JobResult } from '../../../core/result/result.ts'
import { emittedModule } from '../../compiler/7-emit/recording-target.ts'
import { choices } from '../../support/feeding.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import { PairCounts } from '../coverage.ts'
import { programOfSpec } from '../job-text.ts'
import { type RandomTrial, type TrialOptions, trials } from '../trial.ts'
import { agreed } from './check-job.ts'
import { changedByCompaction } from './compacted.ts'
import { writeFailure } from './failure.ts'

export interface CampaignOptions {
  readonly jobs: number
  readonly seed: number
  /** Counts to continue from. Default: none. */
  readonly met?: PairCounts
  readonly trials?: TrialOptions
  /** The module that runs a program. Default: the emitted one, now and then the interpreted one. */
  readonly moduleOf?: (program: Program, trial: RandomTrial) => FunctionsModule
  /** Longest time in ms for one job, the shrinking of a failure included. Default 60,000. */
  readonly jobMs?: number
  /** Called after each job. */
  readonly onJob?: (count: number) => void
}

export interface Campaign {
  readonly jobs: number
  readonly seed: number
  readonly met: PairCounts
  /** Sums over all jobs. */
  readonly totals: Totals
  /** Null where everything agreed. */
  readonly failure: { readonly text: string; readonly folder: string | null } | null
}

export interface Totals {
  nodes: number
  edges: number
  depth: number
  records: number
  rows: number
  written: number
  emitted: number
  late: number
  dead: number
}

export async function runCampaign(options: CampaignOptions): Promise<Campaign> {
  const { jobs, seed, met = new PairCounts(), jobMs = 60_000, onJob, moduleOf = eitherModule } = options
  const totals: Totals = { nodes: 0, edges: 0, depth: 0, records: 0, rows: 0, written: 0, emitted: 0, late: 0, dead: 0 }
  for (let i = 0; i < jobs; i++) {
    let ran: Ran | null = null
    const property = fc.property(trials(met, options.trials), trial => {
      const module = moduleOf(programOfSpec(trial.spec), trial)
      const result = agreed({ ...trial, module, pick: choices(trial.numbers) })
      if (typeof result === 'string') throw new Error(result)
      const changed = changedByCompaction(module, trial)
      if (changed !== null) throw new Error(changed)
      ran = { trial, module, result }
    })
    const outcome = fc.check(property, { numRuns: 1, seed: seed + i, interruptAfterTimeLimit: jobMs })
    if (outcome.failed) {
      const [trial] = outcome.counterexample ?? []
      const reason = outcome.errorInstance instanceof Error ? outcome.errorInstance.message : 'it took too long'
      const written = trial === undefined ? { folder: null, text: reason } : await writeFailure(trial, reason)
      const failure = { ...written, text: `job ${i} of seed ${seed}: ${written.text}` }
      return { jobs: i, seed, met, totals, failure }
    }
    if (ran !== null) count(ran, met, totals)
    onJob?.(i + 1)
  }
  return { jobs, seed, met, totals, failure: null }
}

/** One job in eight runs on the interpreted module, so that errors of emitter and executor cannot hide each other. */
function eitherModule(program: Program, { numbers }: RandomTrial): FunctionsModule {
  return (numbers[0] as number) % 8 === 0 ? interpretedModule(program) : emittedModule(program)
}

interface Ran {
  readonly trial: RandomTrial
  readonly module: FunctionsModule
  readonly result: JobResult
}

function count({ trial, module: { plan }, result }: Ran, met: PairCounts, totals: Totals): void {
  met.add(plan)
  totals.nodes += plan.nodes.length
  totals.edges += plan.nodes.reduce((sum, { inputs }) => sum + inputs.length, 0)
  totals.depth += depthOf(plan)
  totals.records += trial.log.reduce((sum, { records }) => sum + records.length, 0)
  for (const rows of result.views.values()) totals.rows += rows.length
  for (const partitions of result.outputs.values()) totals.written += partitions.flat().length
  for (const { id, kind } of plan.nodes)
    if (EMITTING_KINDS.has(kind)) totals.emitted += result.emitted.get(id)?.count ?? 0
  totals.late += result.late.length
  totals.dead += result.dead.length
}

/** The number of edges on the longest path of a plan. */
function depthOf({ nodes }: Plan): number {
  const depths = new Map<string, number>()
  for (const { id, inputs } of nodes) depths.set(id, Math.max(-1, ...inputs.map(i => depths.get(i) as number)) + 1)
  return Math.max(...depths.values())
}

/** A campaign as lines of text: what ran, and the pairs that were met least. */
export function summaryLines({ jobs, seed, met, totals, failure }: Campaign, least = 10): string[] {
  const pairs = met.sorted()
  const few = pairs.filter(([, times]) => times < 20).length
  const numbers = Object.entries(totals).map(([name, sum]) => `${sum} ${name}`)
  return [
    `${jobs} jobs from seed ${seed}: ${numbers.join(', ')}`,
    `${pairs.length} pairs of operators, each met ${pairs[0]?.[1]} times or more; ${few} of them fewer than 20 times`,
    ...pairs.slice(0, least).map(([pair, times]) => `  ${times} x ${pair}`),
    failure === null ? 'all agree' : failure.text,
  ]
}
