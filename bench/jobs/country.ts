// Hourly count and sum per country.

import { count, job, source, sum, tumbling } from 'lyrebird'
import type { Event } from './event.ts'

const hourly = source<Event>('events', { time: e => e.ts, disorder: '10s' })
  .keyBy(e => e.country)
  .window(tumbling('1h'))
  .aggregate({ count: count(), sum: sum(e => e.amount) })

export default job('country', { hourly })
