// Swaps the old version of a job in a state for the new one.
//
// Promises: one transaction at one cut: readers see the old version, then the new one. What is brought over is staged
// before it, in bounded memory; records of new outputs are where they go before it, unseen, and are shown after it. A
// crash before the transaction leaves the old version, one after it the new one, and the next run does what is left.
// Not here: who owns the state (take-state.ts), and what is computed beside (beside.ts).

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { thenClose } from '../../core/close-all.ts'
import { PROGRESS, type Progress } from '../../core/executor/progress.ts'
import { TIME_MARKS } from '../../core/executor/time-marks.ts'
import { reducedPlan } from '../../core/plan/reduced-plan.ts'
import { TABLE } from '../../core/state/row-codec.ts'
import { compareBytes } from '../../core/values/bytes.ts'
import { wallClock } from '../../run/clock.ts'
import type { RunOptions } from '../../run/job-run.ts'
import { bufferLimits } from '../../run/memory-limits.ts'
import { type Outputs, openOutputs, writingNodes } from '../../run/outputs.ts'
import { sorterFactory } from '../../run/sorters.ts'
import {
  DOCUMENT,
  encodeJson,
  encodeRecordCounts,
  type JobDocument,
  jobDocument,
  STATE_FORMAT,
  type StoredCommit,
} from '../../run/state/documents.ts'
import { folderFrom, makeScratch, scratchOf } from '../../run/state/folders.ts'
import { sinkOf } from '../../run/state/output-place.ts'
import { lastNumbered, readJobDocument } from '../../run/state/read-state.ts'
import { runtimeVersions } from '../../run/state/versions.ts'
import type { StagedRows, StateReader, StateTransaction, StateWriter } from '../../store/store.ts'
import { topicsGone } from './check-outputs.ts'
import type { Upgrade } from './compare-plans.ts'
import { composeProgress, rowsOfNode } from './compose-progress.ts'
import { releaseStaged } from './staged-outputs.ts'
import type { UpgradeSteps } from './steps.ts'
import { type UpgradedTables, upgradedTables } from './tables.ts'

interface SwapOptions {
  readonly options: RunOptions
  readonly upgrade: Upgrade
  readonly writer: StateWriter
  /** Progress of the state's last commit. */
  readonly before: Progress
  /** What was computed beside, at the same cut; null where nothing was. */
  readonly next: { readonly reader: StateReader; readonly progress: Progress; readonly out: string } | null
  /** Nodes that write to topics which the old version did not write to. */
  readonly fresh: ReadonlySet<string>
  readonly retired: readonly string[]
  readonly step: UpgradeSteps
}

export async function swap(swapped: SwapOptions): Promise<void> {
  const { options, upgrade, writer, step } = swapped
  makeScratch(options.state)
  const outputs = await outputsOf(swapped)
  const bring = async (): Promise<void> => {
    const { next, fresh, before } = swapped
    const { number = 0 } = lastNumbered(writer) ?? {}
    const write = new Bringing(swapped)
    step('staged')
    const commit = { number: number + 1, time: wallClock(), epoch: writer.epoch }
    if (outputs !== null && next !== null) await releaseStaged(next.out, upgrade.now, fresh, outputs)
    await outputs?.prepare({ ...commit, cut: before.cutNow })
    step('outputs-prepared')
    await writer.commit(transaction => {
      write.tables(transaction)
      write.documents(transaction, commit, outputs?.records ?? new Map())
      step('in-transaction')
    })
    step('swapped')
    await outputs?.publish()
    step('outputs-published')
  }
  await thenClose(
    bring,
    () => outputs?.close(),
    () => rmSync(scratchOf(options.state), { recursive: true, force: true }),
  )
}

/**
 * The outputs of the new version; null where it has none. Those of topics that are gone are first brought to what the
 * state counts, since nobody opens them again.
 */
async function outputsOf({ options, upgrade, writer }: SwapOptions): Promise<Outputs | null> {
  const { before, now } = upgrade
  const { id, format } = readJobDocument(writer) as JobDocument
  const open = (plan: Upgrade['now']): Promise<Outputs> =>
    openOutputs(plan, options, sinkOf(options), { writer, id, format, fresh: false })
  const gone = new Set(topicsGone(before, now))
  const results = before.results.filter(({ node }) =>
    writingNodes(before).some(w => w.id === node && gone.has(w.params.topic)),
  )
  if (results.length > 0) {
    const last = await open(reducedPlan(before, new Set(results.map(({ name }) => name))))
    await thenClose(
      () => last.drain(),
      () => last.close(),
    )
  }
  return writingNodes(now).length === 0 ? null : await open(now)
}

