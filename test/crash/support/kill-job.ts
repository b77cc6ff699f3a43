// The job of the kill campaign, run compiled: a view, closed windows and single events as outputs, dead letters.

import { count, job, source, sum, tumbling } from 'lyrebird'

interface Event {
  t: number
  k: string
  n: number
  tags?: string[]
}

const events = source<Event>('a', { time: e => e.t, disorder: '5s' })
  .map(e => {
    if (e.k === 'd') throw new Error('no d')
    return e
  })
  .keyBy(e => e.k)

const traffic = events.window(tumbling('10s')).aggregate({ bytes: sum(e => e.n), views: count() })

export default job('killed', {
  traffic,
  recent: traffic.filter(v => v.views > 1).keep('60s'),
  total: events.count(),
  closed: traffic.closed().to('closed', { partitions: 2 }),
  single: events.mapValues(e => e.n).to('single', { partitions: 3 }),
})
