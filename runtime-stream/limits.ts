// Every limit of the live stream in one place, with the reason for each. None changes a result.

/** ms between commits where they are cheap: how old the answer to a query may be. */
export const COMMIT_INTERVAL_MS = 1000
/** Commits up to this many ms come at the interval, also at one of a few ms: some thousand changed groups take less. */
export const CHEAP_MS = 20
/** After a longer one the next waits this many times its duration: then commits take a fifth of the time. */
export const WORK_PER_COMMIT = 4
/** The quickest of so many counts: a disk or a processor that others use holds up single ones. */
export const COMMITS_COMPARED = 3
/** But no longer than this: a process that was stopped during a commit has worked for no time of it. */
export const LONGEST_PAUSE_MS = 60_000
/** Bytes read since the last commit after which one is due, so that what a commit collects fits in memory. */
export const COMMIT_BYTES = 512 << 20
/** The same in records, which have a cost of their own besides their bytes. */
export const COMMIT_RECORDS = 4_000_000

/**
 * ms since the next chunk of a partition was asked for, after which it is late and the others go on without it: long
 * enough to read them evenly over a slow line, short enough for a broker that hangs to hold back its own partitions
 * only.
 */
export const LATE_CHUNK_MS = 1000
/** ms to wait for changes of the log before reading its ends anyway: some file systems miss changes. */
export const LOOK_MS = 1000
/** ms between looks at open transactions in an idle run. */
export const TRANSACTION_LOOK_MS = 30_000
/** ms between refreshes of the ends in a busy run: often enough for new partitions, rare enough to cost nothing. */
export const BUSY_LOOK_MS = 200
/** Partitions whose records are read into the memory of the kernel, which is less than that of the process. */
export const KERNEL_FEEDS = 64

/** How long a run that is stopped waits for the outputs of its last commit to arrive. */
export const STOP_DRAIN_MS = 3_000
