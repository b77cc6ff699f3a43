// The range of event times.

/**
 * Greatest distance of an event time from 1970 in ms: the range of an ECMAScript `Date` (ECMA-262, section 21.4.1.1).
 */
export const MAX_TIME = 8.64e15
