// Count, sum and greatest amount per user: as many keys as half the events.

import { count, job, max, source, sum } from 'lyrebird'
import type { Event } from './event.ts'

const users = source<Event>('events', { time: e => e.ts, disorder: '10s' })
  .keyBy(e => e.user)
  .aggregate({ count: count(), max: max(e => e.amount), sum: sum(e => e.amount) })

export default job('users', { users })
