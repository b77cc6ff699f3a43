// What people are told while a log, or something else, is away: at once, after a minute, then every ten minutes, and
// when it is back.
//
// Not here: where it is printed (the callers).

import type { LogAway } from '../../logs/patience.ts'
import type { Tell } from '../notices/notice.ts'
import { durationText } from '../number-text.ts'

const MINUTE_MS = 60_000
const LATER_MS = 10 * MINUTE_MS

/** What has been told of one thing that is away. */
interface Told {
  last: LogAway | null
  nextMs: number
}

/** A function for `Patience.onAway`. */
export function awayTeller(tell: Tell): (away: LogAway | null, what?: string) => void {
  const toldOf = new Map<string, Told>()
  return (away, what) => {
    const [name, kind] = [what ?? 'the log', what === undefined ? ('log' as const) : ('sink' as const)]
    const told = toldOf.get(name) ?? { last: null, nextMs: 0 }
    toldOf.set(name, told)
    const fields = { ...(what === undefined ? {} : { sink: what }), forMs: (away ?? told.last)?.forMs ?? 0 }
    if (away === null) {
      const text = `${name} is there again after ${durationText(fields.forMs)}`
      if (told.last !== null) tell({ event: `${kind}-back` as const, level: 'info', text, fields })
      toldOf.delete(name)
      return
    }
    told.last = away
    if (away.forMs < told.nextMs) return
    const text = `waiting for ${name}, away for ${durationText(away.forMs)}: ${away.message}`
    tell({ event: `${kind}-away` as const, level: 'warn', text, fields: { ...fields, reason: away.message } })
    if (told.nextMs === 0) told.nextMs = MINUTE_MS
    else while (told.nextMs <= away.forMs) told.nextMs = told.nextMs < LATER_MS ? LATER_MS : told.nextMs + LATER_MS
  }
}
