// The only clock of the executors: when to commit and when to look again. It never enters a result.

/** Milliseconds that never go back. */
export const now = (): number => performance.now()
