// What of a state was compared where the log no longer holds all that it was computed from, part by part.
//
// Promises: every part of the result is named, as compared or as not compared; a part of which not one row could be
// compared for want of the records that are gone counts as not compared.

import type { Plan } from '../../core/plan/plan.ts'
import type { JobResult } from '../../core/result/result.ts'
import type { Comparable } from './comparable.ts'
import type { Remaining } from './remaining.ts'
import type { PartialVerdict } from './verdict.ts'

interface Compared {
  /** The state's whole result, and the part of it that was compared. */
  readonly kept: JobResult
  readonly part: JobResult
}

export function partialVerdict(
  plan: Plan,
  comparable: Comparable,
  { gone }: Remaining,
  { kept, part }: Compared,
): PartialVerdict {
  const parts = plan.results.flatMap(({ name, kind, node }) => {
    const rows = (result: JobResult): number =>
      kind === 'view' ? (result.views.get(name)?.length ?? 0) : recordsOf(result, name)
    const since = comparable.knownFrom(node)
    return { part: `${kind} ${name}`, rows: rows(part), of: rows(kept), since }
  })
  const reports = [
    { part: 'late', rows: part.late.length, of: kept.late.length, since: Number.NEGATIVE_INFINITY },
    { part: 'dead letters', rows: part.dead.length, of: kept.dead.length, since: Number.NEGATIVE_INFINITY },
  ]
  const all = [...parts, ...reports]
  const isCompared = ({ rows, of, since }: (typeof all)[number]): boolean =>
    since < Number.POSITIVE_INFINITY && (rows > 0 || of === 0)
  return {
    gone: gone.map(({ partition, from, to, verified }) => ({
      partition,
      from: String(from),
      to: String(to),
      verified: String(verified),
    })),
    compared: all.filter(isCompared).map(each => ({ ...each, since: Number.isFinite(each.since) ? each.since : null })),
    notCompared: [
      ...all.filter(each => !isCompared(each)).map(each => each.part),
      ...all.filter(each => isCompared(each) && each.rows < each.of).map(each => `${each.part}: the other rows`),
      'counts and digests of all that was ever emitted',
    ],
  }
}

const recordsOf = (result: JobResult, name: string): number =>
  (result.outputs.get(name) ?? []).reduce((sum, records) => sum + records.length, 0)
