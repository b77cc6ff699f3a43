// Calendar windows: days, weeks and months of a time zone, across all changes of its clocks.
//
// Promises: a window begins at the first instant whose local date is at or past its first day, and ends where the next
// one begins; dates that do not occur there are omitted (semantics.md 4.3). So the windows follow each other without
// gaps, whatever the clocks do.
// Not here: the offsets (`zone-offset.ts`).

import { type CalendarUnit, nextStart, unitStart } from './civil-days.ts'
import type { TimeWindow } from './time-window.ts'
import { type OffsetOf, zoneOffset } from './zone-offset.ts'

const DAY = 86_400_000
const HOUR = 3_600_000
/** No clock is further than this from UTC (the tz database has 15:56:08 at most, as Manila's was until 1844). */
const FURTHEST = 16 * HOUR
/** No zone changes its clocks and changes them back within so short a time. */
const PROBE = HOUR
/** Most starts of days that are cached for one zone. */
const REMEMBERED = 10_000

export interface Calendar {
  /** The window that an instant lies in. */
  windowAt(time: number): TimeWindow
}

/** Throws RangeError for an unknown zone. */
export function calendar(unit: CalendarUnit, tz: string): Calendar {
  const { offsetOf, firstInstant } = zoneDays(tz)
  let last: TimeWindow = Object.freeze({ start: 0, end: 0 })

  const find = (time: number): TimeWindow => {
    let first = unitStart(unit, Math.floor((time + offsetOf(time)) / DAY))
    let start = firstInstant(first)
    // A clock that goes back over midnight shows the earlier date again, but the later window has begun.
    for (;;) {
      const next = nextStart(unit, first)
      const end = firstInstant(next)
      if (end > time) return Object.freeze({ start, end })
      first = next
      start = end
    }
  }
  return Object.freeze({
    windowAt(time: number): TimeWindow {
      if (time < last.start || time >= last.end) last = find(time)
      return last
    },
  })
}

interface ZoneDays {
  readonly offsetOf: OffsetOf
  /** The first instant whose local date is at or past a day, which is counted from 1970-01-01. */
  firstInstant(day: number): number
}

/** Looking up a zone, and where its days begin, costs more than everything else here: both are cached. */
const zones = new Map<string, ZoneDays>()

function zoneDays(tz: string): ZoneDays {
  const known = zones.get(tz)
  if (known !== undefined) return known
  const offsetOf = zoneOffset(tz)
  const starts = new Map<number, number>()
  const firstInstant = (day: number): number => {
    let start = starts.get(day)
    if (start === undefined) {
      start = findStart(offsetOf, day * DAY)
      if (starts.size >= REMEMBERED) starts.clear()
      starts.set(day, start)
    }
    return start
  }
  const zone = Object.freeze({ offsetOf, firstInstant })
  zones.set(tz, zone)
  return zone
}

/** The first instant at which the local time is at or past `local`, a local time in ms as if it were UTC. */
function findStart(offsetOf: OffsetOf, local: number): number {
  let from = local - FURTHEST
  let offset = offsetOf(from)
  for (;;) {
    const to = from + PROBE
    const next = offsetOf(to)
    const change = next === offset ? to : firstChange(offsetOf, from, to, offset)
    // From `from` to `change` the clocks go evenly.
    const start = Math.max(from, local - offset)
    if (start < change) return start
    from = change
    offset = next
  }
}

/** The first instant past `from` with another offset than `offset`, given that `to` is one. */
function firstChange(offsetOf: OffsetOf, from: number, to: number, offset: number): number {
  let [same, other] = [from, to]
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2)
    if (offsetOf(middle) === offset) same = middle
    else other = middle
  }
  return other
}
