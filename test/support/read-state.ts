// A whole committed state as a result, except for the records of its outputs, which are in a log.
//
// Promises: equal to what the reference gives at the state's cut, digests and watermarks included.

import { PROGRESS, Progress } from '../../core/executor/progress.ts'
import type { Plan, SourceNode } from '../../core/plan/plan.ts'
import { EMITTING_KINDS } from '../../core/plan/words.ts'
import { type JobResult, sortedResult } from '../../core/result/result.ts'
import { DIGEST } from '../../core/state/digests.ts'
import type { StateAccess } from '../../core/state/environment.ts'
import type { DigestSummary } from '../../core/values/multiset-digest.ts'
import { deadLetters, lateRows, viewRows } from '../../run/state/read-state.ts'

/** The result of a state; `outputs` is empty. A state without any commit gives the result of an empty log. */
export function readResult(state: StateAccess, plan: Plan): JobResult {
  const saved = state.document(PROGRESS)
  const progress = saved === undefined ? new Progress() : Progress.decode(saved)
  const views = plan.results
    .filter(r => r.kind === 'view')
    .map(({ name }) => [name, [...viewRows(state, plan, name)]] as const)
  const sources = plan.nodes.filter((n): n is SourceNode => n.kind === 'source')
  const watermark = (source: SourceNode): number =>
    progress.sealed ? Number.POSITIVE_INFINITY : progress.sourceWatermark(source).watermark
  return sortedResult({
    views: new Map(views),
    outputs: new Map(),
    late: [...lateRows(state)],
    dead: [...deadLetters(state)],
    emitted: readEmitted(plan, progress),
    watermarks: new Map(sources.map(s => [s.id, watermark(s)])),
  })
}

function readEmitted(plan: Plan, progress: Progress): Map<string, DigestSummary> {
  const emitted = new Map<string, DigestSummary>([
    ['late', progress.digest(DIGEST.late).summary],
    ['dead', progress.digest(DIGEST.dead).summary],
  ])
  for (const { id, kind } of plan.nodes) {
    if (EMITTING_KINDS.has(kind) || kind === 'output') emitted.set(id, progress.digest(DIGEST.emitted(id)).summary)
  }
  return emitted
}
