// What is compared of a committed state with its recomputation, and what comes out of it, part by part.
//
// Promises: each part of a result is named once, as compared, different, or not compared with the reason.
// Not here: the comparisons themselves (the files beside this one), and their text (`state-verdict.ts`).

import type { Progress } from '../../../core/executor/progress.ts'
import type { Plan } from '../../../core/plan/plan.ts'
import type { RowSorter, StateAccess } from '../../../core/state/environment.ts'
import type { CommittedState } from '../../../run/state/read-state.ts'
import type { WrittenOutputs } from '../../../run/state/written-outputs.ts'
import type { Changeable } from '../compacted-state.ts'
import type { Comparable } from '../comparable.ts'
import type { Snapshot } from './snapshot.ts'

/** What batch computed again, at the cut of the commit. */
interface Recomputation {
  readonly state: StateAccess
  readonly progress: Progress
  /** The log directory of its outputs, and their records by topic and partition. */
  readonly out: string
  readonly written: CommittedState['written']
}

export interface ComparisonContext {
  readonly plan: Plan
  readonly snapshot: Snapshot
  readonly again: Recomputation
  /** What follows from the records that the log still holds; null where nothing is gone. */
  readonly comparable: Comparable | null
  /** What the compaction of a topic can have changed since; null where no topic drops records. */
  readonly changeable: Changeable | null
  /** Null where the job writes nothing. */
  readonly outputs: WrittenOutputs | null
  readonly newSorter: () => RowSorter
}

/** One place where the state and its recomputation are not the same. */
export interface PartDifference {
  /** What differs there: a key with its window, a record, a position, a name. */
  readonly at: string
  readonly state: string
  readonly again: string
}

export interface ComparedPart {
  /** `view NAME`, `output NAME`, `changes NAME`, `late`, `dead letters`, `watermarks`, `emitted`. */
  readonly part: string
  /** Rows or records that were compared, of all that the state has. */
  readonly compared: number
  readonly of: number
  /** By the state; null where a part has none. */
  readonly digest: string | null
  /** Elements (windows: those that begin) from this event time on, in ms; null where that is not the limit. */
  readonly since: number | null
  /** Why something of the part was not compared, as a sentence; null where everything was. */
  readonly left: string | null
  /** How many rows or records differ, as far as that was looked at, and the first of them. */
  readonly differing: number
  readonly differences: readonly PartDifference[]
}

/** Compares one kind of what a commit has made. */
export type Comparison = (context: ComparisonContext) => Promise<readonly ComparedPart[]>

/** Differences of a part that are shown. */
export const SHOWN_DIFFERENCES = 5

/** Why a part cannot be compared that needs records which are gone. */
export const NEEDS_GONE = 'needs records that are gone'

/** Why a difference is none that the compaction of a topic can have made. */
export const COMPACTED = 'differs, as the compaction of a topic can make it'
