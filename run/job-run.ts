// One run of a job over a log into a state: what batch and stream have in common, from opening to the last commit.
//
// Promises: nothing is read before plan, log and state are known to fit; a commit changes rows, progress and output
// counts in one transaction, after the outputs are on disk and before they are published.
// Not here: reading, and when to commit (the executors).

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { closeAll, orClose } from '../core/close-all.ts'
import { checkAbi } from '../core/emitted/abi.ts'
import type { FunctionsModule } from '../core/emitted/emitted-module.ts'
import { JobExecutor } from '../core/executor/job-executor.ts'
import { PROGRESS, type Progress } from '../core/executor/progress.ts'
import { TIME_MARKS } from '../core/executor/time-marks.ts'
import type { Cut } from '../core/log/cut.ts'
import { type Floors, NO_FLOORS } from '../core/log/floors.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { Environment } from '../core/state/environment.ts'
import { ownTablesOfShared } from '../core/tables/consumers.ts'
import { isDebugged } from '../host/debugger.ts'
import { makeKernel } from '../host/kernel-module.ts'
import { isLogPlace, type LogPlace, openLog } from '../logs/index.ts'
import type { Log } from '../logs/log.ts'
import type { Patience } from '../logs/patience.ts'
import type { OpenSink, TopicOptions } from '../sinks/sink.ts'
import { ChangeBuffer } from './change-buffer.ts'
import { wallClock } from './clock.ts'
import { NO_STEPS, type Steps } from './commit-steps.ts'
import type { Feeds, RowSinks } from './feed/feeds.ts'
import { openFeeds } from './feed/open-feeds.ts'
import { type BufferLimits, bufferLimits, groupLimits, type MemoryOptions } from './memory-limits.ts'
import { type Outputs, openOutputs } from './outputs.ts'
import { admitAll, admitNewcomers, checkGrowth, checkKnown, firstRecords, withoutBare } from './reading/admission.ts'
import { beginnings, type From } from './reading/beginnings.ts'
import { checkAbilities, type Ranges, rangesNow, topicIdsNow } from './reading/bind-log.ts'
import { compactionWarnings } from './reading/compacted-tables.ts'
import { heldBackNow, heldBackText, OLD_MS } from './reading/held-back.ts'
import { checkLastRecords } from './reading/last-records.ts'
import { checkComplete, checkNames, type ReadEnds, readEndsOf, type Until } from './reading/until.ts'
import { republish } from './republish.ts'
import { siteFinder } from './site-of.ts'
import { blockFiles, sorterFactory } from './sorters.ts'
import {
  type CommitDocument,
  DOCUMENT,
  encodeJson,
  encodeRecordCounts,
  hasViewsByWindow,
  type JobDocument,
  jobDocument,
  type StoredCommit,
} from './state/documents.ts'
import { folderFrom, makeScratch, scratchOf } from './state/folders.ts'
import { type OpenedState, openState } from './state/open-state.ts'
import { sinkOf } from './state/output-place.ts'
import { lastNumbered } from './state/read-state.ts'
import { runtimeVersions } from './state/versions.ts'
import { type RunSummary, summarise } from './summary.ts'

