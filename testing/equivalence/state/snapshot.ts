// One commit of a state that may be written meanwhile: what it says, and a copy of what it shows.
//
// Promises: everything is of that one commit. Its snapshot is held only while tables are copied, since the writer
// cannot reuse the space of a commit that is held, and no longer than is said: tables for which there was no time are
// named (`rows.left`), and of them only the digests are known that the state itself keeps.

import type { Progress } from '../../../core/executor/progress.ts'
import type { Plan } from '../../../core/plan/plan.ts'
import { sharesState } from '../../../core/plan/shares-state.ts'
import { TABLE } from '../../../core/state/row-codec.ts'
import { now } from '../../../run/clock.ts'
import type { CommitDocument, JobDocument } from '../../../run/state/documents.ts'
import { checkPlan } from '../../../run/state/open-state.ts'
import {
  type CommittedState,
  readCommit,
  readJobDocument,
  readPlan,
  readProgress,
  readWritten,
} from '../../../run/state/read-state.ts'
import { openStateReader, ownerOf, type StateCopy } from '../../../store/index.ts'

export interface Snapshot {
  readonly directory: string
  /** Null in a state without this document. */
  readonly job: JobDocument | null
  readonly progress: Progress
  /** Null in a state whose last commit has no number. */
  readonly commit: CommitDocument | null
  /** Records of the outputs by topic and partition. */
  readonly written: CommittedState['written']
  /** The tables that hold views, late records and dead letters. */
  readonly rows: StateCopy
  /** ms for which the commit was held. */
  readonly heldMs: number
  /** The process that writes the state; null where none does. */
  readonly writer: number | null
}

interface SnapshotOptions {
  readonly plan: Plan
  readonly scratch: string
  /** ms after which the commit is let go, whatever was copied. */
  readonly holdMs: number
  /** The command that recomputes the state, for hints. */
  readonly recompute: string
}

/** The table that holds the rows of a view. */
export const tableOfView = (plan: Plan, name: string, node: string): string =>
  sharesState(plan, node) ? TABLE.state(node) : TABLE.view(name)

/** Throws `state-missing`, `state-incompatible`, `state-corrupt`, `state-too-new`, `disk-full`. */
export async function takeSnapshot(directory: string, options: SnapshotOptions): Promise<Snapshot> {
  const { plan, scratch, holdMs, recompute } = options
  const writer = (await ownerOf(directory))?.pid ?? null
  const begun = now()
  const reader = openStateReader(directory)
  try {
    const job = readJobDocument(reader)
    const progress = readProgress(reader, directory)
    if (job !== null) await checkPlan(job, plan, { recompute, before: readPlan(reader) })
    const views = plan.results.filter(({ kind }) => kind === 'view')
    const tables = new Set([TABLE.late, TABLE.dead, ...views.map(({ name, node }) => tableOfView(plan, name, node))])
    const [commit, written] = [readCommit(reader), readWritten(reader)]
    const rows = reader.copy({ tables: [...tables], directory: scratch, withinMs: holdMs })
    return { directory, job, progress, commit, written, rows, heldMs: now() - begun, writer }
  } finally {
    await reader.close()
  }
}
