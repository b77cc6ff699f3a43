// Every limit of the sinks in one place, with the reason for each.

/**
 * Bytes of packed released records of one partition that wait in memory for `prepare`. A run may have hundreds of
 * partitions.
 */
export const RELEASE_QUEUE_BYTES = 16 << 20
