// Every limit of the feeds of rows in one place, with the reason for each. None changes what a sink holds in the end.

/**
 * Bytes of keys of changed rows that wait for a sink. Past it the sink is filled anew from the view, which costs less
 * than writing about a million rows one by one and needs no room meanwhile.
 */
export const WAITING_BYTES = 32 << 20

/** Bytes of keys in one row of a feed, which shares a block with others (`store/limits.ts`). */
export const PIECE_BYTES = 1_500

/** Rows that are given to a sink at once. */
export const ROWS_AT_ONCE = 2_000

/** Rows of one snapshot while a sink is filled: an open snapshot keeps the state from reusing its room. */
export const SNAPSHOT_ROWS = 20_000

/** Times that what has changed meanwhile is added to a fill, before the last snapshot counts. */
export const CATCH_UPS = 5

/** ms until a sink that is away is asked again, at first. */
export const AWAY_MS = 200

/** The same at most. */
export const AWAY_MAX_MS = 5_000

/** Commits that are tried for a comparison with a sink: both move meanwhile. */
export const COMPARE_ATTEMPTS = 10

/** ms for a sink to come to the commit of a state that is held. */
export const MEET_MS = 5_000

/** ms between two looks at where a sink is. */
export const MEET_POLL_MS = 10
