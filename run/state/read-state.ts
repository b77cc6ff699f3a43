// Reads a committed state: its commit, its plan and progress, and every part of its result, row by row.
//
// Promises: the only place where rows and documents of a state become parts of a result; `query`, `verify` and the test
// kit read here. What is read is one commit, for as long as the reader is open. Rows come in byte
// order of their keys in the state.
// Not here: how rows look (core/result/result-json.ts), and comparing results (testing/equivalence).

import { crc32 } from 'node:zlib'
import { LyrebirdError } from '../../core/errors.ts'
import { PROGRESS, Progress } from '../../core/executor/progress.ts'
import { TIME_MARKS, TimeMarks } from '../../core/executor/time-marks.ts'
import type { Chunk } from '../../core/log/chunk.ts'
import { ShownState } from '../../core/operators/aggregate/shown-state.ts'
import type { Plan, PlanNodeOf, PlanResult } from '../../core/plan/plan.ts'
import { nodeOf, sourcesOf, tableRoot } from '../../core/plan/plan-index.ts'
import { sharesState } from '../../core/plan/shares-state.ts'
import type { DeadLetter } from '../../core/result/dead-letter.ts'
import type { LateRow, OutputRecord, ViewRow } from '../../core/result/result.ts'
import type { RowSorter, StateAccess } from '../../core/state/environment.ts'
import { decodeDead, decodeLate, decodeViewRow, TABLE } from '../../core/state/row-codec.ts'
import type { Row } from '../../core/state/rows.ts'
import { movedBytes, rowKeyOf, storedKey, windowBytes } from '../../core/tables/view-order.ts'
import type { Log, PartitionRange } from '../../logs/log.ts'
import type { RecordCounts, SinkCommit } from '../../sinks/sink.ts'
import {
  type CommitDocument,
  DOCUMENT,
  decodeJson,
  decodeRecordCounts,
  hasViewsByWindow,
  type JobDocument,
  STATE_FORMAT,
  type StoredCommit,
} from './documents.ts'

/** The documents of a commit. */
export interface CommittedState {
  readonly directory: string
  readonly plan: Plan
  /** Null in a state without this document. */
  readonly job: JobDocument | null
  readonly progress: Progress
  /** Null in a state whose last commit has no number. */
  readonly commit: CommitDocument | null
  /** Records of the outputs by topic and partition. */
  readonly written: RecordCounts
}

/** Throws `state-missing` where nothing has been committed, `state-too-new`, `state-corrupt`. */
export function readCommitted(state: StateAccess, directory: string): CommittedState {
  // First, since what a newer version wrote may mean something else.
  const job = readJobDocument(state)
  const progress = readProgress(state, directory)
  const plan = readPlan(state)
  if (plan === null) {
    throw new LyrebirdError('state-corrupt', `the state in ${directory} holds no plan`, { where: { state: directory } })
  }
  return { directory, plan, job, progress, commit: readCommit(state), written: readWritten(state) }
}

/** The plan that a state was computed by; null where it has none. Throws `state-corrupt`. */
export function readPlan(state: StateAccess): Plan | null {
  const bytes = state.document(DOCUMENT.plan)
  return bytes === undefined ? null : decodeJson<Plan>(DOCUMENT.plan, bytes)
}

/** The committed progress of a state. Throws `state-missing` where there is none. */
export function readProgress(state: StateAccess, directory: string): Progress {
  const bytes = state.document(PROGRESS)
  if (bytes !== undefined) {
    const progress = Progress.decode(bytes)
    const marks = state.document(TIME_MARKS)
    if (marks !== undefined) progress.marks = TimeMarks.decode(marks)
    return progress
  }
  throw new LyrebirdError('state-missing', `nothing has been committed to the state in ${directory}`, {
    hint: 'run batch or stream with this state directory first',
  })
}

/** The job that a state belongs to; null where nothing has been written. Throws `state-too-new`. */
export function readJobDocument(state: StateAccess): JobDocument | null {
  const bytes = state.document(DOCUMENT.job)
  if (bytes === undefined) return null
  const stored = decodeJson<JobDocument>(DOCUMENT.job, bytes)
  if (stored.format <= STATE_FORMAT) return stored
  throw new LyrebirdError(
    'state-too-new',
    `the state has format ${stored.format}; this version knows formats up to ${STATE_FORMAT}`,
    {
      where: { format: stored.format },
      hint: 'use the version of lyrebird that wrote it, or a newer one',
    },
  )
}

/** Which commit a state is at; null where its last commit has no number. */
export function readCommit(state: StateAccess): CommitDocument | null {
  const stored = lastNumbered(state)
  if (stored === null) return null
  const { progress, ...commit } = stored
  const bytes = state.document(PROGRESS)
  return progress === undefined || (bytes !== undefined && crc32(bytes) === progress) ? commit : null
}

/** The last commit of a state that has a number; later ones, of an older version, may have none. */
export function lastNumbered(state: StateAccess): StoredCommit | null {
  const bytes = state.document(DOCUMENT.commit)
  return bytes === undefined ? null : decodeJson<StoredCommit>(DOCUMENT.commit, bytes)
}

/** Records of the outputs that a commit counts. */
export const readWritten = (state: StateAccess): RecordCounts => decodeRecordCounts(state.document(DOCUMENT.outputs))

/** The commit that a state is at, as a sink sees it. A state without a commit document is at number 0. */
export function lastCommit(state: StateAccess): SinkCommit {
  const { number, epoch } = lastNumbered(state) ?? { number: 0, epoch: 0 }
  const { cut } = Progress.decode(state.document(PROGRESS) as Uint8Array)
  return { number, epoch, cut, records: readWritten(state) }
}

