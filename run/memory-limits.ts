// How much of a run is kept in memory before it is spilled, in one place, with the reason for each number.
//
// Not here: how far a run reads (`until.ts`).

/** Groups of one node in memory before they are spilled (batch) or forgotten (stream): some hundred bytes each. */
export const GROUP_LIMIT = 1_000_000
/**
 * Bytes of rows that one sorter keeps. A run has a few sorters: one for each node that holds something, late rows,
 * dead letters.
 */
export const SORTER_BYTES = 48 << 20
/** Bytes of the packed changes of one table that wait for the commit. */
export const CHANGE_QUEUE_BYTES = 64 << 20
