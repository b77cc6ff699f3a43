// The coordinator's side of one worker thread.
//
// Promises: a worker's rows reach the executor table by table; memory stays bounded, since waiting rows spill. A worker
// that fails, or exits before it is done, fails the run.

import { Worker } from 'node:worker_threads'
import type { JobExecutor } from '../../core/executor/job-executor.ts'
import { Progress } from '../../core/executor/progress.ts'
import { TimeMarks } from '../../core/executor/time-marks.ts'
import { type Rows, rowsThen } from '../../core/state/rows.ts'
import { RowQueue } from '../../store/spill/row-queue.ts'
import type { Task } from '../divide.ts'
import { WAITING_BYTES } from '../limits.ts'
import { decodeFailure, type FromWorker, type ToWorker, type WorkerOrder } from './messages.ts'

/** What a worker returns when it is done. */
interface ThreadResult {
  /** What it has read. */
  readonly tasks: readonly Task[]
  readonly progress: Progress
  readonly records: number
  /** Whether its lambdas have formatted anything through `Intl`. */
  readonly usedIntl: boolean
}

type OnProgress = (records: number, offsets: number) => void

/** Whom a thread works for. */
interface Employer {
  readonly tasks: Task[]
  readonly next: () => Task | null
  readonly executor: JobExecutor
  readonly scratch: string
  readonly onProgress: OnProgress
}

export class Thread {
  readonly #worker: Worker
  readonly #waiting = new Map<string, RowQueue>()
  #employer: Employer | null = null
  #ended = false
  readonly #done: Promise<ThreadResult>

  /**
   * Starts the thread, which loads the job's functions and waits for its order. Files that it hands over stay open when
   * it ends.
   */
  constructor(entry: URL, functionsUrl: string) {
    this.#worker = new Worker(entry, { workerData: functionsUrl, trackUnmanagedFds: false })
    this.#done = new Promise((resolve, reject) => {
      this.#worker.on('message', (message: FromWorker) => {
        try {
          this.#take(message, resolve, reject)
        } catch (error) {
          reject(error)
        }
      })
      this.#worker.on('error', reject)
      this.#worker.on('exit', code =>
        reject(new Error(`a worker thread ended with code ${code} before its work was done`)),
      )
    })
    // The run sees the failure where it awaits the result; before that it must not end the process.
    this.#done.catch(() => {})
  }

  /** Gives the thread its order, once, and what `next` gives whenever it has read all; its rows go to the executor. */
  run(
    order: WorkerOrder,
    next: () => Task | null,
    executor: JobExecutor,
    onProgress: OnProgress,
  ): Promise<ThreadResult> {
    this.#employer = { tasks: [order.task], next, executor, scratch: order.scratch, onProgress }
    this.#worker.postMessage(order)
    return this.#done
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
    // Messages that were on their way may still come.
    this.#ended = true
    for (const queue of this.#waiting.values()) queue.dispose()
    this.#waiting.clear()
  }

  #tell(message: ToWorker): void {
    this.#worker.postMessage(message)
  }

  #take(message: FromWorker, resolve: (result: ThreadResult) => void, reject: (error: Error) => void): void {
    if (this.#ended || this.#employer === null) return
    const { tasks, next, executor, scratch, onProgress } = this.#employer
    switch (message.kind) {
      case 'read':
        return onProgress(message.records, message.offsets)
      case 'next': {
        const task = next()
        if (task !== null) tasks.push(task)
        return this.#tell({ kind: 'task', task })
      }
      case 'piece': {
        const queue = this.#waiting.get(message.table) ?? new RowQueue(scratch, WAITING_BYTES)
        this.#waiting.set(message.table, queue)
        queue.addPiece(message.bytes)
        return this.#tell({ kind: 'taken' })
      }
      case 'table': {
        const queue = this.#waiting.get(message.table)
        this.#waiting.delete(message.table)
        if (queue === undefined) return
        // An operator that keeps rows in order reads them when it flushes.
        return executor.addPartials(
          message.table,
          rowsThen(queue.changes() as Rows, () => queue.dispose()),
        )
      }
      case 'runs':
        return executor.addRuns(message.table, message.runs)
      case 'done': {
        const { records, usedIntl } = message
        const progress = Progress.decode(message.progress)
        progress.marks = TimeMarks.decode(message.marks)
        return resolve({ tasks, progress, records, usedIntl })
      }
      case 'failed':
        return reject(decodeFailure(message.failure))
    }
  }
}
