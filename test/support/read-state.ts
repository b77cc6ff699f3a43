// A whole committed state as a result, but for the records of its outputs, which lie in a log.
//
// Promises: equal to what the reference gives at the state's cut, digests and watermarks included.

import { PROGRESS, Progress } from '../../core/executor/progress.ts'
import { EMITTING_KINDS, type Plan, type SourceNode } from '../../core/plan/plan.ts'
import type { DeadLetter } from '../../core/result/dead-letter.ts'
import { type Handed, type JobResult, type LateRow, sortedResult, type ViewRow } from '../../core/result/result.ts'
import type { StateAccess } from '../../core/state/environment.ts'
import { decodeDead, decodeLate, decodeViewValue, TABLE } from '../../core/state/row-codec.ts'
import { TALLY } from '../../core/state/tally.ts'

/** The result of a state; `outputs` is empty. A state without any commit gives the result of an empty log. */
export function readResult(state: StateAccess, plan: Plan): JobResult {
  const saved = state.document(PROGRESS)
  const progress = saved === undefined ? new Progress() : Progress.decode(saved)
  const late: LateRow[] = []
  for (const [key, value] of state.range(TABLE.late)) late.push(decodeLate(key, value))
  const dead: DeadLetter[] = []
  for (const [key, value] of state.range(TABLE.dead)) dead.push(decodeDead(key, value))
  const views = plan.results.filter(r => r.kind === 'view').map(({ name }) => [name, readView(state, name)] as const)
  const sources = plan.nodes.filter((n): n is SourceNode => n.kind === 'source')
  const watermark = (source: SourceNode): number =>
    progress.sealed ? Number.POSITIVE_INFINITY : progress.sourceWatermark(source).watermark
  return sortedResult({
    views: new Map(views),
    outputs: new Map(),
    late,
    dead,
    handed: readHanded(plan, progress),
    watermarks: new Map(sources.map(s => [s.id, watermark(s)])),
  })
}

/** Rows of one view, sorted by key. */
function readView(state: StateAccess, name: string): ViewRow[] {
  const rows: ViewRow[] = []
  for (const [key, stored] of state.range(TABLE.view(name))) {
    const decoded = decodeViewValue(stored)
    rows.push(
      'error' in decoded ? { key, value: null, error: decoded.error } : { key, value: stored.subarray(1), error: null },
    )
  }
  return rows
}

function readHanded(plan: Plan, progress: Progress): Map<string, Handed> {
  const handed = new Map<string, Handed>([
    ['late', progress.tally(TALLY.late).data],
    ['dead', progress.tally(TALLY.dead).data],
  ])
  for (const { id, kind } of plan.nodes) {
    if (EMITTING_KINDS.has(kind) || kind === 'output') handed.set(id, progress.tally(TALLY.handed(id)).data)
  }
  return handed
}
