// Every limit of the live stream in one place, with the reason for each. None changes a result.

/** ms between commits where they are cheap: how old an answer may be. */
export const COMMIT_INTERVAL_MS = 1000
/** A commit waits until this many times its own duration has passed: then commits take a fifth of the time. */
export const WORK_PER_COMMIT = 4
/** Bytes read since the last commit after which one is due, so that what a commit collects fits in memory. */
export const COMMIT_BYTES = 512 << 20
/** The same in records, which have a cost of their own beside their bytes. */
export const COMMIT_RECORDS = 4_000_000

/** ms to wait for news of the log before looking anyway: news may be missed on some file systems. */
export const LOOK_MS = 1000
/** ms between looks of a busy run: often enough for new partitions, seldom enough to cost nothing. */
export const BUSY_LOOK_MS = 200
