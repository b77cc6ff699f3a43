// q15, bidding statistics of a day: bids by rank of price, and how many different bidders and auctions there are.

import { count, countDistinct, job, sum, tumbling } from 'lyrebird'
import { bids } from './model.ts'
import { type Rank, rankOf } from './ranks.ts'

const is = (rank: Rank, price: number): number => (rankOf(price) === rank ? 1 : 0)

const statistics = bids
  .keyBy(() => 'all')
  .window(tumbling('1d'))
  .aggregate({
    totalBids: count(),
    rank1Bids: sum(b => is(1, b.price)),
    rank2Bids: sum(b => is(2, b.price)),
    rank3Bids: sum(b => is(3, b.price)),
    totalBidders: countDistinct(b => b.bidder),
    biddersByRank: countDistinct(b => [b.bidder, rankOf(b.price)]),
    totalAuctions: countDistinct(b => b.auction),
    auctionsByRank: countDistinct(b => [b.auction, rankOf(b.price)]),
  })

export default job('nexmark-q15', { statistics })
