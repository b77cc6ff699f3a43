// The entry of a worker thread of the batch executor.

import { parentPort, workerData } from 'node:worker_threads'
import { runWorker } from './run-worker.ts'

void runWorker(parentPort as NonNullable<typeof parentPort>, workerData as string)
