// One deployment of a job: its history by batch, then live by the stream, in one process.
//
// Promises: the state at each cut is J(log|C), whichever of the two computed it. The entry of emitted `run.mjs`
// modules.
// Not here: the two executors (`runtime-batch/`, `runtime-stream/`).

import '../run/utc.ts'

export { main } from './main.ts'
export { type DeploymentOptions, runDeployment } from './run-deployment.ts'
