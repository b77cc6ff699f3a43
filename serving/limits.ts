// Every limit of the service in one place, with the reason for each.

/** Rows of one answer where the request does not say how many. */
export const ROWS = 100
/** Rows of one answer at most: more would hold up the others for longer than a tenth of a second. */
export const ROWS_MAX = 10_000
/** Characters of the path and the query of a request. */
export const URL_CHARACTERS = 8_192
/** Open connections at most. */
export const CONNECTIONS = 1_000
/** ms within which a request must have come. */
export const REQUEST_MS = 10_000
