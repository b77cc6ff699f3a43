// The offset of a time zone's clocks from UTC at an instant, from the engine's time zone data.
//
// Promises: a function of the instant, the zone and the version of the time zone data alone: locale, calendar and zone
// are all given.
// Not here: refusing a state of other time zone data (`run/state/versions.ts`; semantics.md 7.3).

/** The greatest ECMAScript time (ECMA-262, 21.4.1.1). */
const LAST_TIME = 8.64e15
/**
 * No zone of the tz database has a transition before the nineteenth century: earlier instants have the offset of this
 * one, in the year 5, whose local dates need no era.
 */
const FIRST_TIME = -62e12
/**
 * The Gregorian calendar repeats after 400 years; dates are read that much earlier, so that none is past the end of
 * `Date`.
 */
const CYCLE_YEARS = 400
const CYCLE_MS = 146_097 * 86_400_000

/** Offsets of a zone by instant, both in ms: local time is instant plus offset. */
export type OffsetOf = (instant: number) => number

/** Throws RangeError for a zone that the engine does not know. */
export function zoneOffset(tz: string): OffsetOf {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: tz,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  return instant => {
    const known = Math.min(Math.max(Math.floor(instant / 1000) * 1000, FIRST_TIME), LAST_TIME)
    const [month, day, year, hour, minute, second] = Array.from(format.format(known).matchAll(/\d+/g), Number) as Digits
    const date = new Date(0)
    date.setUTCFullYear(year - CYCLE_YEARS, month - 1, day)
    return date.setUTCHours(hour, minute, second) + CYCLE_MS - known
  }
}

type Digits = [month: number, day: number, year: number, hour: number, minute: number, second: number]

/** Whether a text is the name of a zone of the tz database that this engine knows, such as `Europe/Berlin`. */
export function isZone(tz: string): boolean {
  if (!/^[A-Za-z]/.test(tz)) return false
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: tz }) !== null
  } catch {
    return false
  }
}

/** Names of zones, for suggestions. */
export const zoneNames = (): readonly string[] => Intl.supportedValuesOf('timeZone')
