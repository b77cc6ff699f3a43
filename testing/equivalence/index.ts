// The proof that batch, stream and reference agree, for the command line, the test kit and every suite.

export { type Interleaving, runInterleaving } from './interleaving.ts'
export { readInput } from './read-input.ts'
export { readWholeResult } from './read-result.ts'
export { type FoundDifference, type PartDigest, type Verdict, type VerifiedSide, verdictLines } from './verdict.ts'
export { type VerifyOptions, verifyJob } from './verify-job.ts'
