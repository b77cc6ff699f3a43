// Every limit of the Postgres sink in one place, with the reason for each. None changes a row.

/** ms until a connection is there. */
export const CONNECT_MS = 10_000

/** s between signs of life on an idle connection. */
export const KEEP_ALIVE_SECONDS = 10

/** ms for the answer to a statement: a server that is stopped, or a way that loses everything, gives none. */
export const ANSWER_MS = 30_000

/** The same for merging a whole table, which may have millions of rows. */
export const MERGE_MS = 30 * 60_000

/** Characters of COPY's lines that are handed over at once. */
export const COPY_CHARACTERS = 1 << 16
