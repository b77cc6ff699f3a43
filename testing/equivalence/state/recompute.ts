// Computes by batch what a commit was computed from: the same ranges of the log, to a state that nobody keeps.
//
// Promises: from where the state began to read, or, where the log has lost something of that, from the first time mark
// of the state that still has its records behind it, with the time before it (semantics.md 1.4). Where retention takes
// more while batch reads, it begins again behind that.
// Not here: what is compared then.

import { isLyrebirdError } from '../../../core/errors.ts'
import type { Progress } from '../../../core/executor/progress.ts'
import type { Floors } from '../../../core/log/floors.ts'
import { isLogPlace, type LogPlace, openLog } from '../../../logs/index.ts'
import type { Log } from '../../../logs/log.ts'
import type { RunOptions } from '../../../run/job-run.ts'
import { checkKnown, withoutBare } from '../../../run/reading/admission.ts'
import { checkAbilities, rangesNow, topicIdsNow } from '../../../run/reading/bind-log.ts'
import { checkLastRecords } from '../../../run/reading/last-records.ts'
import { defaultOut } from '../../../run/state/folders.ts'
import { runBatch } from '../../../runtime-batch/index.ts'
import { nothingLeft, type Remaining, remainingOf } from '../remaining.ts'

export interface RecomputeOptions extends Pick<RunOptions, 'functions' | 'functionsUrl' | 'patience' | 'memoryBytes'> {
  readonly log: LogPlace | Log
  readonly workers?: number | undefined
  readonly workerEntry?: URL | undefined
  readonly recompute: string
  readonly signal?: AbortSignal | undefined
  /** Called with the share that is read. */
  readonly onProgress?: ((share: number) => void) | undefined
}

export interface Recomputed {
  /** The state directory. */
  readonly state: string
  readonly records: number
  /** What is left of what the state was computed from. */
  readonly remaining: Remaining
}

/** `folder` gives a new directory for each try. Throws the typed errors of a run over that log. */
export async function recompute(
  progress: Progress,
  options: RecomputeOptions,
  folder: () => string,
): Promise<Recomputed> {
  for (let tries = 1; ; tries++) {
    const remaining = await remainingNow(progress, options)
    try {
      const state = folder()
      const records = await batch(progress, remaining, options, state)
      if (records === 0 && remaining.gone.length > 0) throw nothingLeft(remaining)
      return { state, records, remaining }
    } catch (error) {
      const goesOn = isLyrebirdError(error) && error.code === 'range-lost' && tries < TRIES
      if (!goesOn || !(await hasLost(progress, remaining, options))) throw error
    }
  }
}

/** Retention takes a segment of a partition now and then. */
const TRIES = 5

/** Checks first that the log is still the one that the state was computed from. */
async function remainingNow(
  progress: Progress,
  { functions, log: place, patience }: RecomputeOptions,
): Promise<Remaining> {
  const { plan } = functions
  const log = isLogPlace(place) ? await openLog(place, patience) : place
  try {
    await checkAbilities(log, plan)
    const ranges = await rangesNow(log, plan)
    checkKnown(progress, ranges, await topicIdsNow(log, plan))
    const placed = withoutBare(progress, ranges)
    await checkLastRecords(log, plan, progress, placed)
    return remainingOf(plan, progress, placed)
  } finally {
    if (isLogPlace(place)) await log.close()
  }
}

/** Whether the log has lost more than it had. */
async function hasLost(progress: Progress, before: Remaining, options: RecomputeOptions): Promise<boolean> {
  const { from } = await remainingNow(progress, options)
  return [...from].some(([name, offset]) => offset > (before.from.get(name) ?? offset))
}

async function batch(
  progress: Progress,
  { from, before }: Remaining,
  options: RecomputeOptions,
  state: string,
): Promise<number> {
  const floors = new Map([...progress.floors].map(([source, of]) => [source, new Map(of)]))
  for (const [partition, times] of before) {
    for (const [source, time] of Object.entries(times)) {
      const of = floors.get(source) ?? new Map<string, number>()
      if (Number.isFinite(time)) floors.set(source, of.set(partition, time))
      else of.delete(partition)
    }
  }
  // Each by name: nothing but the new directory is written to.
  const { functions, functionsUrl, log, patience, memoryBytes, workers, workerEntry, recompute } = options
  const { signal, onProgress } = options
  const { records } = await runBatch({
    functions,
    functionsUrl,
    log,
    patience,
    memoryBytes,
    workers,
    workerEntry,
    recompute,
    signal,
    state,
    out: defaultOut(state),
    until: progress.cutNow,
    final: progress.sealed,
    from,
    floors: floors satisfies Floors,
    absent: true,
    durable: false,
    onProgress: ({ done, total }) => onProgress?.(total === 0 ? 1 : done / total),
  })
  return records
}
