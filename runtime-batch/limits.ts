// Every limit of a batch run in one place, with the reason for each. None changes a result.

/** Below so many offsets a second thread costs more than it gains. */
export const SMALL_LOG = 2_000_000
/** Below so many offsets nobody waits for what it costs. */
export const TINY_LOG = 200_000
/**
 * Records of a group below which one thread reads all of a small log. Found by measuring: with fewer than three, two
 * threads were slower, with hundreds faster.
 */
export const FEW_RECORDS = 20
/**
 * Pieces of rows, about 1 MiB each, that a worker may have sent and the coordinator not yet taken: bounds the queue
 * between them.
 */
export const PIECES_AHEAD = 16
/** Bytes of keys and values after which a worker sends a piece: large, so that a message costs little per row. */
export const PIECE_BYTES = 1 << 20
/** Bytes of a table's rows from one worker that wait in memory until the table is whole. */
export const WAITING_BYTES = 64 << 20
