// Count and sum of each of many keys.

import { count, job, source, sum } from 'lyrebird'

interface Event {
  /** ms */
  readonly t: number
  readonly k: string
  readonly n: number
}

const rows = source<Event>('e', { time: e => e.t, disorder: '10s' })
  .keyBy(e => e.k)
  .aggregate({ count: count(), sum: sum(e => e.n) })

export default job('keys', { rows })
