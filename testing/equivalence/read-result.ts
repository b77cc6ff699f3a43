// The whole result that a state directory and its outputs hold, in the shape of the reference's, for comparing.
//
// Promises: everything of core/result/result.ts, read from the disk; a view whose rows do not match the digest that the
// state keeps for it is `state-corrupt`.
// Does not bound memory: results are compared in memory.

import { LyrebirdError } from '../../core/errors.ts'
import type { Progress } from '../../core/executor/progress.ts'
import type { Plan, PlanNodeOf, PlanResult } from '../../core/plan/plan.ts'
import { EMITTING_KINDS } from '../../core/plan/words.ts'
import { listedLetters } from '../../core/result/listed-letters.ts'
import { type JobResult, type OutputRecord, sortedResult, type ViewRow } from '../../core/result/result.ts'
import { DIGEST } from '../../core/state/digests.ts'
import { decodeViewRow, VIEW_ERROR, VIEW_VALUE } from '../../core/state/row-codec.ts'
import { canonicalBytes } from '../../core/values/canonical.ts'
import type { DigestSummary } from '../../core/values/multiset-digest.ts'
import { MultisetDigest } from '../../core/values/multiset-digest.ts'
import { openLog } from '../../logs/index.ts'
import { isKafkaAddress } from '../../logs/kafka/login/address.ts'
import type { Log } from '../../logs/log.ts'
import { sourceNodes } from '../../run/reading/bind-log.ts'
import {
  countedRecords,
  deadLetters,
  lateRows,
  readProgress,
  readWritten,
  storedRows,
  writtenRecords,
} from '../../run/state/read-state.ts'
import { openStateReader, type StateReader } from '../../store/index.ts'

/**
 * Reads a committed state. Throws `state-missing` where nothing has been committed, and the errors of a damaged state
 * or output.
 */
export async function readWholeResult(stateDir: string, outDir: string, plan: Plan): Promise<JobResult> {
  const state = openStateReader(stateDir)
  try {
    return await readResult(state, stateDir, outDir, plan)
  } finally {
    await state.close()
  }
}

/** The same of an open state, or of the copy of a commit. */
export async function readResult(state: StateReader, stateDir: string, outDir: string, plan: Plan): Promise<JobResult> {
  const progress = readProgress(state, stateDir)
  const views = plan.results.filter(r => r.kind === 'view')
  return sortedResult({
    views: new Map(views.map(view => [view.name, checkedRows(state, plan, progress, view)])),
    outputs: await outputs(state, outDir, plan),
    late: [...lateRows(state)],
    dead: listedLetters([...deadLetters(state)], plan),
    emitted: emitted(progress, plan),
    watermarks: new Map(sourceNodes(plan).map(s => [s.id, watermark(progress, s)])),
  })
}

function checkedRows(state: StateReader, plan: Plan, progress: Progress, { name }: PlanResult): ViewRow[] {
  const digest = new MultisetDigest()
  const rows: ViewRow[] = []
  for (const [key, stored] of storedRows(state, plan, name)) {
    digest.addRow(key, stored)
    rows.push(decodeViewRow(new Uint8Array(key), new Uint8Array(stored)))
  }
  const [now, kept] = [digest.summary, progress.digest(DIGEST.view(name)).summary]
  if (now.digest === kept.digest && now.count === kept.count) return rows
  throw new LyrebirdError(
    'state-corrupt',
    `view ${name} holds ${now.count} rows of digest ${now.digest}, not what its digest says`,
    {
      where: { view: name, rows: kept.count, digest: kept.digest },
    },
  )
}

/** Count and digest of a view's rows, as the state keeps them. */
export function viewDigest(rows: readonly ViewRow[]): DigestSummary {
  const digest = new MultisetDigest()
  for (const { key, value, error } of rows) {
    const bytes = value ?? canonicalBytes(error)
    const stored = new Uint8Array(bytes.length + 1)
    stored[0] = value === null ? VIEW_ERROR : VIEW_VALUE
    stored.set(bytes, 1)
    digest.addRow(key, stored)
  }
  return digest.summary
}

function emitted(progress: Progress, plan: Plan): Map<string, DigestSummary> {
  const all = new Map([DIGEST.late, DIGEST.dead].map(name => [name as string, progress.digest(name).summary]))
  for (const { id, kind } of plan.nodes) {
    if (EMITTING_KINDS.has(kind) || kind === 'output') all.set(id, progress.digest(DIGEST.emitted(id)).summary)
  }
  return all
}

function watermark(progress: Progress, source: Parameters<Progress['sourceWatermark']>[0]): number {
  return progress.sealed ? Number.POSITIVE_INFINITY : progress.sourceWatermark(source).watermark
}

async function outputs(state: StateReader, outDir: string, plan: Plan): Promise<JobResult['outputs']> {
  const all = new Map<string, readonly (readonly OutputRecord[])[]>()
  const nodes = plan.nodes.filter((n): n is PlanNodeOf<'output'> => n.kind === 'output')
  if (nodes.length === 0) return all
  const counts = readWritten(state)
  const log = await openLog(outDir)
  try {
    for (const { name, node: id } of plan.results) {
      const node = nodes.find(n => n.id === id)
      if (node === undefined) continue
      const { topic, partitions } = node.params
      const records: OutputRecord[][] = []
      const read = isKafkaAddress(outDir) ? firstRecords : recordsOf
      for (let p = 0; p < partitions; p++) records.push(await read(log, topic, p, counts.get(topic)?.[p] ?? 0n))
      all.set(name, records)
    }
  } finally {
    await log.close()
  }
  return all
}

/**
 * The first records of one partition of an output, as many as the state says, where offsets are no counts. Elements
 * that a restored state has not made again stand behind them.
 */
async function firstRecords(log: Log, topic: string, partition: number, count: bigint): Promise<OutputRecord[]> {
  const range = (await log.partitions(topic)).find(r => r.partition === partition)
  const records: OutputRecord[] = []
  if (range !== undefined) {
    for await (const record of countedRecords(log, range, count)) records.push(record as OutputRecord)
  }
  if (BigInt(records.length) === count) return records
  throw new LyrebirdError(
    'truncated',
    `output ${topic}/${partition} has ${records.length} records, the state says ${count}`,
    {
      where: { topic, partition },
      hint: 'the next run with this state sends what is missing, unless the topic has lost it to its retention',
    },
  )
}

/** The records of one partition of an output up to where the state says; later commits may have written more. */
async function recordsOf(log: Log, topic: string, partition: number, end: bigint): Promise<OutputRecord[]> {
  const range = (await log.partitions(topic)).find(r => r.partition === partition)
  if (range === undefined || range.end < end) {
    throw new LyrebirdError('truncated', `output ${topic}/${partition} ends at ${range?.end}, the state says ${end}`, {
      where: { topic, partition },
      hint: 'the next run with this state completes what a killed run left; start one',
    })
  }
  const records: OutputRecord[] = []
  for await (const record of writtenRecords(log, topic, partition, range.start, end))
    records.push(record as OutputRecord)
  return records
}
