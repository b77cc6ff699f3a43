// The views of a state as an answer: what there is, of which types, how far and how fresh.
//
// Promises: all of it is of one commit. Names are looked up in the plan of that commit and are no paths.

import { didYouMean } from '../../core/did-you-mean.ts'
import type { PlanResult } from '../../core/plan/plan.ts'
import { sourcesOf, tableRoot } from '../../core/plan/plan-index.ts'
import { ANY_JSON, type SchemaDocument } from '../../core/plan/schema.ts'
import { printedTime } from '../../core/result/result-json.ts'
import { DIGEST } from '../../core/state/digests.ts'
import { storedView, watermarkAt } from '../../run/state/read-state.ts'
import { quoted, Refused } from '../problem.ts'
import type { Snapshot } from '../snapshots.ts'

interface ViewPage {
  readonly name: string
  readonly rows: number
  readonly digest: string
  /** Kind of its windows. */
  readonly windows: 'none' | 'tumbling' | 'hopping' | 'calendar' | 'session'
  /** In which order rows come. */
  readonly order: 'key' | 'window'
  /** Event time up to which it is complete; null while there is none, or once the history has ended. */
  readonly watermark: string | null
  readonly topics: readonly string[]
  readonly types: { readonly key: SchemaDocument; readonly value: SchemaDocument }
}

export const viewPages = (snapshot: Snapshot): readonly ViewPage[] =>
  viewsOf(snapshot).map(({ name }) => viewPage(snapshot, name))

export function viewPage(snapshot: Snapshot, name: string): ViewPage {
  const { plan, progress, reader } = snapshot
  const { node, row } = viewNamed(snapshot, name)
  const { count, digest } = progress.digest(DIGEST.view(name)).summary
  const { kind } = tableRoot(plan, node).params.window
  const isByKey = kind === 'global' || storedView(reader, plan, name).moved > 0
  const watermark = watermarkAt(progress, plan, node)
  const { key = ANY_JSON, value = ANY_JSON } = row ?? {}
  return {
    name,
    rows: count,
    digest,
    windows: kind === 'global' ? 'none' : kind,
    order: isByKey ? 'key' : 'window',
    watermark: Number.isFinite(watermark) ? printedTime(watermark) : null,
    topics: sourcesOf(plan, node).map(({ params }) => params.topic),
    types: { key, value },
  }
}

/** Throws `Refused` with the nearest name. */
export function viewNamed(snapshot: Snapshot, name: string): PlanResult {
  const views = viewsOf(snapshot)
  const found = views.find(view => view.name === name)
  if (found !== undefined) return found
  const names = views.map(view => view.name)
  const near = didYouMean(name, names)
  throw new Refused({
    status: 404,
    code: 'unknown-view',
    detail: `job ${snapshot.plan.job} has no view ${quoted(name)}`,
    hint: `${near === null ? '' : `did you mean ${near}? `}there are: ${names.join(' ')}`,
  })
}

const viewsOf = ({ plan }: Snapshot): readonly PlanResult[] => plan.results.filter(({ kind }) => kind === 'view')
