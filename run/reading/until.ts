// How far a run reads: from `--until` (`end`, or a cut) to an exclusive end offset for each partition.
//
// Promises: a cut names every partition that exists for it (semantics.md 1.3); one that lacks some, or lies behind the
// state, is refused.

import { LyrebirdError } from '../../core/errors.ts'
import type { Progress } from '../../core/executor/progress.ts'
import { type Cut, splitPartition } from '../../core/log/cut.ts'
import type { Ranges } from './bind-log.ts'

/** `end`: the ends of the log at the start of the run. */
export type Until = 'end' | Cut

/** Exclusive ends by `topic/partition`. */
export type ReadEnds = ReadonlyMap<string, bigint>

/** Throws `malformed-cut` where a cut names a partition that the log does not have or the job does not read. */
export function checkNames(cut: Cut, ranges: Ranges): void {
  const strangers = [...cut.keys()].filter(name => !ranges.has(name))
  if (strangers.length === 0) return
  throw new LyrebirdError(
    'malformed-cut',
    `the cut names ${strangers.join(', ')}, which the job does not read or the log does not have`,
    {
      where: { partitions: strangers.join(',') },
      hint: `the partitions of this job are ${[...ranges.keys()].join(', ')}`,
    },
  )
}

/** Throws `incomplete-cut` where partitions that hold records, or that the state knows, are missing from the cut. */
export function checkComplete(cut: Cut, known: Iterable<string>, ranges: Ranges): void {
  const needed = new Set(known)
  for (const [name, range] of ranges) if (range.start !== range.end) needed.add(name)
  const missing = [...needed].filter(name => !cut.has(name))
  if (missing.length === 0) return
  throw new LyrebirdError('incomplete-cut', `the cut lacks ${missing.join(', ')}: a cut names every partition`, {
    where: { missing: missing.join(',') },
    hint: `add ${missing.map(name => `${name}:OFFSET`).join(',')}`,
  })
}

/** The ends of a run over the partitions that the state has taken in. Throws `state-past-until` and `range-lost`. */
export function readEndsOf(until: Until, progress: Progress, ranges: Ranges): ReadEnds {
  const ends = new Map<string, bigint>()
  for (const [name, position] of progress.cut) {
    const end = until === 'end' ? ranges.get(name)?.end : until.get(name)
    if (end === undefined) continue
    checkEnd(name, position, end, progress.starts.get(name) as bigint)
    ends.set(name, end)
  }
  return ends
}

function checkEnd(name: string, position: bigint, end: bigint, start: bigint): void {
  const { topic, partition } = splitPartition(name)
  if (end < start) {
    throw new LyrebirdError('range-lost', `the cut ends at offset ${end} of ${name}, but the log starts at ${start}`, {
      where: { topic, partition, from: String(end), to: String(start) },
    })
  }
  if (end < position) {
    throw new LyrebirdError(
      'state-past-until',
      `the state has read ${name} up to offset ${position}, past the cut's ${end}`,
      {
        where: { topic, partition, position: String(position), until: String(end) },
        hint: 'a state cannot go back: compute an earlier cut with the batch target and a new state directory',
      },
    )
  }
}

/** Throws `range-lost` where the log ends before one of them: for runs that do not wait for more. */
export function checkReachable(ends: ReadEnds, ranges: Ranges): void {
  for (const [name, end] of ends) {
    const now = ranges.get(name)?.end as bigint
    if (end <= now) continue
    const { topic, partition } = splitPartition(name)
    throw new LyrebirdError('range-lost', `the cut wants ${name} up to offset ${end}, but the log ends at ${now}`, {
      where: { topic, partition, from: String(now), to: String(end) },
      hint: 'a stream waits for records that are still to come; batch needs them all there',
    })
  }
}
