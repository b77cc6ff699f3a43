// Versions of the engine beneath the lambdas, and how they differ from those that a state was computed under.
//
// Promises: a difference is a warning; where the plan has calendar windows, other time zone data stop the run, since
// the windows of the state could lie elsewhere now, and so does another ICU where lambdas have used `Intl`
// (semantics.md 7.3).

import type { Plan } from '../../core/plan/plan.ts'
import type { Versions } from './documents.ts'

export function runtimeVersions(): Versions {
  const { node, v8, icu = 'none', tz = 'none' } = process.versions
  return { node, v8, icu, tz }
}

/** One warning for all differences, or none. */
export function versionWarnings(stored: Versions, now: Versions = runtimeVersions()): readonly string[] {
  const names = ['node', 'v8', 'icu', 'tz'] as const
  const changed = names.filter(n => stored[n] !== now[n]).map(n => `${n} ${stored[n]} -> ${now[n]}`)
  return changed.length === 0 ? [] : [`the state was computed under other versions: ${changed.join(', ')}`]
}

/** Why this engine cannot continue a state. */
export interface EngineFault {
  readonly text: string
  /** The version that the state needs, and that of this process, in words. */
  readonly before: string
  readonly now: string
}

/** What is wrong where the plan has calendar windows; null where nothing is. */
export function zoneDataFault(plan: Plan, stored: Versions, now: Versions = runtimeVersions()): EngineFault | null {
  const zones = plan.nodes.flatMap(n =>
    n.kind === 'aggregate' && n.params.window.kind === 'calendar' ? [n.params.window.tz] : [],
  )
  if (zones.length === 0 || stored.tz === now.tz) return null
  const text = `its windows of ${[...new Set(zones)].sort().join(', ')} were made with time zone data ${stored.tz}, this Node has ${now.tz}`
  return { text, before: `time zone data ${stored.tz}`, now: `time zone data ${now.tz}` }
}

/** What is wrong where lambdas formatted something through `Intl`; null where nothing is. */
export function intlFault(stored: Versions, now: Versions = runtimeVersions()): EngineFault | null {
  if (stored.intl !== true || (stored.icu === now.icu && stored.tz === now.tz)) return null
  const [before, after] = [stored, now].map(({ icu, tz }) => `ICU ${icu} and time zone data ${tz}`) as [string, string]
  return { text: `its lambdas formatted texts with ${before}, this Node has ${after}`, before, now: after }
}
