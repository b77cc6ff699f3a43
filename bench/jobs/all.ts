// How many events there are: what reading costs that keeps next to nothing.

import { count, job, source } from 'lyrebird'

const all = source<{ ts: number }>('events', { time: e => e.ts, disorder: '10s' })
  .keyBy(() => 'all')
  .aggregate({ count: count() })

export default job('all', { all })
