// Calendar windows, found the slow way: the local clock is read every quarter of an hour until the date is reached.
//
// Promises: a window begins at the first instant whose local date is at or past its first day; one whose dates do not
// occur is empty and is left out.

import type { WindowSpec } from '../plan/plan.ts'
import type { TimeWindow } from '../time/time-window.ts'

type CalendarSpec = Extract<WindowSpec, { kind: 'calendar' }>

const MINUTE = 60_000
const DAY = 1440 * MINUTE
/** No clock is further than this from UTC. */
const FURTHEST = 17 * 60 * MINUTE

/** The calendar window of a time. */
export function calendarWindowAt(spec: CalendarSpec, time: number): TimeWindow {
  const today = Math.floor((time + offsetAt(spec.tz, time)) / DAY)
  // When clocks go back over midnight, the local date may be an earlier one than that of the current window.
  const firsts = firstDays(spec.unit, today)
  const starts = firsts.map(first => firstInstant(spec.tz, first))
  const at = starts.findLastIndex(start => start <= time)
  return { start: starts[at] as number, end: starts[at + 1] as number }
}

/** First days of some windows around a day, in order. */
function firstDays(unit: CalendarSpec['unit'], today: number): number[] {
  const around = unit === 'day' ? 4 : unit === 'week' ? 15 : 65
  const days = Array.from({ length: 2 * around + 1 }, (_, i) => today - around + i)
  return days.filter(day => {
    if (unit === 'day') return true
    const date = dateOf(day)
    return unit === 'week' ? date.getUTCDay() === 1 : date.getUTCDate() === 1
  })
}

/** A date far enough from the ends of ECMAScript time: the calendar, week days included, repeats every 400 years. */
const dateOf = (day: number): Date => new Date((day % 146_097) * DAY)

const known = new Map<string, number>()

/** The first instant whose local date is at or past a day, in ms since 1970. */
function firstInstant(tz: string, day: number): number {
  const name = `${tz} ${day}`
  const found = known.get(name) ?? searchFirst(t => Math.floor((t + offsetAt(tz, t)) / DAY) >= day, day * DAY)
  known.set(name, found)
  return found
}

function searchFirst(reached: (t: number) => boolean, about: number): number {
  let no = about - FURTHEST
  while (!reached(no + 15 * MINUTE)) no += 15 * MINUTE
  let yes = no + 15 * MINUTE
  while (yes - no > 1) {
    const middle = Math.floor((no + yes) / 2)
    if (reached(middle)) yes = middle
    else no = middle
  }
  return yes
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** Offset of a zone's clocks from UTC in ms, read from a text such as `GMT+05:30`. */
function offsetAt(tz: string, time: number): number {
  const format = formats.get(tz) ?? new Intl.DateTimeFormat('en-US', { timeZone: tz, timeZoneName: 'longOffset' })
  formats.set(tz, format)
  const within = Math.max(-8.64e15, Math.min(8.64e15, time))
  const name = format.formatToParts(within).find(part => part.type === 'timeZoneName')?.value
  const digits = /^GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(name as string) as RegExpExecArray
  const [, sign, hours = 0, minutes = 0, seconds = 0] = digits
  const ms = (Number(hours) * 60 + Number(minutes)) * MINUTE + Number(seconds) * 1000
  return sign === '-' ? -ms : ms
}
