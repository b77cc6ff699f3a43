// Every limit of the sinks in one place, with the reason for each.

/**
 * Bytes of packed released records of one partition that wait in memory for `prepare`. A run may have hundreds of
 * partitions.
 */
export const RELEASE_QUEUE_BYTES = 16 << 20

/** ms after which Kafka aborts a transaction whose process is gone: readers of committed records wait as long. */
export const TRANSACTION_MS = 30_000

/**
 * Bytes of records that one transaction of Kafka takes: few enough to be written long before it is aborted, and for
 * little to be done over where it fails.
 */
export const TRANSACTION_BYTES = 16 << 20

/** Bytes sent after which files of the outbox are deleted: they are large, and what was sent last is kept. */
export const TRIM_BYTES = 64 << 20

/** ms between marks of what the outbox holds: the next run reads that much of it to find its end. */
export const PUBLISH_MS = 1000

/** Bytes of a topic's records that wait in memory, besides in the outbox, for being sent: what a moment brings. */
export const KEPT_BYTES = 32 << 20
