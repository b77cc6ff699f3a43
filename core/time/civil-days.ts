// Dates of the proleptic Gregorian calendar as days since 1970-01-01, and where days, weeks and months begin.
//
// Promises: exact over the whole range of event times and somewhat past the range of `Date`.

export type CalendarUnit = 'day' | 'week' | 'month'

/** The Monday before 1970-01-01, which was a Thursday. */
const MONDAY = -3

/** The first day of the unit that a day lies in; weeks begin on Monday (ISO 8601). */
export function unitStart(unit: CalendarUnit, day: number): number {
  if (unit === 'day') return day
  if (unit === 'week') return day - ((((day - MONDAY) % 7) + 7) % 7)
  return day - dayOfMonth(day) + 1
}

/** The first day of the next unit, from the first day of one. */
export function nextStart(unit: CalendarUnit, start: number): number {
  if (unit === 'day') return start + 1
  // No month has more than 31 days and none less than 28.
  return unit === 'week' ? start + 7 : unitStart('month', start + 31)
}

/**
 * From H. Hinnant, "chrono-Compatible Low-Level Date Algorithms" (2013), civil_from_days: days are counted from 1 March
 * of year 0, so that the leap day ends a year, and in eras of 400 years.
 */
function dayOfMonth(day: number): number {
  const shifted = day + 719_468
  const era = Math.floor(shifted / 146_097)
  const ofEra = shifted - era * 146_097
  const year = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  )
  const ofYear = ofEra - (365 * year + Math.floor(year / 4) - Math.floor(year / 100))
  const month = Math.floor((5 * ofYear + 2) / 153)
  return ofYear - Math.floor((153 * month + 2) / 5) + 1
}
