// Count, sum and greatest amount per user: as many keys as half the events.

import { count, job, max, source, sum } from 'lyrebird'

interface Event {
  id: number
  ts: number
  user: string
  country: string
  page: string
  amount: number
  ip: string
  agent: string
  device: { kind: string; os: string }
  ok: boolean
}

const users = source<Event>('events', { time: e => e.ts, disorder: '10s' })
  .keyBy(e => e.user)
  .aggregate({ count: count(), max: max(e => e.amount), sum: sum(e => e.amount) })

export default job('users', { users })
