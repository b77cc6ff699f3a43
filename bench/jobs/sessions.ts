// Sessions per user, which end after half an hour without an event: most users have several, most of one event.

import { count, job, session, source } from 'lyrebird'
import type { Event } from './event.ts'

const sessions = source<Event>('events', { time: e => e.ts, disorder: '10s' })
  .keyBy(e => e.user)
  .window(session('30m'))
  .aggregate({ count: count() })

export default job('sessions', { sessions })
