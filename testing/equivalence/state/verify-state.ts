// Verifies a committed state, also while a run or a stream writes it: one commit of it against what batch computes from
// the log up to the cut of that commit.
//
// Promises: everything that the commit says of the result is compared, or named as not compared with the reason; the
// process that writes the state is not disturbed, and the space that a held commit takes in its file is bounded by
// `holdMs`. Rows that differ are shown as that commit had them. Nothing is left behind.
// Not here: the stream under other schedules, and the reference (`verify-job.ts`); the exit code 7 (`cli`).

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { closeAll } from '../../../core/close-all.ts'
import { sortedCut } from '../../../core/log/cut.ts'
import { isLogPlace, openLog } from '../../../logs/index.ts'
import { bufferLimits } from '../../../run/memory-limits.ts'
import { writingNodes } from '../../../run/outputs.ts'
import { compactedTables } from '../../../run/reading/compacted-tables.ts'
import { sorterFactory } from '../../../run/sorters.ts'
import { defaultOut, writtenTo } from '../../../run/state/folders.ts'
import { readProgress, readWritten } from '../../../run/state/read-state.ts'
import { WrittenOutputs } from '../../../run/state/written-outputs.ts'
import { openStateReader } from '../../../store/index.ts'
import { type Changeable, changeableParts } from '../compacted-state.ts'
import { Comparable } from '../comparable.ts'
import { comparedChangelogs } from './compare-changelogs.ts'
import { comparedCounts } from './compare-counts.ts'
import { comparedOutputs } from './compare-outputs.ts'
import { comparedTables } from './compare-tables.ts'
import type { ComparedPart, Comparison, ComparisonContext } from './comparison.ts'
import { type Recomputed, type RecomputeOptions, recompute } from './recompute.ts'
import { type Snapshot, takeSnapshot } from './snapshot.ts'
import type { StateVerdict } from './state-verdict.ts'

/** What is compared of every state, in this order. */
const COMPARISONS: readonly Comparison[] = [comparedTables, comparedOutputs, comparedChangelogs, comparedCounts]

interface StateOptions extends RecomputeOptions {
  readonly state: string
  /** Where its outputs are; default: where it has written to. */
  readonly out?: string | undefined
  /** ms for which a commit may be held while it is copied. Default 30,000. */
  readonly holdMs?: number | undefined
  /** ms for which records are waited for that are on their way to the topics of a state that runs. Default 10,000. */
  readonly arrivalMs?: number | undefined
  /** What else is compared with the commit: where rows go besides the state and its topics. */
  readonly further?: readonly Comparison[] | undefined
  /** When it aborts, the call rejects with its reason, and nothing is left behind. */
  readonly signal?: AbortSignal | undefined
  /** Called with its name before each step, and waited for. */
  readonly onStep?: ((step: VerifyStep) => void | Promise<void>) | undefined
}

type VerifyStep = 'copying a commit' | 'computing it again' | 'comparing'

const HOLD_MS = 30_000
const ARRIVAL_MS = 10_000

/** Throws the typed errors of a run; a difference is no error but a verdict. */
export async function verifyState(options: StateOptions): Promise<StateVerdict> {
  const scratch = mkdtempSync(join(tmpdir(), 'lyrebird-verify-'))
  try {
    return await unlessAborted(options.signal, verdictOf(options, scratch))
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** Waits for the work no longer than until it is to stop: it may itself wait for brokers. */
async function unlessAborted<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (signal === undefined) return await work
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  return await Promise.race([work, aborted])
}

async function verdictOf(options: StateOptions, scratch: string): Promise<StateVerdict> {
  const { functions, state, holdMs = HOLD_MS, recompute: command, onStep } = options
  const { plan } = functions
  await onStep?.('copying a commit')
  const snapshot = await takeSnapshot(state, { plan, scratch, holdMs, recompute: command })
  const closings: (() => unknown)[] = [() => snapshot.rows.close()]
  try {
    const outputs = await outputsOf(snapshot, options)
    if (outputs !== null) closings.unshift(() => outputs.close())
    await onStep?.('computing it again')
    let folders = 0
    const again = await recompute(snapshot.progress, options, () => join(scratch, `again-${folders++}`))
    await onStep?.('comparing')
    const parts = await compared(snapshot, again, outputs, options, scratch)
    return verdict(snapshot, again, parts, options)
  } finally {
    await closeAll(...closings)
  }
}

/** What is in the topics now, as soon as everything is there that the commit counts. */
async function outputsOf(snapshot: Snapshot, options: StateOptions): Promise<WrittenOutputs | null> {
  const { functions, state, out, arrivalMs = ARRIVAL_MS, patience } = options
  const topics = writingNodes(functions.plan).map(({ kind, params: { topic, partitions } }) => ({
    topic,
    partitions,
    content: kind === 'output' ? ('elements' as const) : ('changes' as const),
  }))
  if (topics.length === 0) return null
  return await WrittenOutputs.open({
    place: out ?? writtenTo(state),
    state: snapshot.job?.id ?? null,
    topics,
    counts: snapshot.written,
    waitMs: snapshot.writer === null ? 0 : arrivalMs,
    patience,
  })
}

async function compared(
  snapshot: Snapshot,
  { state, remaining }: Recomputed,
  outputs: WrittenOutputs | null,
  options: StateOptions,
  scratch: string,
): Promise<readonly ComparedPart[]> {
  const { plan } = options.functions
  const reader = openStateReader(state)
  try {
    const progress = readProgress(reader, state)
    const context: ComparisonContext = {
      plan,
      snapshot,
      again: { state: reader, progress, out: defaultOut(state), written: readWritten(reader) },
      comparable: remaining.gone.length === 0 ? null : new Comparable(plan, remaining),
      changeable: await changeable(options),
      outputs,
      newSorter: sorterFactory(scratch, bufferLimits(plan, options)),
    }
    const parts: ComparedPart[] = []
    for (const compare of [...COMPARISONS, ...(options.further ?? [])]) parts.push(...(await compare(context)))
    return parts
  } finally {
    await reader.close()
  }
}

/** Null where no table that the job reads is of a topic that drops records. */
async function changeable({ functions: { plan }, log: place, patience }: StateOptions): Promise<Changeable | null> {
  const log = isLogPlace(place) ? await openLog(place, patience) : place
  try {
    const tables = await compactedTables(log, plan)
    return tables.length === 0 ? null : changeableParts(plan, tables)
  } finally {
    if (isLogPlace(place)) await log.close()
  }
}

function verdict(
  snapshot: Snapshot,
  { records, remaining }: Recomputed,
  parts: readonly ComparedPart[],
  { functions, state }: StateOptions,
): StateVerdict {
  const { commit, progress, writer, heldMs } = snapshot
  return {
    equal: parts.every(({ differing }) => differing === 0),
    whole: remaining.gone.length === 0 && parts.every(({ left }) => left === null),
    job: functions.plan.job,
    state,
    commit,
    writer,
    cut: Object.fromEntries(sortedCut(progress.cut).map(([name, offset]) => [name, String(offset)])),
    final: progress.sealed,
    records,
    heldMs: Math.ceil(heldMs),
    gone: remaining.gone.map(({ partition, from, to, verified }) => ({
      partition,
      from: String(from),
      to: String(to),
      verified: String(verified),
    })),
    parts,
  }
}
