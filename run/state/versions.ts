// Versions of the engine beneath the lambdas, and how they differ from those that a state was computed under.
//
// Promises: a difference is a warning; where the plan has calendar windows, other time zone data stop the run, since
// the windows of the state could lie elsewhere now (semantics.md 7.3).

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

/** Why this engine cannot continue a state, in words; null where it can. */
export function zoneDataFault(plan: Plan, stored: Versions, now: Versions = runtimeVersions()): string | null {
  const zones = plan.nodes.flatMap(n =>
    n.kind === 'aggregate' && n.params.window.kind === 'calendar' ? [n.params.window.tz] : [],
  )
  if (zones.length === 0 || stored.tz === now.tz) return null
  return `its windows of ${[...new Set(zones)].sort().join(', ')} were made with time zone data ${stored.tz}, this Node has ${now.tz}`
}
