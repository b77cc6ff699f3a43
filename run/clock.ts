// The clock of the executors: when to commit, when to read the log again, and when a commit was made. It never enters a
// result.

/** Milliseconds that never go back. */
export const now = (): number => performance.now()

/** Milliseconds since 1970. */
export const wallClock = (): number => Date.now()
