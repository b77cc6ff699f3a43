// q17, auction statistics: bids of each auction and day by rank of price, with least, greatest, mean and sum.

import { count, job, max, mean, min, sum, tumbling } from 'lyrebird'
import { bids } from './model.ts'
import { type Rank, rankOf } from './ranks.ts'

const is = (rank: Rank, price: number): number => (rankOf(price) === rank ? 1 : 0)

const statistics = bids
  .keyBy(b => b.auction)
  .window(tumbling('1d'))
  .aggregate({
    totalBids: count(),
    rank1Bids: sum(b => is(1, b.price)),
    rank2Bids: sum(b => is(2, b.price)),
    rank3Bids: sum(b => is(3, b.price)),
    minPrice: min(b => b.price),
    maxPrice: max(b => b.price),
    avgPrice: mean(b => b.price),
    sumPrice: sum(b => b.price),
  })

export default job('nexmark-q17', { statistics })
