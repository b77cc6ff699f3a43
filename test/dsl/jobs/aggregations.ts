// Every aggregation, over all time, tumbling and hopping windows.

import {
  collectSet,
  count,
  countDistinct,
  first,
  hopping,
  job,
  last,
  max,
  maxBy,
  mean,
  min,
  minBy,
  sum,
  topK,
  tumbling,
} from 'lyrebird'
import { events } from './event.ts'

const keyed = events.keyBy(e => e.k)

const all = keyed.aggregate({
  count: count(),
  sum: sum(e => e.n),
  mean: mean(e => e.n),
  min: min(e => e.n),
  max: max(e => [e.n, e.k]),
  distinct: countDistinct(e => e.n),
})

const ordered = keyed.window(tumbling('10s', { offset: '3s' })).aggregate({
  first: first(),
  firstOf: first(e => e.n),
  last: last(e => e.tags),
  minBy: minBy(
    e => e.n,
    e => e.t,
  ),
  maxBy: maxBy(e => (e.tags ?? []).length),
  top: topK(2, e => e.n),
  topOf: topK(
    3,
    (e, r) => [e.n, r.offset],
    e => e.t,
  ),
  set: collectSet(e => e.tags?.[0]),
  wholes: collectSet(),
  distinct: countDistinct(),
})

const hops = events.keyBy(() => null).window(hopping('20s', '5s'))

export default job('aggregations', {
  all,
  ordered,
  hopCount: hops.count(),
  hopSum: hops.sum(e => e.n),
  hopMean: hops.mean(e => e.n),
  least: keyed.min(e => e.tags ?? null),
  most: keyed.max(e => e.t),
  exact: keyed.sum(e => (Number.isSafeInteger(e.n) ? BigInt(e.n) : 1n)),
  mixed: keyed.sum(e => (e.n > 2 && Number.isSafeInteger(e.n) ? BigInt(e.n) : e.n)),
  throwing: keyed.aggregate({
    a: sum(e => {
      if (e.n === 2) throw new Error('two')
      return e.n
    }),
    b: count(),
  }),
})