export interface RunOptions extends MemoryOptions {
  /** Executors that share the memory of the run. Default 1. */
  readonly executors?: number | undefined
  readonly functions: FunctionsModule
  /** File URL of the emitted `functions.mjs`, for places in stack traces and for worker threads. */
  readonly functionsUrl?: string | undefined
  /** A directory, `kafka://HOST:PORT,...`, one of these behind an archive, or an open log, which stays open. */
  readonly log: LogPlace | Log
  /** How long that log may be away; nothing for an open one. */
  readonly patience?: Patience | undefined
  /** The state directory; made where it is missing. */
  readonly state: string
  /** Default true. False for a state that nobody keeps: its commits need not outlive the machine. */
  readonly durable?: boolean | undefined
  /** Where outputs go: a log directory (default `STATE/out`), or a sink of another kind. */
  readonly out?: string | OpenSink | undefined
  /** How topics are made that are missing in a cluster. */
  readonly outTopics?: TopicOptions | undefined
  /** Where the rows of views go besides. */
  readonly sinks?: RowSinks | undefined
  /** Default true. False: what changes is noted in the state, and a later run brings it to the sinks. */
  readonly feedsSinks?: boolean | undefined
  readonly until?: Until | undefined
  /**
   * Whether the ends of `readEnds` may be OPEN_END, for partitions that would have to be read to find theirs. Only
   * where `until` is `end`.
   */
  readonly openEnds?: boolean | undefined
  /** The history is complete: the watermark is plus infinity at the end. */
  readonly final?: boolean | undefined
  /** The folder of the job's file, as places in it are shown: absolute, or from the folder of the command. */
  readonly folder?: string | undefined
  /** Takes partitions that are new to the state in at the present watermark, where they do not begin with a tick. */
  readonly admit?: boolean | undefined
  /** Where partitions of a fresh state begin; for a state that is computed again. */
  readonly floors?: Floors | undefined
  /** Commands for hints: one recomputes the state, the other takes a changed job over into it. */
  readonly recompute?: string | undefined
  readonly upgrade?: string | undefined
  /** Called at each step of a commit; for tests that crash there. */
  readonly steps?: Steps | undefined
  /**
   * Partitions that `until` does not name do not exist, even where the log has records of them: for an earlier cut of a
   * log that has grown.
   */
  readonly absent?: boolean | undefined
  /** Where a new state begins to read; of no effect on one that is there. Default: where the log begins. */
  readonly from?: From | undefined
}

export class JobRun {
  readonly plan: Plan
  readonly log: Log
  readonly executor: JobExecutor
  readonly scratch: string
  readonly #target: 'batch' | 'stream'
  readonly #options: RunOptions
  readonly #buffers: BufferLimits
  readonly #environment: Environment
  readonly #state: OpenedState
  readonly #outputs: Outputs
  readonly #feeds: Feeds
  readonly #warnings: string[]
  /** Whether every topic takes ticks. */
  readonly #ticks: boolean
  /** The document `plan`, the same in every commit of a run. */
  readonly #planBytes: Uint8Array
  #ranges: Ranges
  /** Whether what lambdas gave depends on the version of ICU. */
  #intl: boolean
  /** Number of the state's last commit; 0 where there is none. */
  #commit: number
  /** Records read when it was made. */
  #committed: number
  /** Tables of an older version that nobody reads any more, until they are dropped. */
  #leftOver: readonly string[]

