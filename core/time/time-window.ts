// A window: a stretch of event time.

/** Half-open `[start, end)` in ms since 1970 (UTC). */
export interface TimeWindow {
  readonly start: number
  readonly end: number
}
