// q23, expand bid with auction and seller: two joins one behind the other, each as of the bid.

import { job } from 'lyrebird'
import { auctionById, bids, personById } from './model.ts'

const expanded = bids
  .keyBy(b => b.auction)
  .joinTable(auctionById)
  .keyBy(({ right }) => right.seller)
  .joinTable(personById)
  .mapValues(({ left: { left: bid, right: auction }, right: seller }) => ({
    auction: bid.auction,
    bidder: bid.bidder,
    price: bid.price,
    itemName: auction.itemName,
    seller: seller.name,
    city: seller.city,
  }))

export default job('nexmark-q23', { out: expanded.to('q23') })
