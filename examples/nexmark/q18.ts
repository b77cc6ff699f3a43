// q18, find the last bid: of each bidder on each auction.

import { job, last } from 'lyrebird'
import { bids } from './model.ts'

const lastBids = bids
  .keyBy(b => ({ bidder: b.bidder, auction: b.auction }))
  .aggregate({ bid: last(({ price, channel, dateTime }) => ({ price, channel, dateTime })) })

export default job('nexmark-q18', { lastBids })
