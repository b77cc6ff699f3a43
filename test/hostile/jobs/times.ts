// Event times from the record, whatever it holds; `ahead` on one of two sources.

import { count, first, job, last, source, tumbling } from 'lyrebird'

interface Timed {
  t: unknown
  name: string
}

const free = source<Timed>('free', { time: e => e.t as number, disorder: '10s' })
const guarded = source<Timed>('guarded', { time: e => e.t as number, ahead: '5s' })

const windows = free
  .keyBy(e => e.name.length)
  .window(tumbling('10s'))
  .aggregate({ events: count(), first: first(e => e.name), last: last(e => e.name) })
const ahead = guarded
  .keyBy(e => e.name.length)
  .window(tumbling('10s'))
  .aggregate({ events: count(), last: last(e => e.name) })
const both = free
  .merge(guarded)
  .keyBy(() => null)
  .aggregate({ events: count(), first: first(e => e.name), last: last(e => e.name) })

export default job('times', { windows, ahead, both, closed: windows.closed().to('closed') })
