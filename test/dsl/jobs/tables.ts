// Words on tables, closed windows, and three stages behind each other; lambdas on rows that throw.

import { collectSet, count, first, job, maxBy, mean, source, sum, topK, tumbling } from 'lyrebird'
import { type Event, events } from './event.ts'

// Only the merge reads this source, so its used fields come from behind the merge alone.
const other = source<Event>('a', { time: e => e.t })

const short = events
  .keyBy(e => e.k)
  .window(tumbling('5s'))
  .aggregate({ n: count(), total: sum(e => e.n) })

const rated = short.mapValues((v, row) => {
  if (v.n === 3) throw new Error('three')
  return { rate: v.n / (row.window.end - row.window.start), total: v.total, key: row.key }
})

const middle = rated
  .closed()
  .keyBy(v => v.key.length)
  .window(tumbling('20s'))
  .aggregate({
    best: maxBy(
      v => v.total,
      (v, r) => [v.key, r.time],
    ),
    rates: mean(v => v.rate),
    keys: collectSet(v => v.key),
  })

const long = middle
  .closed()
  .keyBy((_, r) => r.time % 3)
  .window(tumbling('1m'))
  .aggregate({ top: topK(2, v => v.keys.length), first: first((v, r) => [v.best, r.key]) })

export default job('tables', {
  short,
  rated,
  busy: short.filter((v, row) => v.n > 1 && row.key !== 'a'),
  recent: short.keep('30s').filter(v => v.n > 0),
  middle,
  long,
  globals: events
    .keyBy(e => e.k)
    .count()
    .mapValues(n => ({ n, even: n % 2 === 0 }))
    .filter(v => v.even),
  merged: other
    .merge(other.filter(() => true))
    .keyBy(e => e.k)
    .sum(e => e.n),
  out: rated.closed().to('rated', { partitions: 2 }),
  out2: long
    .closed()
    .mapValues((v, r) => [r.time, v.first])
    .to('long'),
  both: short
    .closed()
    .mapValues(v => v.n)
    .merge(rated.closed().mapValues(v => v.total))
    .to('both'),
})
