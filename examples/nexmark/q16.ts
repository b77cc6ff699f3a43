// q16, channel statistics: those of q15 by channel and day, with the minute of the last bid.

import { count, countDistinct, job, max, sum, tumbling } from 'lyrebird'
import { bids } from './model.ts'
import { type Rank, rankOf } from './ranks.ts'

const is = (rank: Rank, price: number): number => (rankOf(price) === rank ? 1 : 0)

const statistics = bids
  .keyBy(b => b.channel)
  .window(tumbling('1d'))
  .aggregate({
    lastMinute: max(b => new Date(b.dateTime).toISOString().slice(11, 16)),
    totalBids: count(),
    rank1Bids: sum(b => is(1, b.price)),
    rank2Bids: sum(b => is(2, b.price)),
    rank3Bids: sum(b => is(3, b.price)),
    totalBidders: countDistinct(b => b.bidder),
    totalAuctions: countDistinct(b => b.auction),
  })

export default job('nexmark-q16', { statistics })
