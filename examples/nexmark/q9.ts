// q9, winning bids: of each auction that has closed, with the auction.

import { job } from 'lyrebird'
import { winningBids } from './model.ts'

const winning = winningBids.mapValues(({ left, right }) => ({
  auction: right.id,
  itemName: right.itemName,
  seller: right.seller,
  category: right.category,
  bidder: left.bidder,
  price: left.price,
  bidTime: left.dateTime,
}))

export default job('nexmark-q9', { out: winning.to('q9') })
