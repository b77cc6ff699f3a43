// Every event to a topic: what writing costs.

import { job, source } from 'lyrebird'
import type { Event } from './event.ts'

const events = source<Event>('events', { time: e => e.ts, disorder: '10s' })

export default job('copy', { copies: events.to('copies', { key: e => e.user, partitions: 4 }) })
