// Opens a state directory for a job: checks that it is this job's and can be continued, by this version.
//
// Promises: refused with `state-incompatible` (every change named), `state-sealed`, `state-too-new`, before anything is
// read from the log or written.
// Not here: one writer, damaged files, durability (`store/`).

import { randomUUID } from 'node:crypto'
import { LyrebirdError } from '../../core/errors.ts'
import { PROGRESS, Progress } from '../../core/executor/progress.ts'
import type { Plan } from '../../core/plan/plan.ts'
import { openStateWriter } from '../../store/index.ts'
import type { StateWriter } from '../../store/store.ts'
import { type JobDocument, nextFormat, STATE_FORMAT } from './documents.ts'
import { planChanges } from './plan-changes.ts'
import { readJobDocument, readPlan } from './read-state.ts'
import { type EngineFault, intlFault, versionWarnings, zoneDataFault } from './versions.ts'

export interface OpenedState {
  readonly writer: StateWriter
  /** The random name of this state. */
  readonly id: string
  /** Of its rows and documents. */
  readonly format: number
  /** Nothing has been committed yet. */
  readonly fresh: boolean
  /** Lambdas have formatted something through `Intl`. */
  readonly intl: boolean
  readonly warnings: readonly string[]
}

/** Commands for hints. */
interface PlanHints {
  /** Recomputes the state. */
  readonly recompute: string
  /** Takes the changes of the job over into the state. */
  readonly upgrade?: string | undefined
}

interface StateOptions extends PlanHints {
  /** See `RunOptions`. */
  readonly durable?: boolean | undefined
}

/** Opens or makes the state of a job. */
export async function openState(
  directory: string,
  plan: Plan,
  { durable, ...hints }: StateOptions,
): Promise<OpenedState> {
  const writer = await openStateWriter(directory, { durable })
  try {
    return { writer, ...(await checkState(writer, plan, hints)) }
  } catch (error) {
    await writer.close()
    throw error
  }
}

/** Throws `state-incompatible` with every change, or where the state depends on other versions of ICU or zone data. */
export async function checkPlan(
  stored: JobDocument,
  plan: Plan,
  { recompute, upgrade, before = null }: PlanHints & { readonly before?: Plan | null | undefined },
): Promise<void> {
  if (planChanges(stored, plan).length === 0)
    return checkEngine(zoneDataFault(plan, stored.versions) ?? intlFault(stored.versions), recompute)
  const { explainedChanges } = await import('./explained-changes.ts')
  const changes = explainedChanges(stored, plan, before)
  throw new LyrebirdError('state-incompatible', `the state was computed by another plan: ${changes.join('; ')}`, {
    where: { changes: changes.join('; ') },
    hint: `${upgrade === undefined ? '' : `take the changes over without a stop: ${upgrade}; or `}compute it anew beside the old one: ${recompute}`,
  })
}

/**
 * Throws `state-incompatible` where calendar windows were made with other time zone data. What lambdas formatted with
 * another ICU can still be read.
 */
export function checkZones({ versions }: JobDocument, plan: Plan, recompute: string): void {
  checkEngine(zoneDataFault(plan, versions), recompute)
}

function checkEngine(fault: EngineFault | null, recompute: string): void {
  if (fault === null) return
  throw new LyrebirdError('state-incompatible', `the state does not fit this engine: ${fault.text}`, {
    where: { before: fault.before, now: fault.now },
    hint: `run it under a Node with ${fault.before}, or compute it anew beside the old one: ${recompute}`,
  })
}

async function checkState(writer: StateWriter, plan: Plan, hints: PlanHints): Promise<Omit<OpenedState, 'writer'>> {
  const { recompute } = hints
  const stored = readJobDocument(writer)
  const progress = writer.document(PROGRESS)
  if (stored === null || progress === undefined)
    return { id: stored?.id ?? randomUUID(), format: STATE_FORMAT, fresh: true, intl: false, warnings: [] }
  await checkPlan(stored, plan, { ...hints, before: readPlan(writer) })
  if (Progress.decode(progress).sealed) {
    throw new LyrebirdError(
      'state-sealed',
      'the state is of a finished history (final): later records would fall into closed windows',
      {
        hint: `query it as it is, or compute a new one without \`final\`: ${recompute}`,
      },
    )
  }
  const intl = stored.versions.intl === true
  const { id } = stored
  return { id, format: nextFormat(stored.format), fresh: false, intl, warnings: versionWarnings(stored.versions) }
}
