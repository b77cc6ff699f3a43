// When runs are merged into larger ones (compaction): size-tiered, and all of them once the newer ones together are
// half as large as the oldest.
//
// Promises: a table of n rows has O(log n) runs, a row is rewritten O(log n) times, and the whole is at most about 1.5
// times as large as its rows would be alone (O'Neil and others 1996, the log-structured merge tree; tiers as in
// Cassandra).
// Not here: the merge itself, in the transaction of the commit (`writer.ts`).

import type { SortedRunInfo } from './sorted-run.ts'

const PER_TIER = 4

/** How many of the newest runs to merge into one now; 0 for none. Runs come newest first. */
export function runsToCompact(runs: readonly SortedRunInfo[], tierBytes: number): number {
  const oldest = runs.at(-1)
  if (oldest === undefined || runs.length < 2) return 0
  let newer = 0
  for (const run of runs) newer += run.bytes
  newer -= oldest.bytes
  if (newer * 2 >= oldest.bytes && oldest.bytes > tierBytes) return runs.length
  let count = 0
  let inTier = 0
  let tier = -1
  for (let i = 0; i < runs.length; i++) {
    const own = Math.max(tier, tierOf(runs[i] as SortedRunInfo, tierBytes))
    inTier = own === tier ? inTier + 1 : 1
    tier = own
    if (inTier >= PER_TIER) count = i + 1
  }
  return count
}

/** Tier 0 holds what is smaller than `tierBytes`, each further tier four times as much. */
function tierOf(run: SortedRunInfo, tierBytes: number): number {
  let tier = 0
  for (let limit = tierBytes; run.bytes >= limit; limit *= PER_TIER) tier++
  return tier
}
