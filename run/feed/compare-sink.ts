// Compares what a sink holds with the rows of the state at the same commit, while both go on.
//
// Promises: a commit of the state is held no longer than the sink may take to come to it and to take the rows; where
// the two are never seen at one commit in that time, that is said, and no difference is reported.

import { setTimeout as sleep } from 'node:timers/promises'
import { PROGRESS, Progress } from '../../core/executor/progress.ts'
import type { Plan } from '../../core/plan/plan.ts'
import type { RowSink, SinkComparison, SinkPosition, SinkRow } from '../../core/sink/row-sink.ts'
import { DIGEST } from '../../core/state/digests.ts'
import { openStateReader } from '../../store/index.ts'
import type { StateReader } from '../../store/store.ts'
import { now } from '../clock.ts'
import { lastNumbered, readJobDocument } from '../state/read-state.ts'
import { COMPARE_ATTEMPTS, MEET_MS, MEET_POLL_MS, ROWS_AT_ONCE } from './limits.ts'
import { ViewSnapshot } from './sink-rows.ts'
import { lastEntry } from './view-feed.ts'

interface ComparedSink {
  readonly commit: number
  /** Rows of the view at this commit. */
  readonly rows: number
  readonly found: SinkComparison
}

/** Or why it cannot be compared, as the end of a sentence. */
export async function compareSink(
  directory: string,
  plan: Plan,
  view: string,
  sink: RowSink,
): Promise<ComparedSink | string> {
  if (sink.compare === undefined) return 'its sink compares nothing'
  for (let i = 0; i < COMPARE_ATTEMPTS; i++) {
    const reader = openStateReader(directory)
    try {
      const at = positionIn(reader, view)
      if (at === null) return 'no run with this sink made the last commit'
      if (!(await comesTo(sink, at))) continue
      const found = await sink.compare(at, allRows(reader, plan, view))
      if (found === null) continue
      const progress = Progress.decode(reader.document(PROGRESS) as Uint8Array)
      return { commit: at.commit, rows: progress.digest(DIGEST.view(view)).summary.count, found }
    } finally {
      await reader.close()
    }
  }
  return 'was never seen at the same commit as the state: try again where commits are further apart'
}

function positionIn(reader: StateReader, view: string): SinkPosition | null {
  const [entry, commit, job] = [lastEntry(reader, view), lastNumbered(reader), readJobDocument(reader)]
  if (entry === undefined || job === null || entry.commit !== commit?.number) return null
  return { state: job.id, epoch: commit.epoch, run: entry.run, commit: entry.commit, cut: '', watermark: 0 }
}

/** Waits until the sink is at this commit; false where it is past it, or does not come. */
async function comesTo(sink: RowSink, at: SinkPosition): Promise<boolean> {
  for (const until = now() + MEET_MS; now() < until; await sleep(MEET_POLL_MS)) {
    const held = await sink.held()
    if (held?.commit === at.commit && held.run === at.run) return true
    if (held !== null && held.commit > at.commit) return false
  }
  return false
}

async function* allRows(reader: StateReader, plan: Plan, view: string): AsyncGenerator<readonly SinkRow[]> {
  const snapshot = new ViewSnapshot(reader, plan, view)
  for (let last: Uint8Array | null = null; ; ) {
    const some = snapshot.rowsAfter(last, ROWS_AT_ONCE)
    if (some === null) return
    last = some.last
    yield some.rows
  }
}
