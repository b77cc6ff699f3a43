// Every limit of a deployment in one place, with the reason for each. None changes a result.

/** Records behind which a state is brought up to the end by batch: fewer take less time than its start and commit. */
export const BATCH_RECORDS = 1_000_000

/** ms after which a run that has just gone live commits what has come since the last commit of its history. */
export const FIRST_COMMIT_MS = 200

/**
 * ms that a process which was told to stop may still take: supervisors kill it after ten seconds. What is not committed
 * then is read again.
 */
export const STOP_MS = 8_000

/**
 * Records that the state may have read meanwhile for an upgrade to ask for it: what is left is computed while nobody
 * writes the old version.
 */
export const NEAR_RECORDS = 20_000
/** The second round reads what the first one has left, and finds its places in the log. */
export const ROUNDS_MIN = 2
/** But after so many rounds it asks all the same: each takes less time than the one before it, or none will. */
export const ROUNDS_MAX = 8
/** ms for the owner of a state to commit and end. */
export const HAND_OVER_MS = 15_000
/** ms between two looks whether a state is free. */
export const LOOK_MS = 20
/** ms within which an owner that cannot be seen touches its lock (host/process-lock.ts), twice. */
export const SIGN_OF_LIFE_MS = 5_000
/** Rows that are proved once more while nobody writes the state: a tenth of a second. */
export const PROVED_ROWS = 100_000n
/** Records of a state from which on its new version is computed by several threads: they take a while to start. */
export const THREADS_RECORDS = 2_000_000
