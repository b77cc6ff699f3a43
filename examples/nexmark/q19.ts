// q19, auction top 10: the ten highest bids of each auction. Among equal prices the first ones.

import { job, topK } from 'lyrebird'
import { bids } from './model.ts'

const highest = bids
  .keyBy(b => b.auction)
  .aggregate({
    bids: topK(
      10,
      b => b.price,
      ({ bidder, price, dateTime }) => ({ bidder, price, dateTime }),
    ),
  })

export default job('nexmark-q19', { highest })
