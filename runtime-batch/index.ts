// The batch executor: a job over a stored log up to a cut, in parallel over its partitions, with one commit at the end.
//
// Promises: the state directory it leaves is J(log|C), the same to the byte as the stream's at that cut. The entry of
// emitted `batch.mjs` modules.
// Not here: what batch and stream share (`run/`).

import '../run/utc.ts'

export { main } from './main.ts'
export { type BatchOptions, type BatchProgress, runBatch } from './run-batch.ts'
