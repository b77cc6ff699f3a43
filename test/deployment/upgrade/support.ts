// Versions of random jobs, and comparing an upgraded state with a fresh batch.

import { join } from 'node:path'
import type { FunctionsModule } from '../../../core/emitted/emitted-module.ts'
import { isLyrebirdError } from '../../../core/errors.ts'
import { type ReferenceInput, reference } from '../../../core/reference/reference.ts'
import { compareResults } from '../../../core/result/compare-results.ts'
import type { JobResult } from '../../../core/result/result.ts'
import { type UpgradeOptions, upgradeState } from '../../../deployment/upgrade/upgrade-state.ts'
import { defaultOut } from '../../../run/state/folders.ts'
import { readProgress } from '../../../run/state/read-state.ts'
import { openStateReader } from '../../../store/index.ts'
import { readWholeResult } from '../../../testing/equivalence/index.ts'
import { emittedModule } from '../../compiler/7-emit/recording-target.ts'
import { Draw } from '../../random/draw.ts'
import type { JobSpec } from '../../random/job-spec.ts'
import { programOfSpec } from '../../random/job-text.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'

/** The job with some of its results. */
function withSome(spec: JobSpec, draw: Draw): JobSpec {
  const some = spec.results.filter(() => draw.below(4) > 0)
  const results = some.length === 0 ? spec.results.slice(0, 1) : some
  return { ...spec, results }
}

/** The job with one of its steps edited, or of its sources, or with results under other names. */
function edited(spec: JobSpec, draw: Draw): JobSpec {
  const kind = draw.below(4)
  if (kind === 0 || spec.steps.length === 0) return spec
  if (kind === 1) {
    const at = draw.below(spec.sources.length)
    return { ...spec, sources: spec.sources.map((s, i) => (i === at ? { ...s, disorder: '21s' } : s)) }
  }
  if (kind === 2 && spec.results.length > 0) {
    const at = draw.below(spec.results.length)
    return { ...spec, results: spec.results.map((r, i) => (i === at ? { ...r, name: `${r.name}renamed` } : r)) }
  }
  const at = draw.below(spec.steps.length)
  const steps = spec.steps.map((s, i) => (i === at ? { ...s, call: `${s.call}.filter(() => 2 > 1)` } : s))
  return { ...spec, steps }
}

/** Two versions of a job that share some of their results. */
export function versions(spec: JobSpec, seed: number): readonly [JobSpec, JobSpec] {
  const draw = new Draw(seed)
  return [withSome(spec, draw), edited(withSome(spec, draw), draw)]
}

/** The same job with another topic for one output. */
function elsewhere(spec: JobSpec, topic: string): JobSpec {
  const results = spec.results.map(r => ({ ...r, call: r.call.replace(`to('${topic}'`, `to('${topic}-2'`) }))
  return { ...spec, results }
}

export const moduleOf = (spec: JobSpec, emitted: boolean): FunctionsModule =>
  emitted ? emittedModule(programOfSpec(spec)) : interpretedModule(programOfSpec(spec))

/** Upgrades; an edited output gets a topic of another name. Returns the version that the state has. */
export async function upgraded(
  spec: JobSpec,
  emitted: boolean,
  options: Omit<UpgradeOptions, 'functions'>,
): Promise<FunctionsModule> {
  for (let now = spec; ; ) {
    const functions = moduleOf(now, emitted)
    try {
      await upgradeState({ ...options, functions })
      return functions
    } catch (error) {
      if (!isLyrebirdError(error) || error.code !== 'output-changed') throw error
      now = elsewhere(now, String(error.where.topic))
    }
  }
}

/** The first difference between a state and the reference over the log up to its cut; null where there is none. */
export async function differenceOf(
  state: string,
  functions: FunctionsModule,
  log: ReferenceInput,
): Promise<string | null> {
  const kept = await readWholeResult(state, defaultOut(state), functions.plan)
  const reader = openStateReader(state)
  const { cut } = readProgress(reader, state)
  await reader.close()
  const read = log.map(p => {
    const end = cut.get(`${p.topic}/${p.partition}`) ?? 0n
    return { ...p, records: p.records.filter(({ offset }) => offset < end) }
  })
  const expected: JobResult = reference(functions, read)
  const difference = compareResults(expected, kept)
  return difference === null ? null : JSON.stringify(difference)
}

export const outOf = (state: string): string => join(state, 'out')
