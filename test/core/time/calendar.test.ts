// Calendar windows: changes of clocks worked out by hand, and the fast way of finding windows against the slow one.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { calendarWindowAt } from '../../../core/reference/calendar.ts'
import { calendar } from '../../../core/time/calendar.ts'
import type { CalendarUnit } from '../../../core/time/civil-days.ts'
import { isZone, zoneNames, zoneOffset } from '../../../core/time/zone-offset.ts'

const HOUR = 3_600_000
const at = (text: string): number => Date.parse(text)
const iso = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z')

/** Zone, unit, an instant, and the window that it lies in. */
const CASES: readonly (readonly [what: string, CalendarUnit, string, string, start: string, end: string])[] = [
  ['a day of 23 hours', 'day', 'Europe/Berlin', '2024-03-31T12:00Z', '2024-03-30T23:00:00Z', '2024-03-31T22:00:00Z'],
  ['a day of 25 hours', 'day', 'Europe/Berlin', '2024-10-27T01:30Z', '2024-10-26T22:00:00Z', '2024-10-27T23:00:00Z'],
  ['half an hour', 'day', 'Asia/Kolkata', '1970-01-01T00:00Z', '1969-12-31T18:30:00Z', '1970-01-01T18:30:00Z'],
  [
    'clocks set by half an hour',
    'day',
    'Australia/Lord_Howe',
    '2024-04-07T00:00Z',
    '2024-04-06T13:00:00Z',
    '2024-04-07T13:30:00Z',
  ],
  [
    'a day that begins at one',
    'day',
    'America/Sao_Paulo',
    '2018-11-04T12:00Z',
    '2018-11-04T03:00:00Z',
    '2018-11-05T02:00:00Z',
  ],
  [
    'the last instant before it',
    'day',
    'America/Sao_Paulo',
    '2018-11-04T02:59:59.999Z',
    '2018-11-03T03:00:00Z',
    '2018-11-04T03:00:00Z',
  ],
  [
    'a day that begins at one',
    'day',
    'Asia/Beirut',
    '2022-03-27T00:00Z',
    '2022-03-26T22:00:00Z',
    '2022-03-27T21:00:00Z',
  ],
  [
    'clocks set back at midnight',
    'day',
    'America/Sao_Paulo',
    '2018-02-18T02:30Z',
    '2018-02-17T02:00:00Z',
    '2018-02-18T03:00:00Z',
  ],
  [
    'a date that does not occur',
    'day',
    'Pacific/Apia',
    '2011-12-30T09:59:59.999Z',
    '2011-12-29T10:00:00Z',
    '2011-12-30T10:00:00Z',
  ],
  ['the date behind it', 'day', 'Pacific/Apia', '2011-12-30T10:00Z', '2011-12-30T10:00:00Z', '2011-12-31T10:00:00Z'],
  ['the week of it', 'week', 'Pacific/Apia', '2011-12-30T10:00Z', '2011-12-26T10:00:00Z', '2012-01-01T10:00:00Z'],
  [
    'clocks set back over midnight',
    'day',
    'America/St_Johns',
    // At 00:01 on 7 November clocks went back to 23:01 on the 6th: the 7th had begun a minute before.
    '2010-11-07T03:00Z',
    '2010-11-07T02:30:00Z',
    '2010-11-08T03:30:00Z',
  ],
  [
    'a date that occurs twice',
    'day',
    'Pacific/Kwajalein',
    '1969-10-01T00:00Z',
    '1969-09-29T13:00:00Z',
    '1969-10-01T12:00:00Z',
  ],
  ['an ISO week', 'week', 'Europe/Berlin', '2020-12-31T12:00Z', '2020-12-27T23:00:00Z', '2021-01-03T23:00:00Z'],
  ['a Monday', 'week', 'UTC', '2021-01-04T00:00Z', '2021-01-04T00:00:00Z', '2021-01-11T00:00:00Z'],
  [
    'a month with a change',
    'month',
    'Europe/Berlin',
    '2024-03-15T00:00Z',
    '2024-02-29T23:00:00Z',
    '2024-03-31T22:00:00Z',
  ],
  ['a leap February', 'month', 'UTC', '2000-02-29T23:59:59.999Z', '2000-02-01T00:00:00Z', '2000-03-01T00:00:00Z'],
  ['before 1970', 'month', 'America/New_York', '1883-11-18T17:00Z', '1883-11-01T04:56:02Z', '1883-12-01T05:00:00Z'],
]

