// What people are told while a log is away: at once, after a minute, then every ten minutes, and when it is back.
//
// Not here: where it is printed (the callers).

import type { LogAway } from '../../logs/patience.ts'
import type { Tell } from '../notices/notice.ts'
import { durationText } from '../number-text.ts'

const MINUTE_MS = 60_000
const LATER_MS = 10 * MINUTE_MS

/** A function for `Patience.onAway`. */
export function awayTeller(tell: Tell): (away: LogAway | null) => void {
  let last: LogAway | null = null
  let nextMs = 0
  return away => {
    if (away === null) {
      if (last !== null) {
        const [text, fields] = [`the log is there again after ${durationText(last.forMs)}`, { forMs: last.forMs }]
        tell({ event: 'log-back', level: 'info', text, fields })
      }
      last = null
      nextMs = 0
      return
    }
    last = away
    if (away.forMs < nextMs) return
    const text = `waiting for the log, away for ${durationText(away.forMs)}: ${away.message}`
    tell({ event: 'log-away', level: 'warn', text, fields: { forMs: away.forMs, reason: away.message } })
    if (nextMs === 0) nextMs = MINUTE_MS
    else while (nextMs <= away.forMs) nextMs = nextMs < LATER_MS ? LATER_MS : nextMs + LATER_MS
  }
}
