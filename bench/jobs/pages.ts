// Views per page in windows of an hour that begin every five minutes: each event is in twelve of them.

import { count, hopping, job, source } from 'lyrebird'
import type { Event } from './event.ts'

const pages = source<Event>('events', { time: e => e.ts, disorder: '10s' })
  .keyBy(e => e.page)
  .window(hopping('60m', '5m'))
  .aggregate({ count: count() })

export default job('pages', { pages })
