// The result of `verify`, as data and as text.

import type { Plan } from '../../core/plan/plan.ts'
import type { Difference } from '../../core/result/compare-results.ts'
import type { JobResult } from '../../core/result/result.ts'
import { timeText } from '../../core/time/time-text.ts'
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

/** What of a state was compared where the log no longer holds all that it was computed from. */
export interface PartialVerdict {
  /** What is gone of each partition, and from which offset on the rest was verified; offsets as decimal text. */
  readonly gone: readonly {
    readonly partition: string
    readonly from: string
    readonly to: string
    readonly verified: string
  }[]
  /** Parts of the state's result of which something was compared. */
  readonly compared: readonly PartialPart[]
  /** Parts that need what is gone. */
  readonly notCompared: readonly string[]
}

interface PartialPart {
  readonly part: string
  /** Rows compared, of all that the state has. */
  readonly rows: number
  readonly of: number
  /** Elements (windows: those that begin) from this event time on, in ms; null where that is not the limit. */
  readonly since: number | null
}

export interface Verdict {
  /** No difference was found; in a state of which not all could be compared, see `partial`. */
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
  /** Why fewer were run; null where all were run, or a difference ended it. */
  readonly stopped: string | null
  readonly commits: number
  readonly restarts: number
  /** Null where everything was compared. */
  readonly partial: PartialVerdict | null
  /** The reference first. */
  readonly sides: readonly VerifiedSide[]
  /** Lines that say what of the state was not compared, and why. */
  readonly notes: readonly string[]
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
    ...stoppedLines(verdict),
  ]
  const names = sides.map(s => s.name)
  const width = Math.max(...(sides[0]?.digests ?? []).map(d => d.part.length), 4)
  const column = Math.max(...names.map(n => n.length), 32)
  lines.push(`  ${''.padEnd(width)}  ${'rows'.padStart(9)}  ${names.map(n => n.padEnd(column)).join('  ')}`.trimEnd())
  for (const [i, { part, rows }] of (sides[0]?.digests ?? []).entries()) {
    const digests = sides.map(s => (s.digests[i]?.digest ?? 'absent').padEnd(column))
    lines.push(`  ${part.padEnd(width)}  ${String(rows).padStart(9)}  ${digests.join('  ')}`.trimEnd())
  }
  if (verdict.partial !== null) lines.push(...partialLines(verdict.partial))
  lines.push(...verdict.notes)
  if (verdict.difference !== null) return [...lines, ...differenceLines(verdict.difference)]
  const whole = verdict.partial === null && verdict.notes.length === 0
  return [...lines, whole ? 'equal' : 'no difference in what was compared; the state was not compared whole']
}

/** What of the state was compared, and what was not. */
function partialLines({ gone, compared, notCompared }: PartialVerdict): readonly string[] {
  const width = Math.max(...compared.map(c => c.part.length), 4)
  return [
    'the state, against what the log still holds (the sides above are computed from that alone):',
    ...gone.map(
      ({ partition, from, to, verified }) =>
        `  ${partition}: offsets ${from} to ${BigInt(to) - 1n} are gone; verified from ${verified} on`,
    ),
    ...compared.map(({ part, rows, of, since }) => {
      const limit =
        since === null ? '' : `, ${part.startsWith('view') ? 'windows' : 'times'} from ${timeText(since)} on`
      return `  compared      ${part.padEnd(width)}  ${rows} of ${of}${limit}`
    }),
    ...notCompared.map(part => `  NOT COMPARED  ${part}`),
  ]
}

/** Says that schedules are left, and how to run them. */
function stoppedLines({ stopped, interleavings, asked, seed }: Verdict): readonly string[] {
  if (stopped === null) return []
  const left = asked - interleavings
  return [`  ${stopped}: ${left} were not run; --seed ${seed + interleavings} --interleavings ${left} runs them`]
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
