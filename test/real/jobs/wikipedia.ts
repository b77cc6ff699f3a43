// Wikipedia's edits of a day: sums of signed changes, busiest users, and a second stage over closed hours.

import { count, job, last, maxBy, mean, source, sum, tumbling } from 'lyrebird'

interface Edit {
  time: string
  channel: string
  countryName: string | null
  isRobot: boolean
  namespace: string
  page: string
  user: string
  delta: number
  added: number
  deleted: number
}

const edits = source<Edit>('edits', { time: e => Date.parse(e.time), disorder: '1m' })

const hourly = edits
  .keyBy(e => ({ channel: e.channel, robot: e.isRobot }))
  .window(tumbling('1h'))
  .aggregate({ edits: count(), delta: sum(e => e.delta), mean: mean(e => e.delta), latest: last(e => e.page) })

const busiest = hourly
  .closed()
  .keyBy(v => (v.edits > 100 ? 'busy' : 'quiet'))
  .window(tumbling('1d'))
  .aggregate({ hours: count(), top: maxBy(v => v.edits) })

const countries = edits
  .flatMap(e => (e.countryName === null ? [] : [e]))
  .keyBy(e => e.countryName)
  .aggregate({
    edits: count(),
    longest: maxBy(
      e => e.added,
      e => e.user,
    ),
  })

const closed = hourly.closed().to('hourly-edits', { partitions: 3 })

export default job('wikipedia', { hourly, busiest, countries, closed })
