// Libraries of dates, times and zones.

export const DATES = [
  [
    'date-fns',
    `import { addDays, formatISO, startOfWeek } from 'date-fns'
export const use = (n: number, s: string) => formatISO(addDays(startOfWeek(new Date(n * 86400000)), n)) + s`,
  ],
  [
    'date-fns-tz',
    `import { formatInTimeZone } from 'date-fns-tz'
export const use = (n: number, s: string) => formatInTimeZone(new Date(n * 9000000), 'Europe/Berlin', 'yyyy-MM-dd HH:mm xxx') + s`,
  ],
  [
    '@date-fns/tz',
    `import { TZDate } from '@date-fns/tz'
export const use = (n: number, s: string) => String(new TZDate(n * 9000000, 'Asia/Tokyo').getHours()) + s`,
    'local-time',
  ],
  [
    '@date-fns/tz tzOffset',
    `import { tzOffset } from '@date-fns/tz'
export const use = (n: number, s: string) => String(tzOffset('America/New_York', new Date(n * 4000000000))) + s`,
  ],
  [
    'dayjs with timezone',
    `import dayjs from 'dayjs'
import timezone from 'dayjs/plugin/timezone'
import utc from 'dayjs/plugin/utc'
dayjs.extend(utc)
dayjs.extend(timezone)
export const use = (n: number, s: string) => dayjs.utc(n * 9000000).tz('Asia/Tokyo').format('YYYY-MM-DD HH:mm') + s`,
  ],
  [
    'luxon',
    `import { DateTime } from 'luxon'
export const use = (n: number, s: string) => DateTime.fromMillis(n * 9000000, { zone: 'America/New_York' }).toFormat('yyyy LLL dd HH:mm') + s`,
  ],
  [
    'moment',
    `import moment from 'moment'
export const use = (n: number, s: string) => moment.utc(n * 9000000).add(1, 'month').format('YYYY-MM-DD dddd') + s`,
  ],
  [
    'moment-timezone',
    `import moment from 'moment-timezone'
export const use = (n: number, s: string) => moment.tz(n * 9000000, 'Europe/Paris').format('YYYY-MM-DD HH:mm z') + s`,
  ],
  [
    '@js-temporal/polyfill',
    `import { Temporal } from '@js-temporal/polyfill'
export const use = (n: number, s: string) => Temporal.Instant.fromEpochMilliseconds(n * 9000000).toZonedDateTimeISO('Asia/Kolkata').toString() + s`,
    'refused',
  ],
  [
    'temporal-polyfill',
    `import { Temporal } from 'temporal-polyfill'
export const use = (n: number, s: string) => Temporal.PlainDate.from('2026-01-31').add({ months: n }).toString() + s`,
  ],
  [
    'temporal-polyfill with a zone',
    `import { Temporal } from 'temporal-polyfill'
export const use = (n: number, s: string) => Temporal.Instant.fromEpochMilliseconds(n * 9000000).toZonedDateTimeISO('Asia/Kolkata').toString() + s`,
  ],
  [
    '@js-joda/core',
    `import { LocalDate } from '@js-joda/core'
export const use = (n: number, s: string) => LocalDate.parse('2026-01-31').plusMonths(n).toString() + s`,
  ],
  [
    'ms',
    `import ms from 'ms'
export const use = (n: number, s: string) => ms(n * 90000000) + s + ms('2h')`,
  ],
  [
    'cron-parser',
    `import { CronExpressionParser } from 'cron-parser'
export const use = (n: number, s: string) => CronExpressionParser.parse('0 12 * * *', { currentDate: new Date(n * 90000000), tz: 'UTC' }).next().toISOString() + s`,
    'refused',
  ],
  [
    'cron-parser with hashSeed',
    `import { CronExpressionParser } from 'cron-parser'
export const use = (n: number, s: string) => CronExpressionParser.parse('H 12 * * *', { currentDate: new Date(n * 90000000), tz: 'UTC', hashSeed: s }).next().toISOString() + s`,
  ],
  [
    'rrule',
    `import { RRule } from 'rrule'
export const use = (n: number, s: string) => new RRule({ freq: RRule.WEEKLY, count: 2, dtstart: new Date(n * 90000000) }).all().map(d => d.toISOString()).join() + s`,
  ],
  [
    'pretty-ms',
    `import prettyMs from 'pretty-ms'
export const use = (n: number, s: string) => prettyMs(n * 91234567) + s`,
  ],
  [
    'humanize-duration',
    `import humanize from 'humanize-duration'
export const use = (n: number, s: string) => humanize(n * 91234567) + s`,
  ],
]
