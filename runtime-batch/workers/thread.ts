// The coordinator's side of one worker thread.
//
// Promises: a worker's rows reach the executor table by table; memory stays bounded, since waiting rows spill. A worker
// that fails, or exits before it is done, fails the run.

import { Worker } from 'node:worker_threads'
import type { JobExecutor } from '../../core/executor/job-executor.ts'
import { Progress } from '../../core/executor/progress.ts'
import { TimeMarks } from '../../core/executor/time-marks.ts'
import type { Rows } from '../../core/state/rows.ts'
import { RowQueue } from '../../store/spill/row-queue.ts'
import { WAITING_BYTES } from '../limits.ts'
import { decodeFailure, type FromWorker, type ToWorker, type WorkerOrder } from './messages.ts'

/** What a worker returns when it is done. */
interface ThreadResult {
  readonly progress: Progress
  readonly records: number
  /** Whether its lambdas have formatted anything through `Intl`. */
  readonly usedIntl: boolean
}

export class Thread {
  readonly #worker: Worker
  readonly #executor: JobExecutor
  readonly #scratch: string
  readonly #onProgress: (records: number, offsets: number) => void
  readonly #waiting = new Map<string, RowQueue>()
  #ended = false
  readonly done: Promise<ThreadResult>

  constructor(
    entry: URL,
    order: WorkerOrder,
    executor: JobExecutor,
    onProgress: (records: number, offsets: number) => void,
  ) {
    this.#executor = executor
    this.#scratch = order.scratch
    this.#onProgress = onProgress
    this.#worker = new Worker(entry, { workerData: order })
    this.done = new Promise((resolve, reject) => {
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
    // The run sees the failure where it awaits `done`; before that it must not end the process.
    this.done.catch(() => {})
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
    // Messages that were on their way may still come.
    this.#ended = true
    for (const queue of this.#waiting.values()) queue.dispose()
    this.#waiting.clear()
  }

  #take(message: FromWorker, resolve: (result: ThreadResult) => void, reject: (error: Error) => void): void {
    if (this.#ended) return
    switch (message.kind) {
      case 'read':
        return this.#onProgress(message.records, message.offsets)
      case 'piece': {
        const queue = this.#waiting.get(message.table) ?? new RowQueue(this.#scratch, WAITING_BYTES)
        this.#waiting.set(message.table, queue)
        queue.addPiece(message.bytes)
        return this.#worker.postMessage({ kind: 'taken' } satisfies ToWorker)
      }
      case 'table': {
        const queue = this.#waiting.get(message.table)
        this.#waiting.delete(message.table)
        if (queue === undefined) return
        this.#executor.addPartials(message.table, queue.changes() as Rows)
        return queue.dispose()
      }
      case 'done': {
        const { records, usedIntl } = message
        const progress = Progress.decode(message.progress)
        progress.marks = TimeMarks.decode(message.marks)
        return resolve({ progress, records, usedIntl })
      }
      case 'failed':
        return reject(decodeFailure(message.failure))
    }
  }
}
