// What a state holds, for queries: whose it is, its plan and its progress.

import { LyrebirdError } from '../../core/errors.ts'
import type { Progress } from '../../core/executor/progress.ts'
import { type Plan, sourcesOf } from '../../core/plan/plan.ts'
import { DOCUMENT, decodeJson, decodePositions, type OutputPositions } from '../../run/state/documents.ts'
import { checkZones, readJobDocument } from '../../run/state/open-state.ts'
import type { StateReader } from '../../store/index.ts'
import { readProgress } from '../../testing/equivalence/read-result.ts'

export interface StoredResult {
  readonly directory: string
  readonly job: string
  readonly plan: Plan
  readonly progress: Progress
  readonly views: readonly string[]
  readonly outputs: readonly string[]
  readonly positions: OutputPositions
}

/** Throws `state-missing` where nothing was committed, `state-too-new`, `state-corrupt`, `state-incompatible`. */
export function openResult(state: StateReader, directory: string): StoredResult {
  const progress = readProgress(state, directory)
  const stored = readJobDocument(state)
  const bytes = state.document(DOCUMENT.plan)
  if (bytes === undefined) {
    throw new LyrebirdError('state-corrupt', `the state in ${directory} holds no plan`, { where: { state: directory } })
  }
  const plan = decodeJson<Plan>(DOCUMENT.plan, bytes)
  // The ends of calendar windows are worked out when rows are read.
  if (stored !== null) checkZones(stored, plan, `lyrebird batch JOB --log LOG --state ${directory}-new`)
  const names = (kind: string): readonly string[] => plan.results.filter(r => r.kind === kind).map(r => r.name)
  const positions = decodePositions(state.document(DOCUMENT.outputs))
  return { directory, job: plan.job, plan, progress, views: names('view'), outputs: names('output'), positions }
}

/** The watermark of a node: plus infinity once the history is complete. */
export function watermarkAt({ plan, progress }: StoredResult, node: string): number {
  if (progress.sealed) return Number.POSITIVE_INFINITY
  return Math.min(...sourcesOf(plan, node).map(source => progress.sourceWatermark(source).watermark))
}