/** The watermark of a node; plus infinity once the history is complete. */
export function watermarkAt(progress: Progress, plan: Plan, node: string): number {
  if (progress.sealed) return Number.POSITIVE_INFINITY
  return Math.min(...sourcesOf(plan, node).map(source => progress.sourceWatermark(source).watermark))
}

/** The bytes of a row are valid until the next row is read; rows come in the order in which they are stored. */
export function* viewRows(state: StateAccess, plan: Plan, name: string): Generator<ViewRow> {
  for (const [key, stored] of storedRows(state, plan, name)) yield decodeViewRow(key, stored)
}

/** Whether all views are stored by window (`core/tables/view-order.ts`). */
function viewsByWindow(state: StateAccess): boolean {
  const job = readJobDocument(state)
  return job === null || hasViewsByWindow(job.format)
}

/** Where the rows of a view are, and how one is read there. */
export interface StoredView {
  readonly table: string
  /** Bytes of the window that are moved behind the key where it is stored. */
  readonly moved: number
  /** The row key of a row by its key in the state. */
  rowKeyOf(key: Uint8Array): Uint8Array
  /** What a view stores of a row, by its value in the state; the bytes may be those that were given. */
  storedOf(value: Uint8Array): Uint8Array
}

/** A view's rows are its own, or those that it shares with the state of its aggregation. */
export function storedView(state: StateAccess, plan: Plan, name: string): StoredView {
  const { node } = viewOf(plan, name)
  if (!sharesState(plan, node)) {
    const moved = movedBytes(plan, node, viewsByWindow(state))
    return {
      table: TABLE.view(name),
      moved,
      rowKeyOf: key => (moved === 0 ? key : rowKeyOf(key, moved)),
      storedOf: value => value,
    }
  }
  const shown = new ShownState(nodeOf(plan, node) as PlanNodeOf<'aggregate'>)
  return { table: TABLE.state(node), moved: 0, rowKeyOf: key => key, storedOf: value => shown.stored(value).slice() }
}

/** Row keys and stored values of a view's rows, in the order in which they are stored. */
export function* storedRows(state: StateAccess, plan: Plan, name: string): Generator<Row> {
  const view = storedView(state, plan, name)
  for (const [key, value] of state.range(view.table)) yield [view.rowKeyOf(key), view.storedOf(value)]
}

/** The same by key, then by window, also of views that are stored by window: these are sorted. */
export function* viewRowsByKey(
  state: StateAccess,
  plan: Plan,
  name: string,
  newSorter: () => RowSorter,
): Generator<ViewRow> {
  for (const [key, stored] of storedRowsByKey(state, plan, name, newSorter)) yield decodeViewRow(key, stored)
}

/** Row keys and stored values in that order. */
export function* storedRowsByKey(
  state: StateAccess,
  plan: Plan,
  name: string,
  newSorter: () => RowSorter,
): Generator<Row> {
  const { node } = viewOf(plan, name)
  const bytes = windowBytes(tableRoot(plan, node).params.window)
  if (bytes === movedBytes(plan, node, viewsByWindow(state))) return yield* storedRows(state, plan, name)
  const sorter = newSorter()
  try {
    for (const [rowKey, stored] of storedRows(state, plan, name)) sorter.add(storedKey(rowKey, bytes), stored)
    for (const [key, stored] of sorter.sorted()) yield [rowKeyOf(key, bytes), stored]
  } finally {
    sorter.dispose()
  }
}

/** The view of a name, which the plan has. */
export function viewOf(plan: Plan, name: string): PlanResult {
  return plan.results.find(r => r.kind === 'view' && r.name === name) as PlanResult
}

export function* lateRows(state: StateAccess): Generator<LateRow> {
  for (const [key, value] of state.range(TABLE.late)) yield decodeLate(key, value)
}

export function* deadLetters(state: StateAccess): Generator<DeadLetter> {
  for (const [key, value] of state.range(TABLE.dead)) yield decodeDead(key, value)
}

/** A record that an output or a changelog wrote; without value where the row of its key is gone. */
export type WrittenRecord = Omit<OutputRecord, 'value'> & { readonly value: Uint8Array | null }

/** The records of one partition of an output's topic, from <= offset < to. */
export async function* writtenRecords(
  log: Log,
  topic: string,
  partition: number,
  from: bigint,
  to: bigint,
): AsyncGenerator<WrittenRecord> {
  if (from >= to) return
  for await (const chunk of log.read(topic, partition, from, to)) {
    for (let i = 0; i < chunk.count; i++) yield recordAt(chunk, i)
  }
}

/** As many records of a partition as a commit counts, for a topic of a cluster, where offsets are no counts. */
export async function* countedRecords(
  log: Log,
  { topic, partition, start, end }: PartitionRange,
  count: bigint,
): AsyncGenerator<WrittenRecord> {
  let left = count
  for await (const record of writtenRecords(log, topic, partition, start, end)) {
    if (left-- <= 0n) return
    yield record
  }
}

function recordAt(chunk: Chunk, i: number): WrittenRecord {
  const [key, value] = [chunk.keyStart?.[i] ?? -1, chunk.valueStart[i] as number]
  return {
    timestamp: chunk.timestamps?.[i] ?? Number.NaN,
    key: key < 0 ? null : chunk.bytes.slice(key, chunk.keyEnd?.[i]),
    value: value < 0 ? null : chunk.bytes.slice(value, chunk.valueEnd[i]),
    headers: chunk.headers(i).map(h => ({ key: h.key, value: h.value === null ? null : new Uint8Array(h.value) })),
  }
}