describe('windows by hand', () => {
  it.each(CASES)('%s: %s of %s', (_what, unit, tz, instant, start, end) => {
    const { windowAt } = calendar(unit, tz)
    const shown = ({ start, end }: { start: number; end: number }): string[] => [iso(start), iso(end)]
    expect(shown(windowAt(at(instant)))).toEqual([start, end])
    expect(shown(windowAt(at(start)))).toEqual([start, end])
    expect(shown(windowAt(at(end) - 1))).toEqual([start, end])
    expect(windowAt(at(end)).start).toBe(at(end))
    expect(shown(calendarWindowAt({ kind: 'calendar', unit, tz }, at(instant)))).toEqual([start, end])
  })

  it.each(['UTC', 'Europe/Berlin', 'Pacific/Kiritimati', 'Pacific/Pago_Pago'])('the ends of time in %s', tz => {
    for (const unit of ['day', 'week', 'month'] as const) {
      for (const time of [-8.64e15, 8.64e15]) {
        const window = calendar(unit, tz).windowAt(time)
        expect(window.start).toBeLessThanOrEqual(time)
        expect(window.end).toBeGreaterThan(time)
        expect(window).toEqual(calendarWindowAt({ kind: 'calendar', unit, tz }, time))
      }
    }
  })
})

/** Zones whose clocks did something odd. */
const ODD_ZONES = [
  'Africa/Cairo',
  'Africa/Casablanca',
  'America/Juneau',
  'America/St_Johns',
  'Antarctica/Troll',
  'Asia/Gaza',
  'Asia/Manila',
  'Asia/Pyongyang',
  'Europe/Dublin',
  'Pacific/Kwajalein',
]

describe('the fast way and the slow one', () => {
  const unit = fc.constantFrom<CalendarUnit>('day', 'week', 'month')
  const zone = fc.oneof(fc.constantFrom(...ODD_ZONES), fc.constantFrom(...zoneNames()))
  const year = 366 * 24 * HOUR
  const time = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: -130 * year, max: 80 * year }) },
    { weight: 1, arbitrary: fc.integer({ min: -8.64e15, max: 8.64e15 }) },
  )

  it('agree at any time', () => {
    fc.assert(
      fc.property(unit, zone, time, (unit, tz, time) => {
        expect(calendar(unit, tz).windowAt(time)).toEqual(calendarWindowAt({ kind: 'calendar', unit, tz }, time))
      }),
      { numRuns: 150 },
    )
  })

  it('agree around every change of the clocks of some years', () => {
    for (const tz of ODD_ZONES) {
      const { windowAt } = calendar('day', tz)
      const offsetOf = zoneOffset(tz)
      for (let t = at('2009-12-31T00:00Z'); t < at('2012-02-01T00:00Z'); t += HOUR) {
        if (offsetOf(t) === offsetOf(t + HOUR)) continue
        for (const near of [t - 30 * HOUR, t - HOUR, t, t + HOUR / 2, t + HOUR, t + 2 * HOUR, t + 30 * HOUR]) {
          expect(windowAt(near)).toEqual(calendarWindowAt({ kind: 'calendar', unit: 'day', tz }, near))
        }
      }
    }
  })

  it('leave no gaps', () => {
    fc.assert(
      fc.property(unit, zone, time, (unit, tz, time) => {
        const { windowAt } = calendar(unit, tz)
        const window = windowAt(time)
        expect(windowAt(window.end).start).toBe(window.end)
        expect(windowAt(window.end - 1)).toEqual(window)
        expect(windowAt(window.start)).toEqual(window)
      }),
      { numRuns: 100 },
    )
  })
})

it('accepts zones by their names only', () => {
  expect(['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'Etc/GMT+5'].map(isZone)).toEqual([true, true, true, true])
  expect(['', 'Berlin', 'Europe/berlinn', '+01:00', 'local'].map(isZone)).toEqual([false, false, false, false, false])
})