  private constructor(
    target: 'batch' | 'stream',
    options: RunOptions,
    log: Log,
    ticks: boolean,
    ranges: Ranges,
    state: OpenedState,
    outputs: Outputs,
    feeds: Feeds,
  ) {
    this.#target = target
    this.#options = options
    this.#ticks = ticks
    this.#ranges = ranges
    this.#state = state
    this.#outputs = outputs
    this.#feeds = feeds
    this.#warnings = [...state.warnings]
    this.plan = options.functions.plan
    this.log = log
    this.scratch = scratchOf(options.state)
    this.#buffers = bufferLimits(this.plan, options, options.executors)
    this.#environment = {
      // Batch flushes once: over a fresh state no stored group is ever read.
      state: target === 'batch' && state.fresh ? null : state.writer,
      newKernel: makeKernel,
      callsLambdas: isDebugged(),
      flushesOnce: target === 'batch',
      newSorter: sorterFactory(this.scratch, this.#buffers),
      blocks: blockFiles(this.scratch),
      viewsByWindow: hasViewsByWindow(state.format),
      siteOf: siteFinder(options.functionsUrl, options.functions.files),
      ...groupLimits(this.plan, options, { executors: options.executors, spills: target === 'batch' }),
    }
    this.executor = new JobExecutor(options.functions, this.#environment)
    this.#intl = state.intl
    this.#planBytes = encodeJson(this.plan)
    this.#commit = lastNumbered(state.writer)?.number ?? 0
    this.#committed = -1
    const tables = new Set(state.writer.tables())
    this.#leftOver = ownTablesOfShared(this.plan).filter(table => tables.has(table))
  }

  /**
   * Opens log, state and outputs and checks that they fit. Throws the typed errors of those checks; nothing stays open
   * then.
   */
  static async open(target: 'batch' | 'stream', options: RunOptions): Promise<JobRun> {
    const { plan } = options.functions
    checkAbi(options.functions, options.functionsUrl)
    const openSink = sinkOf(options)
    const log = isLogPlace(options.log) ? await openLog(options.log, options.patience) : options.log
    const closings = isLogPlace(options.log) ? [() => log.close()] : []
    const admitted = async (): Promise<JobRun> => {
      const ticks = await checkAbilities(log, plan)
      const open = options.openEnds === true
      let ranges = await rangesNow(log, plan, { open })
      const ids = await topicIdsNow(log, plan)
      if (options.until instanceof Map) checkNames(options.until, ranges)
      const state = await openState(options.state, plan, { ...hintsOf(options, log), durable: options.durable })
      closings.unshift(() => state.writer.close())
      // A state that has read something, or begins somewhere, is compared with where the partitions end.
      if (open && (!state.fresh || options.from !== undefined)) ranges = await rangesNow(log, plan)
      makeScratch(options.state)
      const outputs = await openOutputs(plan, options, openSink, state)
      closings.unshift(() => outputs.close())
      const feeds = await openFeeds(plan, options, state)
      closings.unshift(() => feeds.close())
      const run = new JobRun(target, options, log, ticks, ranges, state, outputs, feeds)
      await run.#admit(ids)
      run.#warnings.push(...(await compactionWarnings(log, plan, state.fresh)))
      await run.#republish()
      return run
    }
    return orClose(admitted, () => closeAll(...closings))
  }

  get progress(): Progress {
    return this.executor.progress
  }

  get ranges(): Ranges {
    return this.#ranges
  }

  /** True where nothing has been fed since the last commit. */
  get clean(): boolean {
    return this.#committed === this.executor.records
  }

  /** Ends of this run over the partitions of the state. Throws `state-past-until` and `range-lost`. */
  readEnds(until: Until = 'end'): ReadEnds {
    return readEndsOf(until, this.progress, this.#ranges)
  }

  /**
   * Reads the ranges of the log again: partitions may have grown, and with `newcomers` the new ones are admitted.
   * Throws as `open` does.
   */
  async refresh(newcomers: boolean): Promise<Ranges> {
    this.#outputs.check()
    this.#feeds.check()
    const found = await rangesNow(this.log, this.plan, { live: true })
    checkGrowth(this.progress, found, await topicIdsNow(this.log, this.plan))
    const ranges = withoutBare(this.progress, found)
    // Everything is read before anything changes: a commit may be made while the log lets us wait.
    const firsts = newcomers ? await firstRecords(this.log, this.progress, ranges) : []
    this.#takeIn(firsts)
    for (const [name, { start }] of ranges) this.progress.marks.dropBefore(name, start)
    this.#ranges = ranges
    return ranges
  }

  /** No other executor shares the memory of the run after all. */
  takeAllMemory(): void {
    Object.assign(this.#environment, groupLimits(this.plan, this.#options, { spills: true }))
  }

  /** Flushes at the current cut and makes everything durable at once. Throws `disk-full`, `stale-owner`. */
  async commit(final = false): Promise<void> {
    const step = this.#options.steps ?? NO_STEPS
    const { writer } = this.#state
    const { marks } = this.progress
    const commit: CommitDocument = { number: this.#commit + 1, time: wallClock(), epoch: writer.epoch }
    const changes = new ChangeBuffer({
      scratch: this.scratch,
      limits: this.#buffers,
      release: (...row) => this.#outputs.release(...row),
      watched: this.#feeds.watch(),
    })
    try {
      step('begin')
      this.executor.flush(changes, final)
      step('flushed')
      await this.#outputs.prepare({ ...commit, cut: this.progress.cutNow })
      step('outputs-prepared')
      changes.stage(writer)
      step('staged')
      await writer.commit(transaction => {
        changes.write(writer, transaction)
        const progress = this.progress.encode()
        transaction.putDocument(PROGRESS, progress)
        if (marks.changed) transaction.putDocument(TIME_MARKS, marks.encode())
        transaction.putDocument(DOCUMENT.outputs, encodeRecordCounts(this.#outputs.records))
        transaction.putDocument(
          DOCUMENT.commit,
          encodeJson({ ...commit, progress: crc32(progress) } satisfies StoredCommit),
        )
        transaction.putDocument(DOCUMENT.job, encodeJson(this.#jobDocument()))
        transaction.putDocument(DOCUMENT.plan, this.#planBytes)
        for (const table of this.#leftOver) transaction.replaceTable(table, [])
        this.#feeds.write(transaction, commit.number)
        step('in-transaction')
      })
      marks.changed = false
      this.#leftOver = []
      this.#commit = commit.number
      this.#committed = this.executor.records
      this.#feeds.committed(commit.number)
      step('state-committed')
      await this.#outputs.publish()
      step('outputs-published')
    } finally {
      changes.dispose()
    }
  }

  /** A worker's lambdas have formatted something through `Intl`: the state depends on the version of ICU. */
  noteIntl(): void {
    this.#intl = true
  }

  /** Adds a warning for each partition that ends at an old open transaction. */
  async warnOfTransactions(): Promise<void> {
    const held = await heldBackNow(this.log, this.plan, OLD_MS)
    this.#warnings.push(...held.map(heldBackText))
  }

  summary(): RunSummary {
    return summarise({
      plan: this.plan,
      progress: this.progress,
      target: this.#target,
      records: this.executor.records,
      written: this.#outputs.records,
      warnings: this.#warnings,
      context: {
        log: this.log.description,
        ticks: this.#ticks,
        placeOf: at => join(this.#options.folder ?? '', at),
      },
    })
  }

  /** Throws `stale-owner` where another process has taken the state over. */
  checkOwner = (): void => this.#state.writer.checkOwner()

  /** Resolves when the records and rows of all commits are where they go. Throws what keeps them from there. */
  async drain(): Promise<void> {
    await Promise.all([this.#outputs.drain(), this.#feeds.drain()])
  }

  async close(): Promise<void> {
    await closeAll(
      () => this.#feeds.close(),
      () => this.#outputs.close(),
      () => rmSync(this.scratch, { recursive: true, force: true }),
      () => this.#state.writer.close(),
      () => (isLogPlace(this.#options.log) ? this.log.close() : undefined),
    )
  }

  #jobDocument(): JobDocument {
    this.#intl ||= this.#options.functions.usedIntl()
    const versions = { ...runtimeVersions(), intl: this.#intl }
    return jobDocument(this.plan, this.#state, versions, folderFrom(this.#options.state, this.#options.folder))
  }

  /** Writes changelogs anew that hold other changes than those of this state, in a commit of their own. */
  async #republish(): Promise<void> {
    const { plan, executor } = this
    const open = { state: this.#state.writer, outputs: this.#outputs, newSorter: this.#environment.newSorter }
    if (await republish({ plan, executor, ...open })) await this.commit()
  }

  /** Takes partitions into a fresh state, or checks those of the state and admits new ones; then checks the cut. */
  async #admit(ids: ReadonlyMap<string, string>): Promise<void> {
    const { until = 'end', absent = false } = this.#options
    const { progress } = this
    if (progress.cut.size > 0) {
      this.#warnings.push(...checkKnown(progress, this.#ranges, ids))
      this.#ranges = withoutBare(progress, this.#ranges)
      await checkLastRecords(this.log, this.plan, progress, this.#ranges)
      this.#takeIn(await firstRecords(this.log, progress, named(this.#ranges, until)))
    } else {
      const { from, floors = NO_FLOORS } = this.#options
      const ranges = named(this.#ranges, until)
      admitAll(progress, ranges, ids, { from: await beginnings(this.log, this.plan, ranges, from), floors })
    }
    if (until !== 'end' && !absent) checkComplete(until, this.#state.fresh ? [] : progress.cut.keys(), this.#ranges)
  }

  #takeIn(newcomers: Parameters<typeof admitNewcomers>[2]): void {
    this.#warnings.push(...admitNewcomers(this.plan, this.progress, newcomers, this.#options.admit === true))
  }
}

/** The partitions that exist for a cut. */
function named(ranges: Ranges, until: Until): Ranges {
  return until === 'end' ? ranges : new Map([...ranges].filter(([name]) => (until as Cut).has(name)))
}

function hintsOf({ recompute, upgrade, state }: RunOptions, log: Log) {
  return { recompute: recompute ?? `node batch.mjs --log ${log.description} --state ${state}-new`, upgrade }
}
