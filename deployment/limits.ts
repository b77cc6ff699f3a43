// Every limit of a deployment in one place, with the reason for each. None changes a result.

/** Records behind which a state is brought up to the end by batch: fewer take less time than its start and commit. */
export const BATCH_RECORDS = 1_000_000

/**
 * ms that a process which was told to stop may still take: supervisors kill it after ten seconds. What is not committed
 * then is read again.
 */
export const STOP_MS = 8_000
