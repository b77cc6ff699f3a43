// The stream executor: follows the partitions of a log live and commits at intervals; at each commit the state is
// J(log|C).
//
// Promises: resumes at its own cut after kill -9, loses and repeats nothing. The entry of emitted `stream.mjs` modules.
// Not here: what batch and stream share (`run/`).

import '../run/utc.ts'

export { main } from './main.ts'
export { runStream, type StreamOptions, type StreamProgress } from './run-stream.ts'
export { StreamRun } from './stream-run.ts'
