// What people are told while a log, or something else, is away: at once, after a minute, then every ten minutes, and
// when it is back.
//
// Not here: where it is printed (the callers).

import type { LogAway } from '../../logs/patience.ts'
import { durationText } from '../number-text.ts'

const MINUTE_MS = 60_000
const LATER_MS = 10 * MINUTE_MS

/** What has been told of one thing that is away. */
interface Told {
  last: LogAway | null
  nextMs: number
}

/** A function for `Patience.onAway`; `print` gets lines without line ends. */
export function awayTeller(print: (line: string) => void): (away: LogAway | null, what?: string) => void {
  const toldOf = new Map<string, Told>()
  return (away, what = 'the log') => {
    const told = toldOf.get(what) ?? { last: null, nextMs: 0 }
    toldOf.set(what, told)
    if (away === null) {
      if (told.last !== null) print(`${what} is there again after ${durationText(told.last.forMs)}`)
      toldOf.delete(what)
      return
    }
    told.last = away
    if (away.forMs < told.nextMs) return
    print(`waiting for ${what}, away for ${durationText(away.forMs)}: ${away.message}`)
    if (told.nextMs === 0) told.nextMs = MINUTE_MS
    else while (told.nextMs <= away.forMs) told.nextMs = told.nextMs < LATER_MS ? LATER_MS : told.nextMs + LATER_MS
  }
}
