// Exact variance, lists, histograms and authors' own aggregations: lambdas that fail, states of bytes, helpers.

import { aggregation, collectList, histogram, hopping, job, session, stddev, tumbling, variance } from 'lyrebird'
import { type Event, events } from './event.ts'

/** The range of numbers; `present` throws where it exceeds a limit. */
const spread = (limit: number) =>
  aggregation<number, { low: number; high: number } | null, { width: number }>({
    zero: null,
    lift: n => ({ low: n, high: n }),
    plus(a, b) {
      if (a === null || b === null) return a ?? b
      return { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) }
    },
    present(s) {
      if (s === null || s.high - s.low > limit) throw new Error(`further apart than ${limit}`)
      return { width: s.high - s.low }
    },
  })

/** One bit for each length of a key that has occurred. */
const lengths = aggregation({
  zero: new Uint8Array(4),
  lift(e: Event) {
    if (e.k === '') throw new Error('no key')
    return Uint8Array.from([0, 1, 2, 3], i => (e.k.length === i ? 1 : 0))
  },
  plus: (a, b) => a.map((bit, i) => bit | (b[i] ?? 0)),
  present: bits => bits.join(''),
})

const latest = aggregation<Event, { t: number; n: number }, number>({
  zero: { t: Number.NEGATIVE_INFINITY, n: Number.NEGATIVE_INFINITY },
  lift: ({ t, n }) => ({ t, n: Number.isNaN(n) ? 0 : n }),
  plus: (a, b) => (a.t > b.t || (a.t === b.t && a.n >= b.n) ? a : b),
  present: s => s.n,
  unsafeMonoid: 'the newest number, the greater of two at once',
})

const near = spread(3)
const wide = spread(1e9)
const keyed = events.keyBy(e => e.n > 1)
const windowed = keyed.window(tumbling('10s'))

const exact = windowed.aggregate({
  variance: variance(e => e.n),
  deviation: stddev(e => (e.n === 3 ? 3n : e.n)),
  list: collectList((e, r) => [e.n, r.offset]),
  wholes: collectList(),
  keys: histogram(e => e.k),
  records: histogram(),
  buckets: histogram(e => e.n, { bounds: [-1, 0, 0.5, 3] }),
})

const own = windowed.aggregate({ near: near(e => e.n), wide: wide(e => e.n), lengths: lengths(), latest: latest() })

export default job('custom-aggregations', {
  exact,
  own,
  lists: exact.closed().to('lists'),
  shown: own
    .closed()
    .mapValues(v => v.near.width)
    .to('shown'),
  widths: own.mapValues(v => v.near.width),
  hops: keyed.window(hopping('20s', '10s')).aggregate({ near: near(e => e.n) }),
  sessions: keyed.window(session('4s')).aggregate({ near: near(e => e.n), lengths: lengths() }),
})
