// q13, bounded side input join: bids with what a static data set says of their auction.

import { job, snapshot } from 'lyrebird'
import { bids } from './model.ts'

/** What the side input holds: a value for each remainder of an auction's number. */
const sideInput = snapshot(
  Array.from({ length: 1000 }, (_, key) => ({ key, value: `side ${key % 17}` })),
  { key: r => r.key },
)

const enriched = bids
  .lookup(sideInput, { key: b => b.auction % 1000 })
  .map(({ left, right }) => ({ auction: left.auction, bidder: left.bidder, price: left.price, value: right.value }))

export default job('nexmark-q13', { out: enriched.to('q13') })
