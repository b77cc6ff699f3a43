// The proof that batch, stream and reference agree, for the command line, the test kit and every suite.

export { runInterleaving } from './interleaving.ts'
export { readInput } from './read-input.ts'
export { readWholeResult } from './read-result.ts'
export { comparedSinks } from './state/compare-sinks.ts'
export { stateVerdictLines } from './state/state-verdict.ts'
export { verifyState } from './state/verify-state.ts'
export { verdictLines } from './verdict.ts'
export { verifyJob } from './verify-job.ts'
