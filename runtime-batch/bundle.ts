// What is bundled of the batch executor: its entry, and what its worker threads run.

export * from './index.ts'
export { runWorker } from './workers/run-worker.ts'
