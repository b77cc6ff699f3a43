// What a log still holds of what a state was computed from.
//
// Promises: for each partition the offset from which on everything can be judged as it was: the start of the state
// where nothing is gone, else the first time mark of the state at or past the log's start, with `T` there.

import { LyrebirdError } from '../../core/errors.ts'
import type { Progress } from '../../core/executor/progress.ts'
import type { TimeMark } from '../../core/executor/time-marks.ts'
import type { Cut } from '../../core/log/cut.ts'
import type { Plan } from '../../core/plan/plan.ts'
import type { InputPartition } from '../../core/reference/input.ts'
import { type Ranges, sourceNodes } from '../../run/reading/bind-log.ts'

/** A partition of which the log has lost something that the state has read: from <= offset < to. */
interface GonePart {
  readonly partition: string
  readonly from: bigint
  readonly to: bigint
  /** The first offset that can be verified; the state's position where nothing can. */
  readonly verified: bigint
}

export interface Remaining {
  /** Where each partition can be verified from. */
  readonly from: Cut
  readonly gone: readonly GonePart[]
  /** By partition of `gone`: `T` at `from` by source node. */
  readonly before: ReadonlyMap<string, TimeMark['times']>
}

export function remainingOf(plan: Plan, progress: Progress, ranges: Ranges): Remaining {
  const from = new Map<string, bigint>()
  const before = new Map<string, TimeMark['times']>()
  const gone: GonePart[] = []
  for (const [partition, position] of progress.cut) {
    const start = progress.starts.get(partition) ?? position
    const now = ranges.get(partition)?.start ?? position
    const mark = now <= start ? null : markAt(plan, progress, partition, now)
    from.set(partition, mark?.offset ?? start)
    if (mark === null) continue
    before.set(partition, mark.times)
    gone.push({ partition, from: start, to: now, verified: mark.offset })
  }
  return { from, gone, before }
}

/** The first mark at or past an offset; the end of what was read is one too. */
function markAt(plan: Plan, progress: Progress, partition: string, start: bigint): TimeMark {
  const position = progress.cut.get(partition) as bigint
  const mark = progress.marks.of(partition).find(({ offset }) => offset >= start && offset <= position)
  if (mark !== undefined) return mark
  const times = sourceNodes(plan).map(({ id }) => [id, progress.sourcePartition(id, partition).maxTime])
  return { offset: position, times: Object.fromEntries(times) }
}

/** The records that remain, with what the state knows of the time before them. */
export const seeded = (input: readonly InputPartition[], { before }: Remaining): readonly InputPartition[] =>
  input.map(partition => {
    const times = before.get(`${partition.topic}/${partition.partition}`)
    return times === undefined ? partition : { ...partition, before: times }
  })

/** No record is left of what the state was computed from. */
export function nothingLeft({ gone }: Remaining): LyrebirdError {
  const ranges = gone.map(({ partition, from, to }) => `${partition} ${from} to ${to - 1n}`).join(', ')
  return new LyrebirdError(
    'range-lost',
    `the log holds nothing by which the state could be verified; gone are ${ranges}`,
    {
      where: { partitions: gone.map(({ partition }) => partition).join(',') },
      hint: 'verify a state while the log still holds some of the records that it has read, or give their files: --archive DIR',
    },
  )
}
