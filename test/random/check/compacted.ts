// Compaction of the topics that a random job reads as tables: what semantics.md 3.8 says is left is the same.
//
// Promises: the reference over the compacted log, and a stream that goes on in it from an earlier cut of the whole one,
// give what compaction cannot change of the reference's result over the whole log.

import type { FunctionsModule } from '../../../core/emitted/emitted-module.ts'
import { reference } from '../../../core/reference/reference.ts'
import { compareResults } from '../../../core/result/compare-results.ts'
import type { JobResult } from '../../../core/result/result.ts'
import { sourceNodes } from '../../../run/reading/bind-log.ts'
import { changeableParts, unchangeable } from '../../../testing/equivalence/compacted-state.ts'
import { compactedLog } from '../../support/compaction.ts'
import { choices, resultOf, stream } from '../../support/feeding.ts'
import { MemoryState } from '../../support/memory-state.ts'
import { prefixOf } from '../../support/random-log.ts'
import type { JobSpec } from '../job-spec.ts'
import { isOwnKey } from '../random-job.ts'
import type { RandomTrial } from '../trial.ts'

/** The first difference as text; null where there is none, or the job reads no topic only as such tables. */
export function changedByCompaction(module: FunctionsModule, { spec, ...trial }: RandomTrial): string | null {
  const { log, final, shares, numbers } = trial
  const topics = compactable(spec)
  if (topics.size === 0) return null
  const { plan } = module
  const pick = choices([...numbers].reverse())
  const compacted = compactedLog(log, topics, pick)
  const parts = changeableParts(
    plan,
    sourceNodes(plan).filter(source => topics.has(source.params.topic)),
  )
  const rest = (result: JobResult): JobResult => unchangeable(result, plan, parts)
  const whole = rest(reference(module, log, { final }))
  const after = compareResults(whole, rest(reference(module, compacted, { final })))
  if (after !== null) return `compaction changed the reference: ${JSON.stringify(after)}`
  const read = log.map((p, i) => Math.floor((shares[i % shares.length] as number) * (p.records.length + 1)))
  const state = new MemoryState()
  stream(module, prefixOf(log, read), state, pick)
  stream(module, compacted, state, pick, final)
  const streamed = compareResults(whole, rest(resultOf(plan, state)))
  return streamed === null ? null : `compaction changed a stream that went on: ${JSON.stringify(streamed)}`
}

/** Topics that are read as tables alone, whose keys are functions of the records' own. */
function compactable({ topics, sources }: JobSpec): ReadonlySet<string> {
  const fits = (topic: string): boolean =>
    sources.every(source => source.topic !== topic || (source.table !== null && isOwnKey(source.table.options)))
  return new Set(Object.keys(topics).filter(fits))
}
