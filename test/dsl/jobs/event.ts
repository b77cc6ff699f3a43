// The events of random logs (test/support/random-log.ts), as a job declares them.

import { source } from 'lyrebird'

export interface Event {
  t: number
  k: string
  n: number
  tags?: string[]
}

export const events = source<Event>('a', { time: e => e.t, disorder: '5s' })
