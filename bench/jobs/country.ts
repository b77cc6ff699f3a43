// Hourly count and sum per country.

import { count, job, source, sum, tumbling } from 'lyrebird'

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

const hourly = source<Event>('events', { time: e => e.ts, disorder: '10s' })
  .keyBy(e => e.country)
  .window(tumbling('1h'))
  .aggregate({ count: count(), sum: sum(e => e.amount) })

export default job('country', { hourly })
