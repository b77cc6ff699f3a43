// The result of `verify`, as data and as text.

import type { Plan } from '../../core/plan/plan.ts'
import type { Difference } from '../../core/result/compare-results.ts'
import type { JobResult } from '../../core/result/result.ts'
import type { DigestSummary } from '../../core/values/multiset-digest.ts'
import { viewDigest } from './read-result.ts'

/** Count and digest of one part of a result. */
interface PartDigest {
  /** `view NAME`, `output NAME`, `late` or `dead letters`. */
  readonly part: string
  readonly rows: number
  readonly digest: string
}

/** One computed result: `reference`, `batch, 2 workers`, `stream`, `state`. */
export interface VerifiedSide {
  readonly name: string
  readonly digests: readonly PartDigest[]
}

export interface FoundDifference extends Difference {
  readonly leftName: string
  readonly rightName: string
  /** Seed of the schedule where a stream differs. */
  readonly seed: number | null
  /** The command that shows the difference again. */
  readonly replay: string
}

export interface Verdict {
  readonly equal: boolean
  readonly job: string
  /** `topic/partition` -> exclusive end offset, as decimal text. */
  readonly cut: Readonly<Record<string, string>>
  readonly final: boolean
  /** Records up to the cut. */
  readonly records: number
  readonly seed: number
  /** Schedules of the stream that were run, of those asked for. */
  readonly interleavings: number
  readonly asked: number
  readonly commits: number
  readonly restarts: number
  /** The reference first. */
  readonly sides: readonly VerifiedSide[]
  readonly difference: FoundDifference | null
}

export function resultDigests(result: JobResult, plan: Plan): readonly PartDigest[] {
  const part = (name: string, { count, digest }: DigestSummary): PartDigest => ({ part: name, rows: count, digest })
  const emitted = (name: string): DigestSummary => result.emitted.get(name) ?? { count: 0, digest: '' }
  return [
    ...plan.results.map(({ name, kind, node }) =>
      kind === 'view'
        ? part(`view ${name}`, viewDigest(result.views.get(name) ?? []))
        : part(`output ${name}`, emitted(node)),
    ),
    part('late', emitted('late')),
    part('dead letters', emitted('dead')),
  ]
}

/** Lines without line ends: digests side by side, and the first difference. */
export function verdictLines(verdict: Verdict): readonly string[] {
  const { job, records, interleavings, asked, commits, restarts, sides, seed } = verdict
  const lines = [
    `${job}: ${records} records, ${interleavings} of ${asked} interleavings (${commits} commits, ${restarts} restarts), seed ${seed}`,
  ]
  const names = sides.map(s => s.name)
  const width = Math.max(...(sides[0]?.digests ?? []).map(d => d.part.length), 4)
  const column = Math.max(...names.map(n => n.length), 32)
  lines.push(`  ${''.padEnd(width)}  ${'rows'.padStart(9)}  ${names.map(n => n.padEnd(column)).join('  ')}`.trimEnd())
  for (const [i, { part, rows }] of (sides[0]?.digests ?? []).entries()) {
    const digests = sides.map(s => (s.digests[i]?.digest ?? 'absent').padEnd(column))
    lines.push(`  ${part.padEnd(width)}  ${String(rows).padStart(9)}  ${digests.join('  ')}`.trimEnd())
  }
  return [...lines, ...(verdict.difference === null ? ['equal'] : differenceLines(verdict.difference))]
}

function differenceLines({
  part,
  key,
  left,
  right,
  leftName,
  rightName,
  seed,
  replay,
}: FoundDifference): readonly string[] {
  const width = Math.max(leftName.length, rightName.length)
  return [
    `NOT EQUAL: first difference in ${part} at ${key}`,
    `  ${leftName.padEnd(width)}  ${left}`,
    `  ${rightName.padEnd(width)}  ${right}`,
    ...(seed === null ? [] : [`  seed ${seed}`]),
    `  again: ${replay}`,
  ]
}
