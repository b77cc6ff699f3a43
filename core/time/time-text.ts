// An event time as text for people.

/** ISO 8601 in UTC where a `Date` can show it, and milliseconds otherwise. */
export const timeText = (ms: number): string => (Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : `${ms} ms`)
