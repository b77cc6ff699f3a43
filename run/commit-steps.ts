// The steps of a commit at which a crash must do no harm. A run can call a function at each of them
// (`RunOptions.steps`).
//
// Promises: executors do nothing else at these steps.
// Not here: what the function does, such as killing the process or filling the disk (the tests).

/** In this order; `in-transaction` lies between the writes of the state's transaction and its commit. */
export const COMMIT_STEPS = [
  'begin',
  'flushed',
  'outputs-prepared',
  'staged',
  'in-transaction',
  'state-committed',
  'outputs-published',
] as const

export type Step = (typeof COMMIT_STEPS)[number]
export type Steps = (step: Step) => void

export const NO_STEPS: Steps = () => {}
