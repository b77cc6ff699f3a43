// How far a state is behind its log, and to which cut batch is to bring it.
//
// Promises: reads the last commit of the state; nothing is written or locked.

import { isLyrebirdError } from '../core/errors.ts'
import type { Cut } from '../core/log/cut.ts'
import type { Plan } from '../core/plan/plan.ts'
import { isLogPlace, openLog } from '../logs/index.ts'
import type { Log } from '../logs/log.ts'
import type { RunOptions } from '../run/job-run.ts'
import { type Ranges, rangesNow } from '../run/reading/bind-log.ts'
import type { Until } from '../run/reading/until.ts'
import { readProgress } from '../run/state/read-state.ts'
import { openStateReader } from '../store/index.ts'

interface History {
  /** Offsets between the state, or the beginning of the log, and the end. */
  readonly left: number
  /** Whether nothing has been committed yet. */
  readonly fresh: boolean
  /** Where batch ends. */
  readonly until: Until
  /** Whether the run ends there too. */
  readonly whole: boolean
}

export async function historyOf(options: RunOptions): Promise<History> {
  const { plan } = options.functions
  const { until } = options
  const ranges = await rangesOf(options, plan, !(until instanceof Map))
  const committed = await committedCut(options.state)
  let left = 0
  for (const [name, { start, end, about }] of ranges) left += about ?? Number(end - (committed?.get(name) ?? start))
  return { left, fresh: committed === null, ...reachable(until, ranges) }
}

/** With `open` an end may be open, and the number of records is about right. */
async function rangesOf({ log: given, patience }: RunOptions, plan: Plan, open: boolean): Promise<Ranges> {
  const log: Log = isLogPlace(given) ? await openLog(given, patience) : given
  try {
    return await rangesNow(log, plan, { open })
  } finally {
    if (isLogPlace(given)) await log.close()
  }
}

/** Null where nothing has been committed. */
async function committedCut(directory: string): Promise<Cut | null> {
  try {
    const reader = openStateReader(directory)
    try {
      return readProgress(reader, directory).cut
    } finally {
      await reader.close()
    }
  } catch (error) {
    if (isLyrebirdError(error) && error.code === 'state-missing') return null
    throw error
  }
}

/** The part of a cut that is there now: the rest is still to come. */
function reachable(until: Until | undefined, ranges: Ranges): Pick<History, 'until' | 'whole'> {
  if (until === undefined) return { until: 'end', whole: false }
  if (until === 'end') return { until, whole: true }
  const there = [...until].map(([name, offset]): [string, bigint] => {
    const end = ranges.get(name)?.end
    return [name, end !== undefined && end < offset ? end : offset]
  })
  return { until: new Map(there), whole: there.every(([name, offset]) => offset === until.get(name)) }
}
