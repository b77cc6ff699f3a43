// A whole batch run: partitions divided among workers, partial rows merged, one flush, one commit.
//
// Promises: the result does not depend on the number of workers. The calling thread is one of them; the others are
// threads where the functions module and the log can be opened by name, and otherwise executors that run one after the
// other. A thread begins with one partition and takes others as long as there are any.

import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { orClose, thenClose } from '../core/close-all.ts'
import type { Progress } from '../core/executor/progress.ts'
import { withSystemFailures } from '../host/system-failure.ts'
import { isLogPlace, type LogPlace } from '../logs/index.ts'
import { JobRun, type RunOptions } from '../run/job-run.ts'
import { bufferLimits, groupLimits } from '../run/memory-limits.ts'
import { takeProgress } from '../run/progress-merge.ts'
import { checkReachable, type ReadEnds } from '../run/reading/until.ts'
import type { RunSummary } from '../run/summary.ts'
import { divide, type Task } from './divide.ts'
import { FEW_RECORDS, SMALL_LOG, TINY_LOG } from './limits.ts'
import { partialExecutor } from './workers/partial-executor.ts'
import { readTasks } from './workers/read-tasks.ts'
import type { Thread } from './workers/thread.ts'
import { ThreadPool } from './workers/thread-pool.ts'

export interface BatchProgress {
  /** Records read so far; offsets done of `total`. */
  readonly records: number
  readonly done: number
  readonly total: number
}

export interface BatchOptions extends RunOptions {
  /**
   * Groups of partitions that are read at once. Default: the number of processors, but no more than partitions; 1 for a
   * small log.
   */
  readonly workers?: number | undefined
  readonly onProgress?: ((progress: BatchProgress) => void) | undefined
  /** When it aborts before the commit begins, the run rejects with its reason and leaves the state as it was. */
  readonly signal?: AbortSignal | undefined
  /** The module that worker threads run. Default: the compiled `workers/worker.js`. */
  readonly workerEntry?: URL | undefined
}

/** Computes J(log|C) into the state directory, continuing what it holds. Throws the typed errors of a run. */
export function runBatch(options: BatchOptions): Promise<RunSummary> {
  return withSystemFailures(() => runWhole(options))
}

async function runWhole(options: BatchOptions): Promise<RunSummary> {
  const openEnds = options.until === undefined || options.until === 'end'
  const executors = options.workers ?? availableParallelism()
  const threads = threadPool(options)
  threads?.start((options.workers ?? 1) - 1)
  const run = await orClose(
    () => JobRun.open('batch', { ...options, openEnds, executors }),
    () => threads?.end(),
  )
  const compute = async (): Promise<RunSummary> => {
    const ends = run.readEnds(options.until)
    checkReachable(ends, run.ranges)
    await thenClose(
      () => readAll(run, options, ends, threads),
      () => threads?.end(),
    )
    await run.commit(options.final === true)
    await run.drain()
    await run.warnOfTransactions()
    return run.summary()
  }
  return await thenClose(compute, () => run.close())
}

async function readAll(run: JobRun, options: BatchOptions, ends: ReadEnds, threads: ThreadPool | null): Promise<void> {
  const tasks = [...ends].map(([name, to]): Task => {
    const from = run.progress.cut.get(name) as bigint
    return { name, from, to, size: run.ranges.get(name)?.about ?? Number(to - from) }
  })
  const total = tasks.reduce((sum, task) => sum + task.size, 0)
  const groups = divide(tasks, options.workers ?? defaultWorkers(total))
  const progress = { records: 0, done: 0 }
  const onProgress = (records: number, offsets: number): void => {
    progress.records += records
    progress.done += offsets
    options.onProgress?.({ ...progress, total: Math.max(total, progress.done) })
  }
  if (groups.length < 2) run.takeAllMemory()
  else if (threads !== null) {
    const mayCost = total >= TINY_LOG && total < SMALL_LOG
    const left = mayCost ? await readFirst(run, options, groups, onProgress) : groups
    return await readInThreads(run, options, threads, left, onProgress)
  }
  const [own = [], ...others] = groups
  await readTasks(run.log, run.executor, own, onProgress, options.signal)
  for (const group of others) await readApart(run, options, group, onProgress)
}

