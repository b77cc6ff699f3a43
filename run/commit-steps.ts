// The moments of a commit at which a crash must do no harm. A run may be told to call a function at each of them.
//
// Promises: executors do nothing else at these moments; leaves to tests what the function does (kill the process, fill the disk).

/** In this order; `in-transaction` lies between the writes of the state's transaction and its commit. */
export const COMMIT_STEPS = [
  'begin',
  'flushed',
  'outputs-prepared',
  'in-transaction',
  'state-committed',
  'outputs-published',
] as const

export type Step = (typeof COMMIT_STEPS)[number]
export type Steps = (step: Step) => void

export const NO_STEPS: Steps = () => {}