/** Everything that the transaction writes; tables are staged when it is made. */
class Bringing {
  readonly #o: SwapOptions
  readonly #tables: UpgradedTables
  readonly #staged: ReadonlyMap<string, StagedRows | null>

  constructor(options: SwapOptions) {
    this.#o = options
    this.#tables = upgradedTables(options.upgrade)
    const staged = new Map<string, StagedRows | null>()
    const { writer, next } = options
    if (next !== null) {
      const there = new Set(next.reader.tables())
      for (const table of this.#tables.brought) {
        if (there.has(table)) staged.set(table, writer.stage(next.reader.range(table), false))
      }
    }
    this.#staged = staged
  }

  tables(transaction: StateTransaction): void {
    const { adds, kept } = this.#tables
    transaction.keepTables(kept)
    for (const [table, rows] of this.#staged) if (rows !== null) transaction.replaceStaged(table, rows)
    if (adds) for (const table of [TABLE.late, TABLE.dead]) this.#changeReports(transaction, table)
  }

  /** Takes out the late records or dead letters of nodes that do not stay, and adds those of new ones. */
  #changeReports(transaction: StateTransaction, table: string): void {
    const { options, upgrade, writer, next } = this.#o
    const changes = sorterFactory(scratchOf(options.state), bufferLimits(upgrade.now, options))()
    for (const { id } of upgrade.before.nodes) {
      if (upgrade.keepsLetters(id)) continue
      for (const [key] of writer.range(table, ...rowsOfNode(id))) changes.add(key, GONE)
    }
    for (const [key, value] of next?.reader.range(table) ?? []) changes.add(key, value)
    if (changes.rows > 0) transaction.applyChanges(table, changed(changes.sorted()))
    changes.dispose()
  }

  documents(transaction: StateTransaction, commit: Omit<StoredCommit, 'progress'>, records: Outputs['records']): void {
    const { options, upgrade, writer, before, next, retired } = this.#o
    const { now, whole } = upgrade
    const progress = composeProgress(upgrade, writer, before, next?.progress ?? null)
    const bytes = progress.encode()
    transaction.putDocument(PROGRESS, bytes)
    transaction.putDocument(TIME_MARKS, progress.marks.encode())
    transaction.putDocument(DOCUMENT.outputs, encodeRecordCounts(records))
    transaction.putDocument(DOCUMENT.commit, encodeJson({ ...commit, progress: crc32(bytes) } satisfies StoredCommit))
    const job = readJobDocument(writer) as JobDocument
    const other = next === null ? null : readJobDocument(next.reader)
    const intl = (whole === null && job.versions.intl === true) || other?.versions.intl === true
    const format = whole === null ? job.format : STATE_FORMAT
    const versions = { ...runtimeVersions(), intl }
    const document = jobDocument(now, { id: job.id, format }, versions, folderFrom(options.state, options.folder))
    transaction.putDocument(DOCUMENT.job, encodeJson(document))
    transaction.putDocument(DOCUMENT.plan, encodeJson(now))
    const topics = [...new Set([...retired, ...topicsGone(upgrade.before, now)])].sort()
    if (topics.length > 0) transaction.putDocument(DOCUMENT.retired, encodeJson(topics))
  }
}

/** In place of a value: the row is taken out. No value is empty. */
const GONE = new Uint8Array(0)

/** Of equal keys the row that is added counts. */
function* changed(rows: Iterable<readonly [Uint8Array, Uint8Array]>): Generator<[Uint8Array, Uint8Array | null]> {
  let last: [Uint8Array, Uint8Array | null] | null = null
  for (const [key, value] of rows) {
    const own = value.length === 0 ? null : value.slice()
    if (last !== null && compareBytes(last[0], key) === 0) {
      last[1] ??= own
      continue
    }
    if (last !== null) yield last
    last = [key.slice(), own]
  }
  if (last !== null) yield last
}

export const outOfNext = (directory: string): string => join(directory, 'out')
