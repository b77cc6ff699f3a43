// q5, hot items: the auctions with the most bids of the last 10 s, every 2 s. A first stage counts by auction, a second
// one takes all that have the greatest count.

import { aggregation, count, hopping, job, tumbling } from 'lyrebird'
import { bids } from './model.ts'

interface Counted {
  readonly auction: number
  readonly count: number
}

interface Hot {
  readonly count: number
  readonly auctions: readonly number[]
}

/**
 * All auctions with the greatest count, by number. Where two states have one count, both lists are in order, so that
 * the sort merges them; NaN has no place in an order.
 */
const hottest = aggregation<Counted, Hot, Hot>({
  zero: { count: -Infinity, auctions: [] },
  lift: ({ auction, count: n }) => ({
    count: Number.isNaN(n) ? -Infinity : n,
    auctions: Number.isNaN(auction) ? [] : [auction],
  }),
  plus: (a, b) => {
    if (a.count !== b.count) return a.count > b.count ? a : b
    return { count: a.count, auctions: [...a.auctions, ...b.auctions].sort((x, y) => x - y) }
  },
  present: hot => hot,
})

const counts = bids
  .keyBy(b => b.auction)
  .window(hopping('10s', '2s'))
  .aggregate({ count: count() })

// Exactly one of the first stage's windows ends in each 2 s: its time is its end less 1 ms.
const hot = counts
  .closed()
  .mapValues(({ count: n }, { key }) => ({ auction: key, count: n }))
  .keyBy(() => 'all')
  .window(tumbling('2s'))
  .aggregate({ hot: hottest() })

export default job('nexmark-q5', { hot })
