// History by batch, then live by the stream, over one state.
//
// Promises: the stream begins at the offsets at which the batch has ended, since both read them from the state; a crash
// anywhere leaves a commit from which either goes on. A state that is little behind goes live at once. Told to stop
// while batch is reading, it ends at the last commit. A changed job is first taken over into the state (upgrade/).
// Not here: what a commit is, and what is read how (the executors).

import { existsSync } from 'node:fs'
import { thenClose } from '../core/close-all.ts'
import { EXIT, isLyrebirdError } from '../core/errors.ts'
import { tellingUpgrade } from '../run/notices/notice.ts'
import { nextOf } from '../run/state/folders.ts'
import { watchHandOver } from '../run/state/hand-over.ts'
import type { RunSummary } from '../run/summary.ts'
import { type BatchProgress, runBatch } from '../runtime-batch/index.ts'
import { runStream, type StreamOptions } from '../runtime-stream/index.ts'
import { historyOf } from './history.ts'
import { BATCH_RECORDS, FIRST_COMMIT_MS } from './limits.ts'
import { onceFree } from './once-free.ts'
import { LEFT_OVER } from './phase-notice.ts'
import type { UpgradeSteps } from './upgrade/steps.ts'

export interface DeploymentOptions extends StreamOptions {
  /** Takes a changed job over into the state first. */
  readonly upgrades?: boolean | undefined
  /** Called at each step of that; for tests that crash there. */
  readonly upgradeSteps?: UpgradeSteps | undefined
  /** Partitions that batch reads at once. */
  readonly workers?: number | undefined
  readonly onHistory?: ((progress: BatchProgress) => void) | undefined
  /** For tests: records behind which batch is used. Default `BATCH_RECORDS`. */
  readonly batchRecords?: number | undefined
  /** Called when batch begins, with about how many records there are, and when the run is live. */
  readonly onPhase?: ((phase: 'history' | 'live', records: number) => void) | undefined
}

/**
 * Brings a state up to the end of the log, or to a cut, and follows the log from there on. Null where it was told to
 * stop before the stream began. Throws the typed errors of a run.
 */
export async function runDeployment(options: DeploymentOptions): Promise<RunSummary | null> {
  const { signal, final = false } = options
  if (options.upgrades === true) {
    const patience = { ...options.patience, signal }
    const { upgradeState } = await import('./upgrade/upgrade-state.ts')
    const done = await unlessStopped(signal, async () => {
      // Rows go to their sinks from the state that is swapped in.
      const own = {
        patience,
        sinks: undefined,
        checkedSinks: options.sinks,
        onNotice: tellingUpgrade(options.onNotice),
      }
      await upgradeState({ ...options, ...own, onProgress: options.onHistory })
      return true
    })
    if (done === null) return null
  } else if (existsSync(nextOf(options.state))) {
    const { collectLeftOver } = await import('./upgrade/left-over.ts')
    if (await collectLeftOver(options.state, options.functions.plan)) tellingUpgrade(options.onNotice)(LEFT_OVER)
  }
  const history = await historyOf(options)
  let summary: RunSummary | null = null
  if (history.fresh || history.left >= (options.batchRecords ?? BATCH_RECORDS)) {
    options.onPhase?.('history', history.left)
    const isFinal = final && history.whole
    const handOver = watchHandOver(options.state, signal, tellingUpgrade(options.onNotice))
    const patience = { ...options.patience, signal: handOver.signal }
    const own = {
      until: history.until,
      final: isFinal,
      onProgress: options.onHistory,
      patience,
      signal: handOver.signal,
      // What goes on live brings the rows to their sinks, while it is live already.
      feedsSinks: history.whole,
    }
    summary = await thenClose(
      () => unlessStopped(handOver.signal, () => runBatch({ ...options, ...own })),
      () => handOver.dispose(),
    )
    if (history.whole || handOver.signal.aborted) return summary
  }
  if (signal?.aborted === true) return summary
  options.onPhase?.('live', summary?.records ?? 0)
  const live = () => runStream({ firstCommitMs: FIRST_COMMIT_MS, ...options })
  return options.upgrades === true ? await onceFree(live) : await live()
}

/** Null where the run was stopped: between two chunks, or while it waited for brokers. */
async function unlessStopped<T>(signal: AbortSignal | undefined, act: () => Promise<T>): Promise<T | null> {
  try {
    return await act()
  } catch (error) {
    const isWaiting = isLyrebirdError(error) && error.exitCode === EXIT.broker
    if (signal?.aborted === true && (error === signal.reason || isWaiting)) return null
    throw error
  }
}
