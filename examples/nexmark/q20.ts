// q20, expand bid with auction: bids on auctions of a category, with the auction.

import { job } from 'lyrebird'
import { auctionById, bids } from './model.ts'

const expanded = bids
  .keyBy(b => b.auction)
  .joinTable(auctionById)
  .filter(({ right }) => right.category === 10)
  .mapValues(({ left, right }) => ({
    auction: left.auction,
    bidder: left.bidder,
    price: left.price,
    itemName: right.itemName,
    seller: right.seller,
    reserve: right.reserve,
  }))

export default job('nexmark-q20', { out: expanded.to('q20') })
