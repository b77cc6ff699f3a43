// A worker thread of the batch executor: reads its partitions with its own executor and sends its partial rows to the
// coordinator.
//
// Promises: opens log and functions itself; is never more than PIECES_AHEAD pieces ahead of the coordinator.
// Not here: flushing, and everything durable (the coordinator).

import { once } from 'node:events'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { MessagePort } from 'node:worker_threads'
import { thenClose } from '../../core/close-all.ts'
import type { FunctionsModule } from '../../core/emitted/emitted-module.ts'
import { reducedModule } from '../../core/emitted/reduced-module.ts'
import type { Rows } from '../../core/state/rows.ts'
import { checkArtefact } from '../../host/artefact.ts'
import { systemFailure } from '../../host/system-failure.ts'
import { openLog } from '../../logs/index.ts'
import { RowQueue } from '../../store/spill/row-queue.ts'
import type { Task } from '../divide.ts'
import { PIECE_BYTES, PIECES_AHEAD } from '../limits.ts'
import { encodeFailure, type FromWorker, type ToWorker, type WorkerOrder } from './messages.ts'
import { partialExecutor } from './partial-executor.ts'
import { readTasks } from './read-tasks.ts'

/**
 * The whole life of the thread: it loads the job's functions, waits for its order, and carries it out. `port` leads to
 * the coordinator.
 */
export async function runWorker(port: MessagePort, functionsUrl: string): Promise<void> {
  const ordered = once(port, 'message') as Promise<[WorkerOrder]>
  const loaded = loadFunctions(functionsUrl)
  loaded.catch(() => {}) // thrown where the order is carried out
  const [order] = await ordered
  const coordinator = new Coordinator(port)
  try {
    const whole = await loaded
    const functions = order.part === undefined ? whole : reducedModule(whole, order.part)
    await readOrder(coordinator, order, functions, functionsUrl)
  } catch (error) {
    coordinator.tell({ kind: 'failed', failure: encodeFailure(systemFailure(error)) })
  }
  port.close()
}

async function loadFunctions(functionsUrl: string): Promise<FunctionsModule> {
  checkArtefact(dirname(fileURLToPath(functionsUrl)))
  return (await import(functionsUrl)) as FunctionsModule
}

async function readOrder(
  coordinator: Coordinator,
  order: WorkerOrder,
  functions: FunctionsModule,
  functionsUrl: string,
): Promise<void> {
  const log = await openLog(order.log, { outageMs: order.outageMs })
  const read = async (): Promise<void> => {
    const executor = partialExecutor({ ...order, functions, functionsUrl })
    await readTasks(log, executor, coordinator.tasks(order.task), (records, offsets) =>
      coordinator.tell({ kind: 'read', records, offsets }),
    )
    for (const [table, runs] of executor.takeRuns()) coordinator.tell({ kind: 'runs', table, runs })
    for (const [table, rows] of executor.takePartials()) await handOver(coordinator, order, table, rows)
    const { progress, records } = executor
    const usedIntl = functions.usedIntl()
    coordinator.tell({ kind: 'done', progress: progress.encode(), marks: progress.marks.encode(), records, usedIntl })
  }
  await thenClose(read, () => log.close())
}

/** Packs rows, and sends each full piece. */
async function handOver(coordinator: Coordinator, order: WorkerOrder, table: string, rows: Rows): Promise<void> {
  let packed = new RowQueue(order.scratch, Number.POSITIVE_INFINITY)
  let bytes = 0
  for (const [key, value] of rows) {
    packed.add(key, value)
    bytes += key.length + value.length
    if (bytes < PIECE_BYTES) continue
    await coordinator.send(table, packed)
    packed = new RowQueue(order.scratch, Number.POSITIVE_INFINITY)
    bytes = 0
  }
  await coordinator.send(table, packed)
  coordinator.tell({ kind: 'table', table })
}

/** The coordinator, as the thread sees it: it answers each piece when it has taken it. */
class Coordinator {
  readonly #port: MessagePort
  #ahead = 0

  constructor(port: MessagePort) {
    this.#port = port
    port.on('message', (message: ToWorker) => {
      if (message.kind === 'taken') this.#ahead--
    })
  }

  /** A task, then what the coordinator gives when it is asked. */
  async *tasks(first: Task): AsyncGenerator<Task> {
    for (let task: Task | null = first; task !== null; ) {
      yield task
      this.tell({ kind: 'next' })
      const [message] = (await once(this.#port, 'message')) as [Extract<ToWorker, { kind: 'task' }>]
      task = message.task
    }
  }

  tell(message: FromWorker, transfer: readonly ArrayBuffer[] = []): void {
    this.#port.postMessage(message, transfer)
  }

  async send(table: string, packed: RowQueue): Promise<void> {
    for (const piece of packed.pieces()) {
      while (this.#ahead >= PIECES_AHEAD) await once(this.#port, 'message')
      this.#ahead++
      const bytes = new Uint8Array(piece)
      this.tell({ kind: 'piece', table, bytes }, [bytes.buffer])
    }
  }
}
