// The whole result that a state directory and its outputs hold, as the reference gives it: for comparing.
//
// Promises: everything of core/result/result.ts, read from the disk; a view whose rows do not add up to the digest that the state keeps for
// it is `state-corrupt`. Leaves out: bounded memory; results are compared in memory.

import { LyrebirdError } from '../../core/errors.ts'
import { PROGRESS, TALLY } from '../../core/executor/job-executor.ts'
import { Progress } from '../../core/executor/progress.ts'
import { EMITTING_KINDS, type Plan, type PlanResult } from '../../core/plan/plan.ts'
import { type Handed, type JobResult, type OutputRecord, sortedResult, type ViewRow } from '../../core/result/result.ts'
import { decodeDead, decodeLate, decodeViewValue, TABLE, VIEW_ERROR, VIEW_VALUE } from '../../core/state/row-codec.ts'
import { Tally } from '../../core/state/tally.ts'
import { canonicalBytes } from '../../core/values/canonical.ts'
import { openLog } from '../../logs/index.ts'
import { sourceNodes } from '../../run/bind-log.ts'
import { DOCUMENT, decodePositions } from '../../run/state/documents.ts'
import { outputNodes } from '../../sinks/embedded/embedded-topics.ts'
import { openStateReader, type StateReader } from '../../store/index.ts'

/** Reads a committed state. Throws `state-missing` where nothing has been committed, and the errors of a damaged state or output. */
export async function readWholeResult(stateDir: string, outDir: string, plan: Plan): Promise<JobResult> {
  const state = openStateReader(stateDir)
  try {
    const progress = readProgress(state, stateDir)
    const views = plan.results.filter(r => r.kind === 'view')
    return sortedResult({
      views: new Map(views.map(view => [view.name, viewRows(state, progress, view)])),
      outputs: await outputs(state, outDir, plan),
      late: [...state.range(TABLE.late)].map(([key, value]) => decodeLate(key, value)),
      dead: [...state.range(TABLE.dead)].map(([key, value]) => decodeDead(key, value)),
      handed: handed(progress, plan),
      watermarks: new Map(sourceNodes(plan).map(s => [s.id, watermark(progress, s)])),
    })
  } finally {
    await state.close()
  }
}

/** The committed progress of a state. Throws `state-missing` where there is none. */
export function readProgress(state: StateReader, directory: string): Progress {
  const bytes = state.document(PROGRESS)
  if (bytes !== undefined) return Progress.decode(bytes)
  throw new LyrebirdError('state-missing', `nothing has been committed to the state in ${directory}`, {
    hint: 'run batch or stream with this state directory first',
  })
}

function viewRows(state: StateReader, progress: Progress, { name }: PlanResult): ViewRow[] {
  const tally = new Tally()
  const rows: ViewRow[] = []
  for (const [key, stored] of state.range(TABLE.view(name))) {
    tally.add(key, stored)
    const decoded = decodeViewValue(stored)
    const row = new Uint8Array(key)
    if ('error' in decoded) rows.push({ key: row, value: null, error: decoded.error })
    else rows.push({ key: row, value: stored.slice(1), error: null })
  }
  const [now, kept] = [tally.data, progress.tally(TALLY.view(name)).data]
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
export function viewDigest(rows: readonly ViewRow[]): Handed {
  const tally = new Tally()
  for (const { key, value, error } of rows) {
    const bytes = value ?? canonicalBytes(error)
    const stored = new Uint8Array(bytes.length + 1)
    stored[0] = value === null ? VIEW_ERROR : VIEW_VALUE
    stored.set(bytes, 1)
    tally.add(key, stored)
  }
  return tally.data
}

function handed(progress: Progress, plan: Plan): Map<string, Handed> {
  const all = new Map([TALLY.late, TALLY.dead].map(name => [name as string, progress.tally(name).data]))
  for (const { id, kind } of plan.nodes) {
    if (EMITTING_KINDS.has(kind) || kind === 'output') all.set(id, progress.tally(TALLY.handed(id)).data)
  }
  return all
}

function watermark(progress: Progress, source: Parameters<Progress['sourceWatermark']>[0]): number {
  return progress.sealed ? Number.POSITIVE_INFINITY : progress.sourceWatermark(source).watermark
}

async function outputs(state: StateReader, outDir: string, plan: Plan): Promise<JobResult['outputs']> {
  const nodes = outputNodes(plan)
  const all = new Map<string, readonly (readonly OutputRecord[])[]>()
  if (nodes.length === 0) return all
  const positions = decodePositions(state.document(DOCUMENT.outputs))
  const log = await openLog(outDir)
  try {
    for (const { name, node: id } of plan.results) {
      const node = nodes.find(n => n.id === id)
      if (node === undefined) continue
      const { topic, partitions } = node.params
      const records: OutputRecord[][] = []
      for (let p = 0; p < partitions; p++) records.push(await written(log, topic, p, positions.get(topic)?.[p] ?? 0n))
      all.set(name, records)
    }
  } finally {
    await log.close()
  }
  return all
}

/** The records of one partition of an output, which ends exactly where the state says. */
async function written(log: Awaited<ReturnType<typeof openLog>>, topic: string, partition: number, end: bigint) {
  const range = (await log.partitions(topic)).find(r => r.partition === partition)
  if (range === undefined || range.end !== end) {
    throw new LyrebirdError('truncated', `output ${topic}/${partition} ends at ${range?.end}, the state says ${end}`, {
      where: { topic, partition },
      hint: 'the next run with this state completes what a killed run left; start one',
    })
  }
  const records: OutputRecord[] = []
  for await (const chunk of log.read(topic, partition, range.start, end)) {
    for (let i = 0; i < chunk.count; i++) {
      const [key, keyEnd] = [chunk.keyStart?.[i] ?? -1, chunk.keyEnd?.[i]]
      records.push({
        timestamp: chunk.timestamps?.[i] ?? Number.NaN,
        key: key < 0 ? null : chunk.bytes.slice(key, keyEnd),
        value: chunk.bytes.slice(chunk.valueStart[i], chunk.valueEnd[i]),
        headers: chunk.headers(i).map(h => ({ key: h.key, value: h.value === null ? null : new Uint8Array(h.value) })),
      })
    }
  }
  return records
}