/**
 * Reads one partition, and where it has many groups all others too: rows of many groups cost more to hand over than the
 * records of a small log to read. Returns what is left to be read, in groups.
 */
async function readFirst(
  run: JobRun,
  { signal }: BatchOptions,
  groups: Groups,
  onProgress: OnProgress,
): Promise<Groups> {
  const [first, ...rest] = groups.flat() as [Task, ...Task[]]
  run.takeAllMemory()
  await readTasks(run.log, run.executor, [first], onProgress, signal)
  return run.executor.groupCount * FEW_RECORDS < first.size ? divide(rest, groups.length) : [rest]
}

const defaultWorkers = (total: number): number => (total < SMALL_LOG ? 1 : availableParallelism())

type Groups = readonly (readonly Task[])[]
type OnProgress = (records: number, offsets: number) => void

async function readInThreads(
  run: JobRun,
  options: BatchOptions,
  pool: ThreadPool,
  groups: Groups,
  onProgress: OnProgress,
): Promise<void> {
  const { executor, scratch } = run
  const executors = groups.length
  const order = {
    log: options.log as LogPlace,
    outageMs: options.patience?.outageMs,
    part: options.functions.part,
    progress: executor.progress.encode(),
    scratch,
    limits: groupLimits(run.plan, options, { executors, spills: true }),
    buffers: bufferLimits(run.plan, options, executors),
  }
  const [own, ...others] = groups.map(([first]) => first as Task)
  if (own === undefined) return
  const rest = groups.flatMap(([, ...more]) => more).sort((a, b) => b.size - a.size)
  const next = (): Task | null => rest.shift() ?? null
  const threads = pool.take(others.length)
  const results = others.map((task, i) => (threads[i] as Thread).run({ ...order, task }, next, executor, onProgress))
  await readTasks(run.log, executor, oneByOne(own, next), onProgress, options.signal)
  for (const result of results) {
    const { tasks, progress, records, usedIntl } = await unlessAborted(options.signal, result)
    if (usedIntl) run.noteIntl()
    takeOver(run, tasks, progress, records)
  }
  run.takeAllMemory()
}

/** Waits for a thread no longer than until the run is stopped. */
async function unlessAborted<T>(signal: AbortSignal | undefined, result: Promise<T>): Promise<T> {
  if (signal === undefined) return await result
  signal.throwIfAborted()
  let onAbort = (): void => {}
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort)
  })
  try {
    return await Promise.race([result, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** The first task, then what is left when it is asked for. */
function* oneByOne(first: Task, next: () => Task | null): Generator<Task> {
  for (let task: Task | null = first; task !== null; task = next()) yield task
}

/** Reads a group with an executor of its own in this thread: the same partial rows as from a thread. */
async function readApart(
  run: JobRun,
  options: BatchOptions,
  tasks: readonly Task[],
  onProgress: OnProgress,
): Promise<void> {
  const { functions, functionsUrl } = options
  const [limits, buffers] = [groupLimits(run.plan, options, { spills: true }), bufferLimits(run.plan, options)]
  const progress = run.progress.encode()
  const executor = partialExecutor({ functions, functionsUrl, progress, scratch: run.scratch, limits, buffers })
  await readTasks(run.log, executor, tasks, onProgress, options.signal)
  for (const [table, runs] of executor.takeRuns()) run.executor.addRuns(table, runs)
  for (const [table, rows] of executor.takePartials()) run.executor.addPartials(table, rows)
  takeOver(run, tasks, executor.progress, executor.records)
}

function takeOver(run: JobRun, tasks: readonly Task[], progress: Progress, records: number): void {
  takeProgress(
    run.progress,
    progress,
    run.plan,
    tasks.map(t => t.name),
  )
  run.executor.records += records
}

/** Null where threads cannot open the job or the log by name, or where there is no compiled module for them. */
function threadPool({
  functionsUrl,
  log,
  // From the source, from the bundle of the executor and from that of the command line.
  workerEntry = new URL('../runtime-batch/workers/worker.js', import.meta.url),
}: BatchOptions): ThreadPool | null {
  if (functionsUrl === undefined || !isLogPlace(log)) return null
  return existsSync(fileURLToPath(workerEntry)) ? new ThreadPool(workerEntry, functionsUrl) : null
}
