// Sessions and calendar windows with every word on their tables, two stages, and hopping windows with an offset.

import { calendar, count, first, hopping, job, last, session, source, sum } from 'lyrebird'
import { type Event, events } from './event.ts'

/** A second of the log is more than two hours of event time, so that days and months pass. */
const years = source<Event>('a', { time: e => (e.t - 1_000_000) * 8640 - 1_000_000_000, disorder: '12h' })

const visits = events
  .keyBy(e => e.k.length)
  .window(session('5s'))
  .aggregate({ n: count(), from: first((_, r) => r.offset), to: last(e => e.k), total: sum(e => e.n) })

const rounds = visits
  .filter(v => v.n > 1)
  .closed()
  .keyBy(v => v.n % 2)
  .window(session('1m'))
  .aggregate({ visits: count(), keys: last((_, r) => r.key) })

const days = years
  .keyBy(e => e.k.length)
  .window(calendar('day', { tz: 'Europe/Berlin' }))
  .count()

const weeks = days
  .closed()
  .window(calendar('week', { tz: 'Australia/Lord_Howe' }))
  .sum(n => n)

export default job('windows', {
  visits: visits.mapValues((v, row) => ({ ...v, ms: row.window.end - row.window.start })).keep('20s'),
  rounds,
  days: days.keep('7d'),
  weeks,
  months: weeks
    .closed()
    .keyBy(() => 'all')
    .window(calendar('month', { tz: 'America/New_York' }))
    .max(n => n),
  shifted: events
    .keyBy(e => e.k)
    .window(hopping('7s', '3s', { offset: '2s' }))
    .count(),
  out: rounds.closed().to('rounds'),
  out2: weeks.closed().to('weeks', { partitions: 2 }),
})
