// History by batch, then live by the stream, over one state.
//
// Promises: the stream begins at the offsets at which the batch has ended, since both read them from the state; a crash
// anywhere leaves a commit from which either goes on. A state that is little behind goes live at once. Told to stop
// while batch is reading, it ends at the last commit.
// Not here: what a commit is, and what is read how (the executors).

import { EXIT, isLyrebirdError } from '../core/errors.ts'
import type { RunSummary } from '../run/summary.ts'
import { type BatchProgress, runBatch } from '../runtime-batch/index.ts'
import { runStream, type StreamOptions } from '../runtime-stream/index.ts'
import { historyOf } from './history.ts'
import { BATCH_RECORDS } from './limits.ts'

export interface DeploymentOptions extends StreamOptions {
  /** Partitions that batch reads at once. */
  readonly workers?: number | undefined
  readonly onHistory?: ((progress: BatchProgress) => void) | undefined
  /** Called when batch begins, with about how many records there are, and when the run is live. */
  readonly onPhase?: ((phase: 'history' | 'live', records: number) => void) | undefined
}

/**
 * Brings a state up to the end of the log, or to a cut, and follows the log from there on. Null where it was told to
 * stop before the stream began. Throws the typed errors of a run.
 */
export async function runDeployment(options: DeploymentOptions): Promise<RunSummary | null> {
  const { signal, final = false } = options
  const history = await historyOf(options)
  let summary: RunSummary | null = null
  if (history.fresh || history.left >= BATCH_RECORDS) {
    options.onPhase?.('history', history.left)
    const isFinal = final && history.whole
    const patience = { ...options.patience, signal }
    // What goes on live brings the rows to their sinks, while it is live already.
    const feedsSinks = history.whole
    const own = { until: history.until, final: isFinal, onProgress: options.onHistory, patience, feedsSinks }
    summary = await unlessStopped(signal, () => runBatch({ ...options, ...own }))
    if (history.whole) return summary
  }
  if (signal?.aborted === true) return summary
  options.onPhase?.('live', summary?.records ?? 0)
  return await runStream(options)
}

/** Null where the run was stopped: between two chunks, or while it waited for brokers. */
async function unlessStopped(
  signal: AbortSignal | undefined,
  act: () => Promise<RunSummary>,
): Promise<RunSummary | null> {
  try {
    return await act()
  } catch (error) {
    const isWaiting = isLyrebirdError(error) && error.exitCode === EXIT.broker
    if (signal?.aborted === true && (error === signal.reason || isWaiting)) return null
    throw error
  }
}
