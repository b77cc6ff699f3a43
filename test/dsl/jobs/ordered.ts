// The ordered operators: scan, distinct, dedupe, upserts of a topic and of a stream, joins with their versions.

import { job, table } from 'lyrebird'
import { type Event, events } from './event.ts'

const byLength = events.keyBy(e => e.k.length)
const newest = table<Event, number>('a', {
  key: e => e.k.length,
  time: e => e.t,
  disorder: '5s',
  deletedKey: r => r.partition,
})
const own = byLength.mapValues(e => (e.n === 3 ? null : e.n)).toTable()
const steps = byLength.scan({ n: 0, last: '' }, (state, e, r) => {
  if (e.n === 2) throw new Error('two')
  return { n: state.n + 1, last: `${e.k} ${r.key} ${r.time}` }
})

export default job('ordered', {
  newest,
  numbers: newest.mapValues(e => e.n),
  steps: steps.to('steps'),
  joined: byLength
    .joinTable(newest, { type: 'left' })
    .mapValues(({ left, right }) => [left.t, right?.k])
    .to('joined'),
  own: byLength
    .joinTable(own)
    .mapValues(v => v.right)
    .to('own'),
  kinds: byLength.distinct(e => e.n).count(),
  visits: byLength
    .dedupe((e, r) => [e.n, r.partition], '4s')
    .distinct()
    .to('visits'),
})
