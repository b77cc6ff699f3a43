// What people are told while a log is away: at once, after a minute, then every ten minutes, and when it is back.
//
// Not here: where it is printed (the callers).

import type { LogAway } from '../../logs/patience.ts'

const MINUTE_MS = 60_000
const LATER_MS = 10 * MINUTE_MS

/** A function for `Patience.onAway`; `print` gets lines without line ends. */
export function awayTeller(print: (line: string) => void): (away: LogAway | null) => void {
  let last: LogAway | null = null
  let nextMs = 0
  return away => {
    if (away === null) {
      if (last !== null) print(`the log is there again after ${durationText(last.forMs)}`)
      last = null
      nextMs = 0
      return
    }
    last = away
    if (away.forMs < nextMs) return
    print(`waiting for the log, away for ${durationText(away.forMs)}: ${away.message}`)
    if (nextMs === 0) nextMs = MINUTE_MS
    else while (nextMs <= away.forMs) nextMs = nextMs < LATER_MS ? LATER_MS : nextMs + LATER_MS
  }
}

/** `45 s`, `3 min 20 s`, `2 h 5 min`. */
export function durationText(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000))
  if (s < 60) return `${s} s`
  return s < 3600
    ? `${Math.floor(s / 60)} min ${s % 60} s`
    : `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`
}
