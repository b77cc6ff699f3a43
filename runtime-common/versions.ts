// Versions of the engine beneath the lambdas, and how they differ from those that a state was computed by.
//
// Promises: a difference is told and never refused here: no word of the language reads ICU or time zones yet (decision 15).

import type { Versions } from './documents.ts'

export function runtimeVersions(): Versions {
  const { node, v8, icu = 'none', tz = 'none' } = process.versions
  return { node, v8, icu, tz }
}

/** One warning for all that differs, or none. */
export function versionWarnings(stored: Versions, now: Versions = runtimeVersions()): readonly string[] {
  const names = ['node', 'v8', 'icu', 'tz'] as const
  const changed = names.filter(n => stored[n] !== now[n]).map(n => `${n} ${stored[n]} -> ${now[n]}`)
  return changed.length === 0 ? [] : [`the state was computed under other versions: ${changed.join(', ')}`]
}
