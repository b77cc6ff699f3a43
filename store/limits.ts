// Every limit of the store in one place, with the reason for each.
//
// Not here: numbers of a single algorithm, such as the bits of a filter.

/** Address space to map, in bytes; not memory or disk. So large that a growing state need not be mapped again. */
export const MAP_BYTES = 2 ** 40
/** Bytes by which a smaller map, where the address space is limited, must exceed the file: room for some commits. */
export const MAP_SPARE_BYTES = 64 << 20
/**
 * Processes and transactions that may read a state at once: each takes a slot of lmdb's reader table, about 64 bytes.
 */
export const READERS_MAX = 1024

/**
 * Wanted bytes of a block. Two fill a page of lmdb, so that no value needs pages of its own, which fragment its free
 * list.
 */
export const BLOCK_BYTES = 2000
/** Bytes that one transaction stages: lmdb holds the pages of a transaction in memory until its end. */
export const STAGED_BYTES = 16 << 20
/** Runs below so many bytes count as equally small when they are compacted: about what one small commit writes. */
export const TIER_BYTES = 64 * 1024
/** Bytes of index keys that a run keeps in memory. Past it, a block is read to learn its first key. */
export const INDEX_BYTES = 8 << 20
/** Most rows of a run that gets a filter: ten bits each make 5 MB. */
export const FILTER_ROWS_MAX = 4_000_000

/** Bytes of rows that a sorter keeps in memory before it spills them. */
export const SORTER_BYTES = 64 << 20
/** Bytes of one write to, or read from, a file of spilled rows. A merge holds one such buffer for each file. */
export const SPILL_BUFFER_BYTES = 1 << 20
/** Bytes of a full piece of a queue: the unit that is spilled and sent between threads. */
export const PIECE_BYTES = 1 << 20
